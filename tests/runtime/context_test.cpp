// Contexts: deadlines shrink downwards, cancels spread downwards, listeners are told once or never.
#include "runtime/context.hpp"

#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "support/virtual_clock.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;

class contexts : public ::testing::Test {
  protected:
    ref<context> make(duration timeout,
                      ref<context> parent = nullptr,
                      std::string_view trace = {}) {
        return ref<context>(
            new context(clock, after(clock.now(), timeout), std::move(parent), trace));
    }
    struct counting final : context::listener {
        void on_cancel() noexcept override { ++told; }
        std::atomic<int> told{0};
    };
    testing::virtual_clock clock;
};

TEST_F(contexts, a_childs_deadline_is_never_later_than_its_parents) {
    const auto parent = make(10ms);
    EXPECT_EQ(make(1h, parent)->remaining(), 10ms);
    EXPECT_EQ(make(5ms, parent)->remaining(), 5ms);
    EXPECT_EQ(make(duration::max())->remaining(), duration::max());
    clock.advance(10ms);
    EXPECT_TRUE(parent->is_over());
    EXPECT_EQ(parent->remaining(), 0ms);
    EXPECT_FALSE(parent->was_cancelled());
}

TEST_F(contexts, a_cancel_reaches_children_and_not_parents) {
    const auto parent = make(1h);
    const auto child = make(1h, parent);
    const auto grandchild = make(1h, child);
    child->cancel();
    EXPECT_TRUE(grandchild->was_cancelled());
    EXPECT_FALSE(parent->was_cancelled());
    EXPECT_TRUE(make(1h, child)->was_cancelled()) << "born cancelled";
}

TEST_F(contexts, a_trace_is_inherited_unless_given) {
    const auto parent = make(1h, nullptr, "00-abc");
    EXPECT_EQ(make(1h, parent)->trace(), "00-abc");
    EXPECT_EQ(make(1h, parent, "01-def")->trace(), "01-def");
}

TEST_F(contexts, a_listener_is_told_once_and_not_after_forget) {
    const auto owner = make(1h);
    counting stays;
    counting leaves;
    EXPECT_TRUE(owner->listen(stays));
    EXPECT_TRUE(owner->listen(leaves));
    owner->forget(leaves);
    owner->cancel();
    owner->cancel();
    EXPECT_EQ(stays.told, 1);
    EXPECT_EQ(leaves.told, 0);
    counting late;
    EXPECT_FALSE(owner->listen(late));
}

TEST_F(contexts, forget_waits_for_a_listener_that_is_being_told) {
    struct slow final : context::listener {
        void on_cancel() noexcept override {
            entered.set_value();
            proceed.get_future().wait();
            done = true;
        }
        std::promise<void> entered, proceed;
        bool done = false;
    } listener;
    const auto owner = make(1h);
    owner->listen(listener);
    std::thread canceller([&] { owner->cancel(); });
    listener.entered.get_future().wait();
    std::thread releaser([&] { listener.proceed.set_value(); });
    owner->forget(listener);
    EXPECT_TRUE(listener.done);
    canceller.join();
    releaser.join();
}

TEST_F(contexts, a_listener_may_drop_the_last_reference) {
    struct dropping final : context::listener {
        void on_cancel() noexcept override { mine.reset(); }
        ref<context> mine;
    } listener;
    const auto parent = make(1h);
    listener.mine = make(1h, parent);
    listener.mine->listen(listener);
    parent->cancel();
    EXPECT_FALSE(listener.mine);
}

}  // namespace
}  // namespace coord
