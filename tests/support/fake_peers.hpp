// Peers without a network: a picker whose peers keep the questions until the test answers them, or
// answer by a function at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "groupcache/peer.hpp"

namespace coord::testing {

class asked_peer final : public groupcache::peer {
  public:
    struct question {
        bool removes;
        std::string group;
        std::string key;
        time_point deadline;
        groupcache::peer_caller* who;
        bytes_ref sets{};  // of a set
    };
    explicit asked_peer(std::string name) : url_(std::move(name)) {}

    const std::string& url() const noexcept override { return url_; }
    void get(const groupcache::peer_question& what, groupcache::peer_caller& to) noexcept override {
        take({false, std::string(what.group), std::string(what.key), what.deadline, &to});
    }
    void remove(const groupcache::peer_question& what,
                groupcache::peer_caller& to) noexcept override {
        take({true, std::string(what.group), std::string(what.key), what.deadline, &to});
    }
    void set(const groupcache::peer_question& what,
             bytes_ref value,
             groupcache::peer_caller& to) noexcept override {
        question asked{false, std::string(what.group), std::string(what.key), what.deadline, &to};
        asked.sets = std::move(value);
        take(std::move(asked));
    }

    static groupcache::peer_answer value(std::string_view key,
                                         std::string_view value,
                                         std::int64_t expire_unix_ns = 0) {
        return {bytes_ref(bytes::make(key, value, expire_unix_ns, 0), false),
                groupcache::peer_answer::fault::none};
    }
    static groupcache::peer_answer fault(groupcache::peer_answer::fault why,
                                         coord_status status,
                                         std::string_view message = "failed") {
        return {error(status, "peers", message), why};
    }
    void answer(std::size_t i, groupcache::peer_answer what) {
        const question one = take_out(i);
        one.who->answered(std::move(what));
    }
    question take_out(std::size_t i) {
        const question one = open[i];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
        return one;
    }

    std::vector<question> open;
    std::uint64_t gets = 0;
    std::uint64_t removes = 0;
    std::uint64_t sets = 0;
    // Answers at once, when it is set.
    std::function<groupcache::peer_answer(const question&)> at_once;

  private:
    void take(question what) {
        ++(what.sets ? sets : what.removes ? removes : gets);
        if (at_once) return what.who->answered(at_once(what));
        open.push_back(std::move(what));
    }

    const std::string url_;
};

class fake_peers final : public shared, public groupcache::picker {
  public:
    shared& self() const noexcept override { return const_cast<fake_peers&>(*this); }
    ref<groupcache::peer> pick(std::string_view key) noexcept override { return owner(key); }
    std::vector<ref<groupcache::peer>> others() override { return {peers.begin(), peers.end()}; }
    bool loads_here_after(groupcache::peer_answer::fault why) const noexcept override {
        return why == groupcache::peer_answer::fault::unreachable ||
               (seed && why == groupcache::peer_answer::fault::refused);
    }
    void add_user() noexcept override { ++users; }
    void drop_user() noexcept override { --users; }

    ref<asked_peer> add(std::string name) {
        peers.push_back(ref<asked_peer>(new asked_peer(std::move(name))));
        return peers.back();
    }

    std::vector<ref<asked_peer>> peers;
    // Whose a key is; by default the first peer's.
    std::function<ref<asked_peer>(std::string_view)> owner = [this](std::string_view) {
        return peers.empty() ? ref<asked_peer>() : peers.front();
    };
    bool seed = false;
    int users = 0;
};

}  // namespace coord::testing
