// A group with peers that are fakes; what a peer asks is group::ask().
#pragma once

#include <gtest/gtest.h>

#include "support/driven.hpp"
#include "support/fake_peers.hpp"

namespace coord::groupcache {

using namespace std::chrono_literals;
using fault = peer_answer::fault;
using testing::asked_peer;
using testing::driven;
using testing::fake_peers;
using testing::kept_loads;

class answered_asker final : public asker {
  public:
    void told(const result<bytes_ref>& outcome) noexcept override {
        ++times;
        status = outcome ? COORD_OK : outcome.error().status();
        if (outcome) value = (*outcome)->value();
    }
    int times = 0;
    coord_status status = COORD_OK;
    std::string value;
};

class peers : public ::testing::Test {
  protected:
    void TearDown() override {
        while (!loads.requests.empty()) loads.fail(0, COORD_UNAVAILABLE);
        for (const auto& peer : nodes->peers)
            while (!peer->open.empty())
                peer->answer(0, asked_peer::fault(fault::unreachable, COORD_UNAVAILABLE));
        world.executor.run_all();
        while (!loads.requests.empty()) loads.fail(0, COORD_UNAVAILABLE);
        if (group_) group_->drop_handle();
        EXPECT_EQ(nodes->users, 0);
    }
    group_options options() {
        auto wanted = loads.options();
        wanted.peers = nodes.get();
        return wanted;
    }
    void use(group_options wanted) { group_ = world.make_group(std::move(wanted)); }
    ref<operation> start(std::uint64_t token,
                         std::string_view key = "k",
                         duration timeout = duration::max()) {
        auto started = group_->start_get(key,
                                         after(world.clock.now(), timeout),
                                         nullptr,
                                         world.answers,
                                         token,
                                         group::counted::now);
        EXPECT_TRUE(started.has_value());
        return *started;
    }
    ref<answered_asker> ask(std::string_view key = "k", duration timeout = duration::max()) {
        ref<answered_asker> who(new answered_asker);
        group_->ask(key, after(world.clock.now(), timeout), who, asked_by::peer);
        return who;
    }
    coord_status get_now(std::string_view key) {
        start(999, key);
        world.executor.run_all();
        const auto ended = world.drain();
        return ended.size() == 1 ? ended[0].status : COORD_INTERNAL;
    }

    driven world;
    kept_loads loads;
    ref<fake_peers> nodes{new fake_peers};
    ref<asked_peer> owner{nodes->add("http://owner:1")};
    ref<group> group_;
};

}  // namespace coord::groupcache
