// The demo: three processes share one cache over HTTP. Hundreds of readers ask any of them for
// results computed from source files; each result is computed once in the whole cluster. Then one
// process corrects some results under their eyes: who asks after that gets the new ones, wherever.
// At last a process is killed in the middle of new questions: the answers stay right, and only its
// keys are computed again, at most once by each survivor. The demo checks all of that itself.
//
//     coord_demo [directory]      COORD_DEMO_QUICK=1 makes it small
#include <coord/coord.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "corpus.hpp"
#include "crowd.hpp"
#include "node.hpp"
#include "tally.hpp"
#include "verdict.hpp"

namespace demo {
namespace {

constexpr std::size_t node_count = 3;
constexpr std::size_t corrector = 0;
constexpr std::size_t victim = 1;

struct size_of_it {
    std::size_t files;
    std::size_t readers;
    std::size_t questions;    // of each reader in each of the two rounds
    std::size_t corrections;  // of each process's results
};

size_of_it chosen_size() {
    const char* quick = std::getenv("COORD_DEMO_QUICK");
    const bool small = quick != nullptr && *quick != '\0' && std::string(quick) != "0";
    return small ? size_of_it{90, 200, 8, 4} : size_of_it{300, 240, 40, 10};
}

// Nobody waits for ever: neither for an answer nor for the demo.
void bound_it(unsigned seconds) {
    std::signal(SIGALRM, [](int) {
        constexpr char text[] = "demo: FAILED, it took too long\n";
        if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(1);
        _exit(1);
    });
    const auto interrupted = [](int) {
        constexpr char text[] = "\ndemo: interrupted; its processes end with it\n";
        if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) _exit(130);
        _exit(130);
    };
    std::signal(SIGINT, interrupted);
    std::signal(SIGTERM, interrupted);
    alarm(seconds);
}

corpus read_files(const std::string& directory, std::size_t most) {
    auto files = corpus::read(directory, most);
    require(files.size() >= 30, "there are too few source files below " + directory);
    return files;
}

std::vector<std::string> both_kinds_of_keys(const corpus& files) {
    auto keys = files.keys_about_likeness();
    const auto more = files.keys_about_phrases();
    keys.insert(keys.end(), more.begin(), more.end());
    return keys;  // sorted: "most like ..." comes before "own phrases of ..."
}

std::vector<node> start_nodes(const subject& about) {
    std::vector<node> nodes;
    for (std::size_t i = 0; i < node_count; ++i) nodes.emplace_back(i, about);
    for (auto& one : nodes) one.await_address();
    return nodes;
}

std::string list_of(const std::vector<node>& nodes) {
    std::string list;
    for (const auto& one : nodes) list += one.url() + ' ';
    return list;
}

// Without the cluster, to compare with.
std::vector<std::string> right_answers(const corpus& files, const std::vector<std::string>& keys) {
    std::vector<std::string> answers(keys.size());
    const std::size_t parts = std::max(2U, std::thread::hardware_concurrency());
    std::vector<std::future<void>> work;
    for (std::size_t part = 0; part < parts; ++part)
        work.push_back(std::async(std::launch::async, [&, part] {
            for (std::size_t i = part; i < keys.size(); i += parts)
                answers[i] = files.answer(keys[i]);
        }));
    for (auto& one : work) one.get();
    return answers;
}

// For each key the number of the process that owns it.
std::vector<std::size_t> owners_of(const std::vector<std::string>& keys,
                                   const std::vector<node>& nodes) {
    const coord::ring ring(list_of(nodes));
    std::vector<std::size_t> owners;
    for (const auto& key : keys) {
        const auto url = ring.owner(key);
        const auto found = std::find_if(
            nodes.begin(), nodes.end(), [&](const auto& one) { return one.url() == url; });
        owners.push_back(static_cast<std::size_t>(found - nodes.begin()));
    }
    return owners;
}

// Of the keys [0, to), the first few that each process owns.
std::vector<std::size_t> few_of_each(const std::vector<std::size_t>& owners,
                                     std::size_t to,
                                     std::size_t few) {
    std::vector<std::size_t> taken(node_count);
    std::vector<std::size_t> keys;
    for (std::size_t key = 0; key < to; ++key)
        if (taken[owners[key]]++ < few) keys.push_back(key);
    return keys;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The three processes, and what they are asked.
class show {
  public:
    explicit show(const std::string& directory)
        : size_(chosen_size()),
          files_(read_files(directory, size_.files)),
          keys_(both_kinds_of_keys(files_)),
          computed_(node_count, keys_.size()),
          corrected_(node_count, keys_.size()),
          nodes_(start_nodes({files_, keys_, computed_, corrected_})),
          owners_(owners_of(keys_, nodes_)) {
        for (auto& one : nodes_) one.join(list_of(nodes_));
    }

    void run() {
        quiz about{keys_, right_answers(files_, keys_), {}};
        for (const auto& one : nodes_) about.addresses.push_back(one.address());
        crowd readers(about, size_.readers);
        introduce();
        first_round(readers);
        corrections(readers);
        second_round(readers);
        conclude(readers);
    }

  private:
    void introduce() const;
    void first_round(crowd& readers);
    void corrections(crowd& readers);
    void second_round(crowd& readers);
    void conclude(const crowd& readers) const;
    std::size_t half() const noexcept { return keys_.size() / 2; }

    const size_of_it size_;
    const corpus files_;
    const std::vector<std::string> keys_;
    tally computed_;
    tally corrected_;
    std::vector<node> nodes_;
    const std::vector<std::size_t> owners_;
};

void show::introduce() const {
    std::printf(
        "Three processes share one cache over HTTP. %zu readers ask any of them about %zu source\n"
        "files: which other file is most like this one, and which phrases no other file has.\n\n",
        size_.readers,
        files_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        std::printf("  process %zu  pid %d, %s for its peers, http://%s for readers\n",
                    i + 1,
                    static_cast<int>(nodes_[i].pid()),
                    nodes_[i].url().c_str(),
                    nodes_[i].address().c_str());
    std::printf("\n");
    std::fflush(stdout);
}

// One result for each file, from nothing.
void show::first_round(crowd& readers) {
    const auto begin = std::chrono::steady_clock::now();
    readers.ask({0, half(), size_.questions}, [] {});
    require(readers.flaw().empty(), readers.flaw());
    std::printf(
        "1  nothing is in memory: %zu questions in %.1f s, every answer right\n"
        "             %10s %10s %12s %12s\n",
        readers.answers(),
        seconds_since(begin),
        "asked",
        "computed",
        "from memory",
        "from peers");
    std::size_t all = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const auto counts = nodes_[i].counts();
        const auto computed = computed_.sum(i, 0, half());
        all += computed;
        std::printf("  process %zu  %10llu %10u %12llu %12llu\n",
                    i + 1,
                    static_cast<unsigned long long>(counts.gets),
                    computed,
                    static_cast<unsigned long long>(counts.hits),
                    static_cast<unsigned long long>(counts.from_peers));
    }
    std::printf("   %zu results, computed %zu times in the whole cluster\n\n", half(), all);
    std::fflush(stdout);
    require_once(computed_, owners_, 0, half());
}

// One process sets some results of each anew while all ask about them.
void show::corrections(crowd& readers) {
    const auto keys = few_of_each(owners_, half(), size_.corrections);
    const auto before = readers.answers();
    const auto begin = std::chrono::steady_clock::now();
    std::jthread asking([&](const std::stop_token& enough) { readers.ask_about(keys, enough); });
    for (const auto key : keys) {
        readers.expect_correction(key);
        nodes_[corrector].correct(key);
        readers.insist_on_correction(key);
    }
    asking.request_stop();
    asking.join();
    require(readers.flaw().empty(), readers.flaw());
    require_once(computed_, owners_, 0, half());
    std::printf(
        "2  process %zu corrects %zu results of all three, and all are asked about meanwhile:\n"
        "   %zu answers in %.1f s, %zu of them begun after a set: 0 old ones, nothing computed\n\n",
        corrector + 1,
        keys.size(),
        readers.answers() - before,
        seconds_since(begin),
        readers.insisted());
    std::fflush(stdout);
}

// Another result for each file; one process dies when it has computed half of its own.
void show::second_round(crowd& readers) {
    const auto its_own = static_cast<std::size_t>(
        std::count(owners_.begin() + static_cast<std::ptrdiff_t>(half()), owners_.end(), victim));
    const auto before = readers.answers();
    std::once_flag once;
    std::size_t answers_at_death = 0;
    const auto begin = std::chrono::steady_clock::now();
    readers.ask({half(), 2 * half(), size_.questions}, [&] {
        if (computed_.sum(victim, half(), 2 * half()) * 2 < its_own) return;
        std::call_once(once, [&] {
            readers.expect_end_of(victim);
            nodes_[victim].kill_now();
            answers_at_death = readers.answers() - before;
        });
    });
    require(readers.flaw().empty(), readers.flaw());
    std::printf(
        "3  new questions, and process %zu is killed after %zu of %zu answers:\n"
        "   %zu times a reader found it gone and asked another; %.1f s, every answer right\n",
        victim + 1,
        answers_at_death,
        readers.answers() - before,
        readers.moved(),
        seconds_since(begin));
}

void show::conclude(const crowd& readers) const {
    const auto counts = require_little_again(computed_, owners_, victim);
    std::printf(
        "   %zu keys of the survivors, computed %zu times\n"
        "   %zu keys of the dead process, computed %zu times by itself, and %zu times again: "
        "at most %zu by each survivor\n\n"
        "demo: %zu answers, all right; while its owner lived, every result computed once\n",
        counts.others_keys,
        counts.others_computed,
        counts.keys,
        counts.before,
        counts.again,
        counts.most,
        readers.answers());
}

}  // namespace
}  // namespace demo

int main(int argc, char** argv) {
    demo::bound_it(20);
    try {
        demo::show(argc > 1 ? argv[1] : ".").run();
        return 0;
    } catch (const std::exception& error) {
        std::fflush(stdout);
        std::fprintf(stderr, "demo: FAILED, %s\n", error.what());
        return 1;
    }
}
