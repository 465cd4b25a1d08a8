// The demo: three processes share one cache over HTTP. Hundreds of readers ask any of them for
// results computed from source files; each result is computed once in the whole cluster. Then one
// process is killed in the middle of new questions: the answers stay right, and only its keys are
// computed again, at most once by each survivor. The demo checks all of that itself.
//
//     coord_demo [directory]      COORD_DEMO_QUICK=1 makes it small
#include <coord/coord.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "corpus.hpp"
#include "crowd.hpp"
#include "node.hpp"
#include "tally.hpp"

namespace demo {
namespace {

constexpr std::size_t node_count = 3;
constexpr std::size_t victim = 1;

struct size_of_it {
    std::size_t files;
    std::size_t readers;
    std::size_t questions;  // of each reader in each of the two rounds
};

size_of_it chosen_size() {
    const char* quick = std::getenv("COORD_DEMO_QUICK");
    const bool small = quick != nullptr && *quick != '\0' && std::string(quick) != "0";
    return small ? size_of_it{90, 200, 8} : size_of_it{300, 240, 40};
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

void require(bool so, const std::string& otherwise) {
    if (!so) throw std::runtime_error(otherwise);
}

// Every key of [from, to) was computed once, by its owner.
void check_once(const tally& computed,
                const std::vector<std::size_t>& owners,
                std::size_t from,
                std::size_t to) {
    for (auto key = from; key < to; ++key)
        require(computed.of_all(key) == 1 && computed.of(owners[key], key) == 1,
                "key " + std::to_string(key) + " was computed " +
                    std::to_string(computed.of_all(key)) + " times, " +
                    std::to_string(computed.of(owners[key], key)) + " of them by its owner");
}

struct after_death {
    std::size_t keys = 0;    // that the dead process owned
    std::size_t before = 0;  // computed by itself
    std::size_t again = 0;   // computed by survivors
    std::size_t most = 0;    // of one key by one survivor
    std::size_t others_keys = 0;
};

after_death count_after_death(const tally& computed, const std::vector<std::size_t>& owners) {
    after_death counts;
    for (std::size_t key = 0; key < owners.size(); ++key) {
        if (owners[key] != victim) {
            ++counts.others_keys;
            continue;
        }
        ++counts.keys;
        for (std::size_t by = 0; by < node_count; ++by) {
            const std::size_t times = computed.of(by, key);
            require(times <= 1,
                    "a process computed a key of the dead one " + std::to_string(times) + " times");
            (by == victim ? counts.before : counts.again) += times;
            if (by != victim) counts.most = std::max(counts.most, times);
        }
    }
    return counts;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void tell_about(std::vector<node>& nodes, const tally& computed, std::size_t keys) {
    std::printf(
        "             %10s %10s %12s %12s\n", "asked", "computed", "from memory", "from peers");
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto counts = nodes[i].counts();
        std::printf("  process %zu  %10llu %10u %12llu %12llu\n",
                    i + 1,
                    static_cast<unsigned long long>(counts.gets),
                    computed.sum(i, 0, keys),
                    static_cast<unsigned long long>(counts.hits),
                    static_cast<unsigned long long>(counts.from_peers));
    }
}

// One result for each file, from nothing.
void first_round(crowd& readers,
                 std::vector<node>& nodes,
                 const tally& computed,
                 const std::vector<std::size_t>& owners,
                 std::size_t questions) {
    const auto count = owners.size() / 2;
    const auto begin = std::chrono::steady_clock::now();
    readers.ask({0, count, questions}, [] {});
    require(readers.flaw().empty(), readers.flaw());
    std::printf("1  nothing is in memory: %zu questions in %.1f s, every answer right\n",
                readers.answers(),
                seconds_since(begin));
    tell_about(nodes, computed, count);
    check_once(computed, owners, 0, count);
    std::printf("  %zu results, computed %zu times in the whole cluster\n\n", count, count);
}

// Another result for each file; one process dies when it has computed a quarter of its own.
void second_round(crowd& readers,
                  std::vector<node>& nodes,
                  const tally& computed,
                  const std::vector<std::size_t>& owners,
                  std::size_t questions) {
    const auto count = owners.size() / 2;
    const auto its_own =
        std::count(owners.begin() + static_cast<std::ptrdiff_t>(count), owners.end(), victim);
    std::once_flag once;
    const auto before = readers.answers();
    std::atomic<std::size_t> answers_at_death{0};
    const auto begin = std::chrono::steady_clock::now();
    readers.ask({count, 2 * count, questions}, [&] {
        if (computed.sum(victim, count, 2 * count) * 4 < its_own) return;
        std::call_once(once, [&] {
            readers.expect_end_of(victim);
            nodes[victim].kill_now();
            answers_at_death = readers.answers() - before;
        });
    });
    require(readers.flaw().empty(), readers.flaw());
    std::printf(
        "2  new questions; process %zu is killed after %zu of %zu answers\n"
        "  %zu readers found it gone and asked another; %.1f s, every answer right\n",
        victim + 1,
        answers_at_death.load(),
        readers.answers() - before,
        readers.moved(),
        seconds_since(begin));
}

int run(const std::string& directory) {
    const auto size = chosen_size();
    const auto files = corpus::read(directory, size.files);
    require(files.size() > 1, "there are no source files in " + directory);
    auto keys = files.keys_about_likeness();
    const auto more = files.keys_about_phrases();
    keys.insert(keys.end(), more.begin(), more.end());

    tally computed(node_count, keys.size());
    auto nodes = start_nodes({files, keys, computed});
    const auto list = list_of(nodes);
    for (auto& one : nodes) one.join(list);
    quiz about{keys, right_answers(files, keys), {}};
    for (const auto& one : nodes) about.addresses.push_back(one.address());
    const auto owners = owners_of(keys, nodes);

    std::printf(
        "Three processes share one cache over HTTP. %zu readers ask any of them about %zu source "
        "files:\n"
        "which other file is most like this one, and which phrases it has for itself.\n\n",
        size.readers,
        files.size());
    for (std::size_t i = 0; i < nodes.size(); ++i)
        std::printf("  process %zu  pid %d, %s for its peers, http://%s for readers\n",
                    i + 1,
                    static_cast<int>(nodes[i].pid()),
                    nodes[i].url().c_str(),
                    nodes[i].address().c_str());
    std::printf("\n");
    std::fflush(stdout);

    crowd readers(about, size.readers);
    first_round(readers, nodes, computed, owners, size.questions);
    std::fflush(stdout);
    second_round(readers, nodes, computed, owners, size.questions);

    const auto counts = count_after_death(computed, owners);
    for (std::size_t key = 0; key < owners.size(); ++key)
        if (owners[key] != victim) check_once(computed, owners, key, key + 1);
    require(counts.again > 0, "the process died too late for anything to be computed again");
    std::printf(
        "  %zu keys of the survivors, computed %zu times\n"
        "  %zu keys of the dead process: %zu times by itself, %zu times again, at most %zu by each "
        "survivor\n\n",
        counts.others_keys,
        counts.others_keys,
        counts.keys,
        counts.before,
        counts.again,
        counts.most);
    std::printf("demo: %zu answers, all right; every result computed once\n", readers.answers());
    return 0;
}

}  // namespace
}  // namespace demo

int main(int argc, char** argv) {
    demo::bound_it(20);
    try {
        return demo::run(argc > 1 ? argv[1] : ".");
    } catch (const std::exception& error) {
        std::fflush(stdout);
        std::fprintf(stderr, "demo: FAILED, %s\n", error.what());
        return 1;
    }
}
