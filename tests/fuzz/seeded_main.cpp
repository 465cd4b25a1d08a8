// Runs a fuzz target without clang: inputs made from its seeds by a seeded generator.
//
//   x_fuzz [--seed S] [--runs N]      N executions; without it, as long as COORD_TEST_EFFORT wants
//   x_fuzz FILE                       that input alone
//
// What stops it is printed as hexadecimal digits, for xxd -r -p.
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <unistd.h>

#include "fuzz/fuzz_target.hpp"
#include "fuzz/seeded_inputs.hpp"

namespace {

constexpr std::size_t max_input_bytes = 4'096;

std::string current;

void show_current(int number) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : current) {
        const auto byte = static_cast<unsigned char>(c);
        const std::array<char, 2> pair{digits[byte >> 4U], digits[byte & 15U]};
        if (::write(STDERR_FILENO, pair.data(), pair.size()) < 0) break;
    }
    if (::write(STDERR_FILENO, "\n", 1) < 0) return;
    std::signal(number, SIG_DFL);
    std::raise(number);
}

void run_one() {
    LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(current.data()), current.size());
}

// How long the three of `./dev test`: --quick, by default, --full.
struct extent {
    std::uint64_t runs = 10'000'000;
    double cpu_seconds = std::numeric_limits<double>::infinity();
};

extent extent_by_effort() {
    const char* const effort = std::getenv("COORD_TEST_EFFORT");
    const std::string_view asked = effort != nullptr ? effort : "default";
    if (asked == "full") return {};
    extent made;
    made.cpu_seconds = asked == "quick" ? 3 : 10;
    return made;
}

// Of the inputs, or of what the target counts instead.
std::uint64_t executions(std::uint64_t inputs) {
    return fuzz_executions != nullptr ? fuzz_executions() : inputs;
}

bool is_over(const extent& wanted, std::uint64_t runs) {
    if (executions(runs) >= wanted.runs) return true;
    // One that hangs is shown as one that crashes is.
    if (runs % 256 == 0) alarm(120);
    // Processor time: a busy machine does not make it a smaller test.
    return runs % 256 == 0 && double(std::clock()) / CLOCKS_PER_SEC > wanted.cpu_seconds;
}

}  // namespace

int main(int count, char** arguments) {
    for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM})
        std::signal(number, show_current);
    auto wanted = extent_by_effort();
    auto seed = coord::random_seed();
    for (int i = 1; i < count; ++i) {
        const std::string_view name = arguments[i];
        const bool has_number = i + 1 < count;
        if (name == "--seed" && has_number) {
            seed = std::strtoull(arguments[++i], nullptr, 10);
        } else if (name == "--runs" && has_number) {
            wanted = {std::strtoull(arguments[++i], nullptr, 10), 1e9};
        } else {
            std::ifstream file(arguments[i], std::ios::binary);
            current.assign(std::istreambuf_iterator<char>(file), {});
            run_one();
            return file ? 0 : 2;
        }
    }
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    coord::random chance(seed);
    const auto seeds = fuzz_seeds();
    for (const auto& each : seeds) {
        current = each;
        run_one();
    }
    std::uint64_t runs = 0;
    for (; !is_over(wanted, runs); ++runs) {
        current = coord::fuzz::made_of(seeds, chance, max_input_bytes);
        run_one();
    }
    std::printf("%llu inputs, %llu executions\n",
                static_cast<unsigned long long>(runs),
                static_cast<unsigned long long>(executions(runs)));
    return fuzz_covered == nullptr || fuzz_covered() ? 0 : 1;
}
