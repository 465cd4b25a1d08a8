// Hooks of a host as functions of a test, on a node that serves.
#pragma once

#include <condition_variable>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <vector>

#include "support/node.hpp"
#include "support/raw_http.hpp"

namespace coord::testing {

inline request& inside_request(::coord_request* given) {
    return *static_cast<request*>(reinterpret_cast<handle*>(given));
}

// Requests that the test answers when it likes, on its own thread.
class kept_requests {
  public:
    ~kept_requests() {
        for (auto* each : all_) each->abandon();
    }
    static void keep(void* user, ::coord_request* given) {
        auto& mine = *static_cast<kept_requests*>(user);
        const std::lock_guard lock(mine.mutex_);
        mine.all_.push_back(&inside_request(given));
        mine.came_.notify_one();
    }
    host_handler handler() { return {&keep, this, nullptr, 0}; }
    request& take() {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [&] { return !all_.empty(); });
        return take_first();
    }
    // Null when there is none yet.
    request* try_take() {
        const std::lock_guard lock(mutex_);
        return all_.empty() ? nullptr : &take_first();
    }

  private:
    request& take_first() {
        request& first = *all_.front();
        all_.erase(all_.begin());
        return first;
    }
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<request*> all_;
};

// A function of the test that answers at once, on a worker.
class hook {
  public:
    explicit hook(std::function<void(request&)> does) : does_(std::move(does)) {}
    host_handler handler() { return {&call, this, nullptr, 0}; }

  private:
    static void call(void* user, ::coord_request* given) {
        static_cast<hook*>(user)->does_(inside_request(given));
    }
    const std::function<void(request&)> does_;
};

class hooked : public ::testing::Test {
  protected:
    void open(const std::function<void(groupcache::peers_options&)>& change,
              node::loader load = {}) {
        auto wanted = node::served();
        change(wanted);
        here.emplace(std::move(wanted), std::move(load));
        client.emplace(here->port());
    }
    raw_reply get(std::string_view rest = "g/k", std::string_view headers = {}) {
        return client->ask("GET", "/_groupcache/" + std::string(rest), headers);
    }

    // A get of a peer that waits so shortly that the host, which keeps what it got, is too late. A
    // host that was not even asked in time is given longer.
    raw_reply outlast_host(std::string_view rest, request*& held) {
        for (std::int64_t ns = 1'000'000;; ns *= 2) {
            const auto header = "Coord-Request: 1; timeout-ns=" + std::to_string(ns) + "\r\n";
            const auto got = get(rest, header);
            held = kept.try_take();
            if (held != nullptr) return got;
        }
    }

    kept_requests kept;  // outlives the node
    std::optional<node> here;
    std::optional<raw_client> client;
};

}  // namespace coord::testing
