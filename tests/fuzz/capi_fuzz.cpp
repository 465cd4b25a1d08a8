// Any bytes as a sequence of calls of the C API, right and wrong ones: no crash, no hang, every
// promise about errors and outputs holds, and in the end everything was freed, once.
//
// Several threads take part, so an input does not replay exactly; what stops it is shown all the
// same. One execution is one call.
#include <atomic>
#include <cstdio>
#include <map>
#include <string>

#include "base/random.hpp"
#include "fuzz/capi_machine.hpp"

namespace coord::fuzz {
namespace {

struct tally {
    std::uint64_t calls = 0;
    std::uint64_t good = 0;
    bool gives_status = false;
};

std::map<std::string, tally>& tallies() {
    static std::map<std::string, tally> all;
    return all;
}

std::uint64_t calls = 0;

}  // namespace

void count_call(const call_kind& made, coord_status got) noexcept {
    ++calls;
    auto& mine = tallies()[made.name];
    ++mine.calls;
    if (got == COORD_OK) ++mine.good;
    if (got != COORD_INTERNAL) mine.gives_status = true;
}

}  // namespace coord::fuzz

std::uint64_t fuzz_executions() {
    return coord::fuzz::calls;
}

// With enough calls each function has been called well, too.
bool fuzz_covered() {
    if (coord::fuzz::calls < 1'000'000) return true;
    bool all = true;
    for (const auto& each : coord::fuzz::every_call()) {
        const auto& mine = coord::fuzz::tallies()[each.name];
        if (mine.calls != 0 && (mine.good != 0 || !mine.gives_status)) continue;
        std::printf("never called well: %s\n", each.name);
        all = false;
    }
    return all;
}

std::vector<std::string> fuzz_seeds() {
    coord::random chance(1);
    std::vector<std::string> seeds;
    for (int i = 0; i < 64; ++i) {
        std::string seed;
        for (auto size = chance.below(300); size > 0; --size)
            seed += static_cast<char>(chance.next());
        seeds.push_back(seed);
    }
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    coord::fuzz::machine made(data, size);
    made.run();
    return 0;
}
