// A process of a cluster, as far as one process can have several: a runtime, peers, and a group "g"
// whose loader is a function of the test.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "groupcache/group.hpp"
#include "groupcache/http_peers.hpp"

namespace coord::testing {

struct log_lines {
    static void write(
        void* user, std::int32_t, const char*, const char* text, std::size_t size) noexcept {
        auto& mine = *static_cast<log_lines*>(user);
        const std::lock_guard lock(mine.mutex);
        mine.all.emplace_back(text, size);
    }
    std::size_t count(std::string_view part) {
        const std::lock_guard lock(mutex);
        return static_cast<std::size_t>(
            std::count_if(all.begin(), all.end(), [&](const std::string& one) {
                return one.find(part) != std::string::npos;
            }));
    }
    std::mutex mutex;
    std::vector<std::string> all;
};

class node {
  public:
    // Ends its request.
    using loader = std::function<void(request&)>;

    explicit node(groupcache::peers_options wanted = served(),
                  loader load = {},
                  groupcache::group_options options = {})
        : load_(load ? std::move(load) : loader(&node::echo)) {
        runtime::options threads;
        threads.worker_threads = 2;
        threads.log = {&log_lines::write, &lines, nullptr, log_level::warn};
        owner = *runtime::make(threads);
        owner->to_host();
        auto made = groupcache::http_peers::make(owner, std::move(wanted));
        EXPECT_TRUE(made) << made.error().message();
        peers = *made;
        peers->to_host();
        options.load = &node::load;
        options.user = this;
        options.peers = peers.get();
        auto group = groupcache::group::make(owner, "g", options);
        EXPECT_TRUE(group) << group.error().message();
        g = *group;
        g->to_host();
    }
    ~node() {
        static_cast<void>(g->close(never, nullptr));
        g->drop_handle();
        peers->drop_handle();
        static_cast<void>(owner->close(never, nullptr));
        owner->drop_handle();
    }
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    static groupcache::peers_options served() {
        groupcache::peers_options wanted;
        wanted.listen = "127.0.0.1:0";
        return wanted;
    }
    static void echo(request& mine) {
        static_cast<void>(mine.set(0, "value of " + std::string(mine.key(0)), {}));
        mine.succeed();
    }

    const std::string& url() const { return peers->self_url(); }
    std::uint16_t port() const {
        return static_cast<std::uint16_t>(std::stoi(url().substr(url().rfind(':') + 1)));
    }
    clock& time() const { return owner->time(); }
    result<bytes_ref> get(std::string_view key, time_point deadline = never) {
        return g->get(key, deadline, nullptr, groupcache::group::counted::now);
    }
    std::string text(std::string_view key) {
        const auto got = get(key);
        return got ? std::string((*got)->value()) : "error: " + std::string(got.error().message());
    }
    int loads(const std::string& key) {
        const std::lock_guard lock(mutex_);
        return loads_[key];
    }
    int loads() {
        const std::lock_guard lock(mutex_);
        int sum = 0;
        for (const auto& [key, count] : loads_) sum += count;
        return sum;
    }
    // What differs at the end only would go to one owner: FNV-1 hardly mixes the last bytes.
    static std::string spread_key(std::string_view prefix, int i) {
        return std::string(prefix) + std::to_string(i) + "-of-many-keys";
    }
    // A key that this one owns, by its own list.
    std::string own_key(std::string_view prefix = "key") const {
        for (int i = 0;; ++i) {
            auto key = spread_key(prefix, i);
            if (peers->owns(key)) return key;
        }
    }
    std::string alien_key(std::string_view prefix = "key") const {
        for (int i = 0;; ++i) {
            auto key = spread_key(prefix, i);
            if (!peers->owns(key)) return key;
        }
    }

    log_lines lines;
    ref<runtime> owner;
    ref<groupcache::http_peers> peers;
    ref<groupcache::group> g;

  private:
    static void load(void* user, ::coord_request* given) {
        auto& mine = *static_cast<node*>(user);
        auto& asked = *static_cast<request*>(reinterpret_cast<handle*>(given));
        {
            const std::lock_guard lock(mine.mutex_);
            ++mine.loads_[std::string(asked.key(0))];
        }
        mine.load_(asked);
    }

    const loader load_;
    std::mutex mutex_;
    std::map<std::string, int> loads_;
};

}  // namespace coord::testing
