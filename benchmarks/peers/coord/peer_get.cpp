#include "peer_get.hpp"

#include <atomic>
#include <iterator>
#include <thread>

#include "owner_process.hpp"

namespace coord::bench {
namespace {

// Keeps nothing and loads nothing: every get goes to the owner.
class requester {
  public:
    explicit requester(const std::string& owner) {
        coord_runtime* const runtime = coord_runtime_default();
        coord_peers_options place{};
        place.size = sizeof place;
        place.list = owner.c_str();
        place.list_len = owner.size();
        must(coord_peers_new(runtime, &place, &peers_, nullptr), "coord_peers_new");
        coord_group_options options{};
        options.size = sizeof options;
        options.max_bytes = static_cast<std::uint64_t>(COORD_OFF);
        options.peers = peers_;
        must(coord_group_new(runtime, "bench", COORD_NUL, &options, &group_, nullptr),
             "coord_group_new");
        must(coord_queue_new(runtime, &queue_, nullptr), "coord_queue_new");
    }
    ~requester() {
        coord_queue_free(queue_);
        coord_group_free(group_);
        coord_peers_free(peers_);
    }
    requester(const requester&) = delete;
    requester& operator=(const requester&) = delete;

    // One thread that has so many gets under way. Gives how many it ended.
    std::uint64_t by_queue(const key_list& keys, std::uint64_t in_flight, std::uint64_t until_ns);
    // One thread for each get.
    std::uint64_t by_threads(const key_list& keys, std::uint64_t in_flight, std::uint64_t until_ns);
    std::uint64_t requests() const {
        coord_peers_stats read{};
        read.size = sizeof read;
        must(coord_peers_stats_read(peers_, &read, nullptr), "coord_peers_stats_read");
        return read.client_requests;
    }

  private:
    void start(std::string_view key) {
        must(coord_group_get_start(
                 group_, key.data(), key.size(), nullptr, queue_, 0, nullptr, nullptr),
             "coord_group_get_start");
    }
    void get(std::string_view key) {
        coord_bytes* value = nullptr;
        must(coord_group_get(group_, key.data(), key.size(), nullptr, &value, nullptr),
             "coord_group_get");
        touch(value);
    }
    // Looks at its first and last byte, and frees it.
    void touch(coord_bytes* value) {
        std::size_t size = 0;
        const auto* const text = static_cast<const unsigned char*>(coord_bytes_data(value, &size));
        sum_.fetch_add(std::uint64_t{text[0]} + text[size - 1], std::memory_order_relaxed);
        coord_bytes_free(value);
    }

    coord_peers* peers_ = nullptr;
    coord_group* group_ = nullptr;
    coord_queue* queue_ = nullptr;
    std::atomic<std::uint64_t> sum_{0};
};

std::uint64_t requester::by_queue(const key_list& keys,
                                  std::uint64_t in_flight,
                                  std::uint64_t until_ns) {
    std::uint64_t started = 0;
    std::uint64_t ended = 0;
    for (; started < in_flight; ++started) start(keys[started]);
    coord_event events[64];
    for (bool going = true; ended < started;) {
        std::size_t count = 0;
        must(coord_queue_wait(queue_, COORD_FOREVER, events, std::size(events), &count, nullptr),
             "coord_queue_wait");
        going = going && monotonic_ns() < until_ns;
        for (std::size_t i = 0; i < count; ++i, ++ended) {
            must(events[i].status, "a get");
            touch(static_cast<coord_bytes*>(events[i].value));
            if (going) start(keys[started++ % keys.size()]);
        }
    }
    return ended;
}

std::uint64_t requester::by_threads(const key_list& keys,
                                    std::uint64_t in_flight,
                                    std::uint64_t until_ns) {
    std::vector<std::thread> threads;
    std::atomic<std::uint64_t> ended{0};
    for (std::uint64_t first = 0; first < in_flight; ++first)
        threads.emplace_back([&, first] {
            std::uint64_t mine = 0;
            for (auto at = first; monotonic_ns() < until_ns; at += in_flight, ++mine)
                get(keys[at % keys.size()]);
            ended += mine;
        });
    for (auto& one : threads) one.join();
    return ended;
}

}  // namespace

result peer_get(const settings& wanted) {
    const owner_process owner(wanted);
    requester asks(owner.url());
    // A multiple, so that no key is asked for twice at a time.
    const key_list keys(0, (wanted.items / wanted.in_flight + 1) * wanted.in_flight);
    const auto run = [&](std::uint64_t ns) {
        const auto until = monotonic_ns() + ns;
        return wanted.blocking ? asks.by_threads(keys, wanted.in_flight, until)
                               : asks.by_queue(keys, wanted.in_flight, until);
    };
    run(wanted.milliseconds * 250'000);  // warms up
    const auto before = asks.requests();
    const auto own = processor_ns();
    const auto others = owner.processor_ns();
    const auto started = monotonic_ns();
    const auto operations = run(wanted.milliseconds * 1'000'000);
    const auto elapsed = monotonic_ns() - started;
    const auto own_used = processor_ns() - own;
    const auto others_used = owner.processor_ns() - others;
    if (const auto sent = asks.requests() - before; sent != operations)
        fail("requests, one for each get", sent, operations);
    return {{"operations", static_cast<double>(operations)},
            {"nanoseconds", static_cast<double>(elapsed)},
            {"processor_nanoseconds", static_cast<double>(own_used + others_used)},
            {"requester_nanoseconds", static_cast<double>(own_used)},
            {"owner_nanoseconds", static_cast<double>(others_used)}};
}

}  // namespace coord::bench
