// Requests to the host that are open now, as a dump shows them.
#include <gtest/gtest.h>

#include "runtime/host_question.hpp"
#include "support/driven.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;

class question final : public host_question {
  public:
    request_kind which() const noexcept override { return request_kind::accept; }
    std::size_t count() const noexcept override { return 1; }
    std::string_view key(std::size_t) const noexcept override { return "k\n1"; }
    std::string_view group_name() const noexcept override { return "g"; }
    std::string_view peer_url() const noexcept override { return "http://a:1"; }
    int endings = 0;

  private:
    void ended(result<>, ended_by) noexcept override { ++endings; }
};

class open_question_lists : public ::testing::Test {
  protected:
    static void keep(void* user, ::coord_request* given) {
        *static_cast<request**>(user) = static_cast<request*>(reinterpret_cast<handle*>(given));
    }
    bool shows(std::string_view part) const {
        return world.owner->dump().find(part) != std::string::npos;
    }

    testing::driven world;
    request* held = nullptr;
    const host_handler to{&keep, &held, nullptr, 0};
};

TEST_F(open_question_lists, a_question_is_shown_until_it_ended) {
    const ref<question> asked(new question);
    EXPECT_FALSE(shows("ACCEPT"));
    asked->put(*world.owner, to, after(world.clock.now(), 5s));
    EXPECT_TRUE(
        shows("  ACCEPT request of group \"g\" for \"k\\x0a1\" to http://a:1: 0.000 s old, "
              "5.000 s left, waits for a thread for callbacks\n"));
    world.executor.run_all();
    world.clock.advance(2s);
    EXPECT_TRUE(shows(": 2.000 s old, 3.000 s left, with the host\n"));
    held->succeed();
    EXPECT_EQ(asked->endings, 1);
    EXPECT_FALSE(shows("ACCEPT"));
}

TEST_F(open_question_lists, whatever_ends_it_takes_it_off) {
    const ref<question> late(new question);
    late->put(*world.owner, to, after(world.clock.now(), 1s));
    world.executor.run_all();
    auto* const given = held;
    world.advance(1s);
    EXPECT_EQ(late->endings, 1);
    EXPECT_FALSE(shows("ACCEPT"));
    given->succeed();

    const ref<question> cut(new question);
    cut->put(*world.owner, to, never);
    EXPECT_TRUE(shows("no deadline"));
    cut->cut(error(COORD_CANCELLED));
    EXPECT_FALSE(shows("ACCEPT"));

    const ref<question> early(new question);
    early->cut(error(COORD_CANCELLED));
    early->put(*world.owner, to, never);
    EXPECT_FALSE(shows("ACCEPT"));
    world.executor.run_all();
    EXPECT_EQ(early->endings, 1);
}

TEST_F(open_question_lists, those_in_a_queue_say_whether_they_were_taken) {
    const auto loads = *queue::make_polled(world.owner);
    loads->to_host();
    const ref<question> first(new question);
    const ref<question> second(new question);
    first->put(*world.owner, {nullptr, nullptr, loads.get(), 1}, never);
    second->put(*world.owner, {nullptr, nullptr, loads.get(), 2}, never);
    EXPECT_TRUE(shows("waits in its queue"));
    std::array<event, 2> room;
    ASSERT_EQ(loads->drain(room).count, 2U);
    EXPECT_FALSE(shows("waits in its queue"));
    EXPECT_TRUE(shows("with the host"));
    clear(room[1]);  // the later one first: what is freed unanswered is abandoned
    EXPECT_EQ(second->endings, 1);
    EXPECT_TRUE(shows("ACCEPT"));
    clear(room[0]);
    EXPECT_EQ(first->endings, 1);
    EXPECT_FALSE(shows("ACCEPT"));
    loads->drop_handle();
}

}  // namespace
}  // namespace coord
