// A picker of the host: what it names, rightly and wrongly.
#include "groupcache/host_picker.hpp"

#include <functional>
#include <gtest/gtest.h>

#include "groupcache/host_peer.hpp"
#include "groupcache/hosting.hpp"
#include "support/driven.hpp"

namespace coord::groupcache {
namespace {

using testing::kept_answer;
using fault = peer_answer::fault;

::coord_peer* as_named(handle* what) {
    return reinterpret_cast<::coord_peer*>(what);
}

class host_pickers : public ::testing::Test {
  protected:
    ~host_pickers() override {
        for (auto& one : handles_) one->drop_handle();
        for (auto& one : peers) one->drop_handle();
    }
    picker& make(dialect speaks = dialect::mailgun) {
        host_picker_options wanted;
        wanted.pick = [](void* user, const char* key, std::size_t size) {
            return static_cast<host_pickers*>(user)->pick({key, size});
        };
        wanted.pick_all = [](void* user, ::coord_peer** to, std::size_t cap) {
            return static_cast<host_pickers*>(user)->pick_all(to, cap);
        };
        wanted.user = ref<host_user>(new host_user(this, nullptr));
        wanted.speaks = speaks;
        handles_.push_back(*host_picker::make(world.owner, std::move(wanted)));
        handles_.back()->to_host();
        return handles_.back()->decides;
    }
    ref<peer_handle> add(const ref<runtime>& in, const char* url) {
        host_peer_options wanted;
        wanted.get = wanted.remove = host.handler();
        peers.push_back(*host_peer::make(in, url, std::move(wanted)));
        peers.back()->to_host();
        return peers.back();
    }
    ref<peer_handle> add(const char* url) { return add(world.owner, url); }

    testing::driven world;
    testing::driven other;
    testing::host host;
    std::vector<ref<peer_handle>> peers;
    std::function<::coord_peer*(std::string_view)> pick;
    std::function<std::size_t(::coord_peer**, std::size_t)> pick_all;

  private:
    std::vector<ref<picker_handle>> handles_;
};

TEST_F(host_pickers, names_peers_and_this_process) {
    const auto mars = add("mars");
    pick = [&](std::string_view key) { return key == "far" ? as_named(mars.get()) : nullptr; };
    auto& by = make();
    EXPECT_EQ(by.pick("far"), mars->of);
    EXPECT_EQ(by.pick("near"), nullptr);
    EXPECT_EQ(by.pick({}), nullptr);
}

TEST_F(host_pickers, one_without_functions_never_finds_a_peer) {
    const auto nobody = *host_picker::make(world.owner, {});
    nobody->to_host();
    EXPECT_EQ(nobody->decides.pick("key"), nullptr);
    EXPECT_TRUE(nobody->decides.others().empty());
    nobody->drop_handle();
}

TEST_F(host_pickers, what_is_no_peer_of_this_runtime_fails_every_question) {
    const auto foreign = add(other.owner, "mars");
    handle* const wrong[] = {world.owner.get(), foreign.get(), world.answers.get()};
    for (handle* const one : wrong) {
        pick = [&](std::string_view) { return as_named(one); };
        const auto named = make().pick("key");
        ASSERT_NE(named, nullptr);
        kept_answer who;
        named->get({"g", "key", never}, who);
        named->set({"g", "key", never}, bytes_ref(bytes::make("key", "v", 0, 0), false), who);
        named->remove({"g", "key", never}, who);
        EXPECT_EQ(who.times, 3);
        EXPECT_EQ(who.last.why, fault::refused);
        EXPECT_EQ(who.status(), COORD_HOST_FAILED);
        EXPECT_NE(who.message().find("not a peer of this runtime"), std::string::npos);
        EXPECT_EQ(who.detail("key"), "key");
    }
}

TEST_F(host_pickers, others_are_asked_for_again_when_there_is_not_enough_room) {
    const auto mars = add("mars");
    std::vector<std::size_t> rooms;
    pick_all = [&](::coord_peer** to, std::size_t cap) {
        rooms.push_back(cap);
        std::fill_n(to, std::min<std::size_t>(cap, 100), as_named(mars.get()));
        return std::size_t{100};
    };
    EXPECT_EQ(make().others().size(), 100U);
    EXPECT_EQ(rooms, (std::vector<std::size_t>{64, 100}));
}

TEST_F(host_pickers, one_that_changes_its_mind_or_names_nothing_is_bounded) {
    const auto mars = add("mars");
    int calls = 0;
    pick_all = [&](::coord_peer** to, std::size_t cap) -> std::size_t {
        ++calls;
        for (std::size_t i = 0; i < cap; ++i) to[i] = i % 2 == 0 ? as_named(mars.get()) : nullptr;
        return calls == 1 ? 70 : SIZE_MAX;
    };
    const auto more = make().others();
    ASSERT_EQ(more.size(), 37U) << "peers, one for all that are none, and one for the rest";
    EXPECT_EQ(more[0], mars->of);
    for (const std::size_t i : {1U, 36U}) {
        kept_answer who;
        more[i]->remove({"g", "key", never}, who);
        EXPECT_EQ(who.status(), COORD_HOST_FAILED) << i;
    }
    calls = 0;
    pick_all = [&](::coord_peer**, std::size_t) -> std::size_t { return ++calls == 1 ? 70 : 0; };
    EXPECT_TRUE(make().others().empty());
    pick_all = [](::coord_peer**, std::size_t) -> std::size_t { return SIZE_MAX; };
    EXPECT_EQ(make().others().size(), 2U) << "nobody named, and more than there may be";
}

TEST_F(host_pickers, what_follows_a_fault_is_what_the_dialect_says) {
    auto& mailgun = make();
    EXPECT_TRUE(mailgun.loads_here_after(fault::unreachable));
    EXPECT_FALSE(mailgun.loads_here_after(fault::refused));
    EXPECT_FALSE(mailgun.loads_here_after(fault::timed_out));
    auto& seed = make(dialect::seed);
    EXPECT_TRUE(seed.loads_here_after(fault::refused));
    EXPECT_FALSE(seed.loads_here_after(fault::timed_out));
}

TEST_F(host_pickers, it_lives_while_a_group_uses_it_and_then_frees_its_user_once) {
    int freed = 0;
    host_picker_options wanted;
    wanted.user =
        ref<host_user>(new host_user(&freed, [](void* user) { ++*static_cast<int*>(user); }));
    wanted.pick = [](void*, const char*, std::size_t) -> ::coord_peer* { return nullptr; };
    auto handle = *host_picker::make(world.owner, std::move(wanted));
    handle->to_host();
    testing::kept_loads loads;
    auto options = loads.options();
    options.peers = &handle->decides;
    auto group = world.make_group(options);
    handle->drop_handle();
    handle.reset();
    EXPECT_EQ(freed, 0);
    static_cast<void>(
        *group->start_get("k", never, nullptr, world.answers, 1, group::counted::now));
    world.executor.run_all();
    loads.succeed(0, "v");
    EXPECT_EQ(world.drain().size(), 1U);
    group->drop_handle();
    group.reset();
    world.executor.run_all();
    EXPECT_EQ(freed, 1);
}

}  // namespace
}  // namespace coord::groupcache
