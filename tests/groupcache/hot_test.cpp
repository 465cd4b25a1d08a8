// Which values of other owners are kept here.
#include "groupcache/peers_fixture.hpp"

namespace coord::groupcache {
namespace {

class hot : public peers {
  protected:
    // How many of `keys` values were kept.
    std::uint64_t kept(group_options wanted, int keys) {
        owner->at_once = [](const auto& asked) { return asked_peer::value(asked.key, "theirs"); };
        use(std::move(wanted));
        for (int i = 0; i < keys; ++i) EXPECT_EQ(get_now("key-" + std::to_string(i)), COORD_OK);
        return group_->read_cache(cache::section::hot).items;
    }
    group_options options_of(hot_policy policy, std::uint32_t one_in = 10) {
        auto wanted = options();
        wanted.hot = policy;
        wanted.hot_one_in = one_in;
        return wanted;
    }
};

TEST_F(hot, copies_are_all_kept_by_default) {
    EXPECT_EQ(kept(options(), 200), 200U);
}

TEST_F(hot, copies_are_never_kept_where_every_get_is_to_ask_the_owner) {
    EXPECT_EQ(kept(options_of(hot_policy::never), 50), 0U);
    EXPECT_EQ(get_now("key-0"), COORD_OK);
    EXPECT_EQ(owner->gets, 51U);
}

TEST_F(hot, behaviour_7_one_copy_in_ten_is_kept_by_chance) {
    const auto got = kept(options_of(hot_policy::one_in), 2'000);
    EXPECT_GT(got, 150U);
    EXPECT_LT(got, 250U);
}

TEST_F(hot, copies_one_in_one_are_all_kept_and_chance_is_the_seeds) {
    EXPECT_EQ(kept(options_of(hot_policy::one_in, 1), 50), 50U);
    hot_choice first(hot_policy::one_in, 3, 77);
    hot_choice same(hot_policy::one_in, 3, 77);
    hot_choice other(hot_policy::one_in, 3, 78);
    int differs = 0;
    for (int i = 0; i < 100; ++i) {
        const bool keeps = first.keeps();
        EXPECT_EQ(keeps, same.keeps());
        differs += keeps != other.keeps() ? 1 : 0;
    }
    EXPECT_GT(differs, 10);
}

TEST_F(hot, copies_are_a_matter_of_other_owners_alone) {
    nodes->owner = [](auto) { return ref<asked_peer>(); };
    use(options_of(hot_policy::never));
    start(1);
    world.executor.run_all();
    loads.succeed(0, "mine");
    EXPECT_TRUE(group_->find("k"));
    world.drain();
}

}  // namespace
}  // namespace coord::groupcache
