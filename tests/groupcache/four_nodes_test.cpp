// Behaviours 6 to 10 of the reference: 200 keys over three peers and this process.
#include <boost/crc.hpp>

#include "groupcache/peers_fixture.hpp"
#include "ring/ring.hpp"

namespace coord::groupcache {
namespace {

class four_nodes : public peers {
  protected:
    void SetUp() override {
        nodes->add("http://b:1");
        nodes->add("http://c:1");
        for (const auto& peer : nodes->peers) answer_well(peer);
        nodes->owner = [this](std::string_view key) {
            boost::crc_32_type crc;
            crc.process_bytes(key.data(), key.size());
            const auto slot = crc.checksum() % 4;
            return slot < 3 ? nodes->peers[slot] : ref<asked_peer>();
        };
    }
    static void answer_well(const ref<asked_peer>& peer) {
        peer->at_once = [](const auto& asked) { return asked_peer::value(asked.key, "theirs"); };
    }
    // How many keys were loaded here, and asked of each peer.
    std::vector<std::uint64_t> pass() {
        for (const auto& peer : nodes->peers) peer->gets = 0;
        const auto before = group_->read().local_loads;
        for (int i = 0; i < 200; ++i) {
            start(1, key_of(i));
            world.executor.run_all();
            while (!loads.requests.empty()) loads.succeed(0, "mine");
            const auto ended = world.drain();
            EXPECT_EQ(ended.at(0).status, COORD_OK);
        }
        std::vector<std::uint64_t> shares{group_->read().local_loads - before};
        for (const auto& peer : nodes->peers) shares.push_back(peer->gets);
        return shares;
    }
    using counts = std::vector<std::uint64_t>;
    std::function<std::string(int)> key_of = [](int i) { return "key-" + std::to_string(i); };
};

TEST_F(four_nodes, behaviour_6_each_peer_gets_its_share) {
    use(options());
    EXPECT_EQ(pass(), (counts{49, 51, 49, 51}));
}

TEST_F(four_nodes, behaviour_7_a_second_pass_asks_nobody) {
    use(options());
    pass();
    EXPECT_EQ(pass(), (counts{0, 0, 0, 0}));
}

TEST_F(four_nodes, behaviour_8_without_one_peer_its_share_is_loaded_here) {
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    nodes->owner = [next = nodes->owner, this](std::string_view key) {
        const auto whose = next(key);
        return whose == nodes->peers[0] ? ref<asked_peer>() : whose;
    };
    EXPECT_EQ(pass(), (counts{100, 0, 49, 51}));
}

TEST_F(four_nodes, behaviour_9_a_failing_peer_is_asked_and_its_share_loaded_here) {
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    nodes->peers[0]->at_once = [](const auto&) {
        return asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
    };
    EXPECT_EQ(pass(), (counts{100, 51, 49, 51}));
    EXPECT_EQ(group_->read().peer_errors, 51U);
}

TEST_F(four_nodes, behaviour_10_with_a_real_ring_a_stopped_peers_keys_alone_are_loaded_here) {
    auto wanted = options();
    wanted.max_bytes = 0;
    use(wanted);
    const ring::ring real({"http://owner:1", "http://b:1", "http://c:1", "http://self:1"},
                          50,
                          ring::profile::v2_fnv1_md5);
    nodes->owner = [&](std::string_view key) {
        const std::string* const url = real.owner(key);
        for (const auto& peer : nodes->peers)
            if (peer->url() == *url) return peer;
        return ref<asked_peer>();
    };
    key_of = [](int i) {
        random chance(static_cast<std::uint64_t>(i));
        const auto part = [&] { return "." + std::to_string(chance.below(256)); };
        return "192" + part() + part() + part();
    };
    const auto before = pass();
    EXPECT_EQ(before[0] + before[1] + before[2] + before[3], 200U);
    for (const auto share : before) EXPECT_GT(share, 0U);
    nodes->peers[1]->at_once = [](const auto&) {
        return asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE);
    };
    EXPECT_EQ(pass(), (counts{before[0] + before[2], before[1], before[2], before[3]}));
}

}  // namespace
}  // namespace coord::groupcache
