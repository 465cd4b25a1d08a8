// Workers: everything posted runs once; lent threads come and go; a blocked worker is replaced, up
// to a bound.
#include "runtime/workers.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/this_thread.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;

struct job final : task {
    explicit job(std::function<void()> what) : body(std::move(what)) {}
    void run() noexcept override { body(); }
    void discard() noexcept override { discarded = true; }
    std::function<void()> body;
    bool discarded = false;
};

// The tasks of a test must not go while a thread is still on its way out of one.
void await_quiet(const workers& pool) {
    while (pool.read().running != 0) std::this_thread::yield();
}

TEST(workers, run_everything_that_is_posted_exactly_once) {
    constexpr int many = 2'000;
    std::vector<std::unique_ptr<job>> jobs;
    std::atomic<int> ran{0};
    {
        auto pool = *workers::make({3, 4}, machine_clock());
        for (int i = 0; i < many; ++i) {
            jobs.push_back(std::make_unique<job>([&] { ++ran; }));
            pool->post(*jobs.back());
        }
        while (ran < many) std::this_thread::yield();
        await_quiet(*pool);
    }
    EXPECT_EQ(ran, many);
}

TEST(workers, without_threads_tasks_wait_for_a_lent_one_and_are_discarded_at_the_end) {
    std::atomic<int> ran{0};
    job first([&] { ++ran; });
    job second([&] { ++ran; });
    {
        auto pool = *workers::make({0, 0}, machine_clock());
        pool->post(first);
        EXPECT_EQ(pool->run(machine_clock().now(), nullptr), workers::lent::timed_out);
        EXPECT_EQ(ran, 1);
        pool->post(second);
    }
    EXPECT_EQ(ran, 1);
    EXPECT_TRUE(second.discarded);
}

TEST(workers, a_lent_thread_returns_when_woken_cancelled_or_closed) {
    auto pool = *workers::make({0, 0}, machine_clock());
    auto woken = std::async(std::launch::async, [&] { return pool->run(never, nullptr); });
    while (!pool->has_lent_threads()) std::this_thread::yield();
    pool->wake();
    EXPECT_EQ(woken.get(), workers::lent::woken);

    const ref<context> until(new context(machine_clock(), never, nullptr, {}));
    auto cancelled = std::async(std::launch::async, [&] { return pool->run(never, until.get()); });
    while (!pool->has_lent_threads()) std::this_thread::yield();
    until->cancel();
    EXPECT_EQ(cancelled.get(), workers::lent::cancelled);

    auto closed = std::async(std::launch::async, [&] { return pool->run(never, nullptr); });
    while (!pool->has_lent_threads()) std::this_thread::yield();
    pool->dismiss_lent();
    EXPECT_EQ(closed.get(), workers::lent::closed);
    EXPECT_EQ(pool->run(never, nullptr), workers::lent::closed);
}

TEST(workers, what_is_posted_to_a_pool_that_nobody_serves_any_more_is_discarded) {
    auto pool = *workers::make({0, 0}, machine_clock());
    job early([] {});
    job late([] {});
    pool->post(early);
    pool->stop();
    EXPECT_TRUE(early.discarded);
    pool->post(late);
    EXPECT_TRUE(late.discarded);
}

TEST(workers, a_blocked_worker_is_replaced_so_that_the_work_it_waits_for_runs) {
    auto pool = *workers::make({1, 1}, machine_clock());
    std::promise<void> inner_ran;
    std::promise<bool> outer_done;
    job inner([&] { inner_ran.set_value(); });
    job outer([&] {
        pool->post(inner);
        const workers::blocked replaced;
        if (replaced.allowed()) inner_ran.get_future().wait();
        outer_done.set_value(replaced.allowed());
    });
    pool->post(outer);
    EXPECT_TRUE(outer_done.get_future().get());
    await_quiet(*pool);
}

TEST(workers, beyond_max_blocked_a_worker_must_not_wait) {
    auto pool = *workers::make({2, 1}, machine_clock());
    std::latch both(2);
    std::promise<void> proceed;
    auto go = proceed.get_future().share();
    std::atomic<int> allowed{0};
    std::latch asked(2);
    const auto body = [&] {
        both.arrive_and_wait();
        const workers::blocked replaced;
        if (replaced.allowed()) ++allowed;
        asked.arrive_and_wait();
        go.wait();
    };
    job first(body);
    job second(body);
    pool->post(first);
    pool->post(second);
    asked.wait();
    EXPECT_EQ(allowed, 1);
    proceed.set_value();
    await_quiet(*pool);
}

TEST(workers, a_task_may_end_the_pool_it_runs_on) {
    struct last_job final : task {
        void run() noexcept override {
            pool.reset();
            gone->set_value();
            delete this;
        }
        void discard() noexcept override { delete this; }
        std::unique_ptr<workers> pool;
        std::shared_ptr<std::promise<void>> gone = std::make_shared<std::promise<void>>();
    };
    auto* const last = new last_job;
    auto gone = last->gone->get_future();
    last->pool = *workers::make({2, 0}, machine_clock());
    last->pool->post(*last);
    gone.wait();
}

TEST(workers, callbacks_know_that_they_are_inside_one) {
    auto pool = *workers::make({1, 0}, machine_clock());
    std::promise<bool> inside;
    job probe([&] { inside.set_value(inside_callback()); });
    pool->post(probe);
    EXPECT_TRUE(inside.get_future().get());
    await_quiet(*pool);
    EXPECT_FALSE(inside_callback());
}

}  // namespace
}  // namespace coord
