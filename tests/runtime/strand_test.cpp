// Strands: in order, never two at once, whatever the threads below do.
#include "runtime/strand.hpp"

#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/workers.hpp"
#include "support/seeded_executor.hpp"

namespace coord {
namespace {

struct step final : task {
    explicit step(std::function<void()> what) : body(std::move(what)) {}
    void run() noexcept override { body(); }
    void discard() noexcept override { discarded = true; }
    std::function<void()> body;
    bool discarded = false;
};

TEST(strands, run_their_tasks_in_the_order_they_were_posted) {
    random chance(7);
    testing::seeded_executor below(chance);
    const ref<strand> one(new strand(below));
    const ref<strand> other(new strand(below));
    std::vector<int> order;
    std::vector<std::unique_ptr<step>> steps;
    for (int i = 0; i < 200; ++i) {
        steps.push_back(std::make_unique<step>([&order, i] { order.push_back(i); }));
        (i % 2 == 0 ? one : other)->post(*steps.back());
    }
    EXPECT_TRUE(order.empty()) << "posting runs nothing";
    below.run_all();
    ASSERT_EQ(order.size(), 200U);
    int even = -2;
    int odd = -1;
    for (const int each : order) {
        int& last = each % 2 == 0 ? even : odd;
        EXPECT_EQ(each, last + 2);
        last = each;
    }
}

TEST(strands, never_run_two_tasks_at_once_on_many_threads) {
    auto pool = *workers::make({3, 0}, machine_clock());
    const ref<strand> serial(new strand(*pool));
    constexpr int many = 3'000;
    int unguarded = 0;
    std::atomic<int> inside{0};
    std::atomic<bool> overlapped{false};
    std::atomic<int> done{0};
    std::vector<std::unique_ptr<step>> steps;
    for (int i = 0; i < many; ++i)
        steps.push_back(std::make_unique<step>([&] {
            if (inside.fetch_add(1) != 0 || !serial->is_current()) overlapped = true;
            ++unguarded;
            inside.fetch_sub(1);
            ++done;
        }));
    std::vector<std::thread> posters;
    for (int t = 0; t < 3; ++t)
        posters.emplace_back([&, t] {
            for (int i = t; i < many; i += 3) serial->post(*steps[static_cast<std::size_t>(i)]);
        });
    for (auto& each : posters) each.join();
    while (done < many) std::this_thread::yield();
    EXPECT_FALSE(overlapped);
    EXPECT_EQ(unguarded, many);
    EXPECT_FALSE(serial->is_current());
}

TEST(strands, a_task_may_post_to_its_own_strand_and_drop_it) {
    random chance(7);
    testing::seeded_executor below(chance);
    ref<strand> serial(new strand(below));
    int ran = 0;
    step second([&] { ++ran; });
    step first([&] {
        ++ran;
        serial->post(second);
        serial.reset();
        EXPECT_EQ(ran, 1) << "not inline";
    });
    serial->post(first);
    below.run_all();
    EXPECT_EQ(ran, 2);
}

TEST(strands, tasks_that_no_thread_will_run_are_discarded) {
    random chance(7);
    step never_run([] { FAIL(); });
    {
        testing::seeded_executor below(chance);
        const ref<strand> serial(new strand(below));
        serial->post(never_run);
    }
    EXPECT_TRUE(never_run.discarded);
}

}  // namespace
}  // namespace coord
