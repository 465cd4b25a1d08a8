// Three groups that are each other's peers, in one process: a question is a call. Loaders answer at
// once, and count.
#pragma once

#include <array>
#include <gtest/gtest.h>
#include <map>

#include "support/driven.hpp"
#include "support/fake_peers.hpp"

namespace coord::groupcache {

class three_nodes : public ::testing::Test {
  protected:
    static constexpr std::size_t count = 3;
    struct node {
        ref<testing::fake_peers> peers{new testing::fake_peers};
        ref<group> cache;
        std::map<std::string, int> loads;
    };

    void SetUp() override {
        for (std::size_t i = 0; i < count; ++i) {
            auto& mine = nodes[i];
            for (std::size_t j = 0; j < count; ++j) {
                if (j == i) continue;
                mine.peers->add("http://node" + std::to_string(j))->at_once =
                    [this, j](const auto& asked) { return served(j, asked); };
            }
            mine.peers->owner = [this, i](std::string_view key) { return owner(i, key); };
            group_options wanted;
            wanted.peers = mine.peers.get();
            wanted.load = &load;
            wanted.user = &mine;
            mine.cache = world.make_group(wanted, "node" + std::to_string(i));
        }
    }
    void TearDown() override {
        for (auto& each : nodes) each.cache->drop_handle();
    }

    static std::size_t slot(std::string_view key) {
        return static_cast<unsigned char>(key.back()) % count;
    }
    ref<testing::asked_peer> owner(std::size_t at, std::string_view key) const {
        const auto whose = slot(key);
        if (whose == at) return nullptr;
        return nodes[at].peers->peers[whose < at ? whose : whose - 1];
    }
    peer_answer served(std::size_t by, const testing::asked_peer::question& asked) {
        auto& here = *nodes[by].cache;
        if (asked.removes) {
            here.remove_here(asked.key);
            return {};
        }
        if (asked.sets) {
            const bytes& sent = *asked.sets;
            auto kept = here.make_value(asked.key, sent.value(), {0, 0, sent.expire_unix_ns()});
            const auto outcome = here.set_here(std::move(kept));
            if (outcome) return {};
            return {outcome.error(), peer_answer::fault::refused};
        }
        const auto got = here.get(asked.key, never, nullptr, group::counted::now, asked_by::peer);
        if (!got) return {got.error(), peer_answer::fault::refused};
        // A copy, as over a network: an entry is in one cache only.
        const bytes& found = **got;
        return testing::asked_peer::value(asked.key, found.value(), found.expire_unix_ns());
    }
    static void load(void* user, ::coord_request* given) {
        auto* const mine = static_cast<request*>(reinterpret_cast<handle*>(given));
        const std::string key(mine->key(0));
        const int times = ++static_cast<node*>(user)->loads[key];
        static_cast<void>(mine->set(0, key + " loaded " + std::to_string(times), {}));
        mine->succeed();
    }

    std::string get(std::size_t at, std::string_view key) {
        const auto got = nodes[at].cache->get(key, never, nullptr, group::counted::now);
        return got ? std::string((*got)->value()) : "error";
    }
    result<> set(std::size_t at, std::string_view key, std::string_view value, bool hot = false) {
        auto& here = *nodes[at].cache;
        return here.set({here.make_value(key, value, {}), hot}, never, nullptr);
    }
    int loads_of(std::string_view key) {
        int all = 0;
        for (auto& each : nodes) all += each.loads[std::string(key)];
        return all;
    }

    testing::driven world;
    std::array<node, count> nodes;
};

}  // namespace coord::groupcache
