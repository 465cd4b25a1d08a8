// The other nodes as one node sees them: its list, the real ring over it, and a link to each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "groupcache/peer.hpp"
#include "ring/ring.hpp"

namespace coord::sim {

inline std::string url_of(std::size_t node) {
    return "http://node-" + std::to_string(node) + ":8080";
}

enum class asks : std::uint8_t { get, set, removal };

struct peer_call {
    std::size_t from;
    std::size_t to;
    asks verb;
    const groupcache::peer_question& what;
    bytes_ref value{};  // of a set
};

// Where questions go.
class asks_peers {
  public:
    virtual void ask_peer(const peer_call& put, groupcache::peer_caller& caller) = 0;
    // For a picker that does not know its own mind.
    virtual std::uint64_t any_number() = 0;

  protected:
    ~asks_peers() = default;
};

class linked_peer final : public groupcache::peer {
  public:
    linked_peer(asks_peers& through, std::size_t from, std::size_t to)
        : through_(through), from_(from), to_(to), url_(url_of(to)) {}
    const std::string& url() const noexcept override { return url_; }
    void get(const groupcache::peer_question& what, groupcache::peer_caller& to) noexcept override {
        through_.ask_peer({from_, to_, asks::get, what}, to);
    }
    void remove(const groupcache::peer_question& what,
                groupcache::peer_caller& to) noexcept override {
        through_.ask_peer({from_, to_, asks::removal, what}, to);
    }
    void set(const groupcache::peer_question& what,
             bytes_ref value,
             groupcache::peer_caller& to) noexcept override {
        through_.ask_peer({from_, to_, asks::set, what, std::move(value)}, to);
    }

  private:
    asks_peers& through_;
    const std::size_t from_;
    const std::size_t to_;
    const std::string url_;
};

enum class speaks : std::uint8_t { mailgun, seed };

class linked_peers final : public shared, public groupcache::picker {
  public:
    linked_peers(asks_peers& through, std::size_t self, std::size_t nodes, speaks dialect)
        : through_(through), self_(url_of(self)), dialect_(dialect) {
        for (std::size_t i = 0; i < nodes; ++i)
            all_.push_back(ref<linked_peer>(new linked_peer(through, self, i)));
    }

    // From now on it names anybody, another one each time, until it has a list again.
    void waver() noexcept { wavers_ = true; }
    bool wavers() const noexcept { return wavers_; }

    void set(std::vector<std::string> list) {
        wavers_ = false;
        ring_ = ring::ring(std::move(list), 4, ring::profile::v2_fnv1_md5);
    }
    const std::vector<std::string>& list() const noexcept { return ring_.peers(); }
    speaks dialect() const noexcept { return dialect_; }
    bool owns(std::string_view key) const {
        const auto* const owner = ring_.owner(key);
        return owner == nullptr || *owner == self_;
    }
    int users() const noexcept { return users_; }

    shared& self() const noexcept override { return const_cast<linked_peers&>(*this); }
    ref<groupcache::peer> pick(std::string_view key) noexcept override {
        if (wavers_) return anybody();
        if (owns(key)) return nullptr;
        for (const auto& each : all_)
            if (each->url() == *ring_.owner(key)) return each;
        return nullptr;
    }
    std::vector<ref<groupcache::peer>> others() override {
        std::vector<ref<groupcache::peer>> found;
        if (wavers_) {
            for (auto left = through_.any_number() % 4; left > 0; --left)
                if (auto one = anybody()) found.push_back(std::move(one));
            return found;
        }
        for (const auto& url : list())
            for (const auto& each : all_)
                if (each->url() == url && url != self_) found.push_back(each);
        return found;
    }
    bool loads_here_after(groupcache::peer_answer::fault why) const noexcept override {
        using groupcache::peer_answer;
        return why == peer_answer::fault::unreachable ||
               (dialect_ == speaks::seed && why == peer_answer::fault::refused);
    }
    void add_user() noexcept override { ++users_; }
    void drop_user() noexcept override { --users_; }

  private:
    // Of its last list, this process too: by a link, or as nobody.
    ref<groupcache::peer> anybody() {
        const auto chosen = through_.any_number() % (list().size() + 1);
        if (chosen == list().size()) return nullptr;
        for (const auto& each : all_)
            if (each->url() == list()[chosen]) return each;
        return nullptr;
    }

    asks_peers& through_;
    const std::string self_;
    const speaks dialect_;
    std::vector<ref<linked_peer>> all_;
    ring::ring ring_;
    bool wavers_ = false;
    int users_ = 0;
};

}  // namespace coord::sim
