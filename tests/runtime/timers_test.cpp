// Timers fire in order, once, at or after their time, and a cancelled one never.
#include "runtime/timers.hpp"

#include <gtest/gtest.h>
#include <map>

#include "base/random.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;

struct recording final : timer {
    void on_timer() noexcept override { log->push_back(id); }
    std::vector<int>* log = nullptr;
    int id = 0;
};

class timer_heaps : public ::testing::Test {
  protected:
    recording& make(int id) {
        made_.push_back(std::make_unique<recording>());
        made_.back()->log = &fired;
        made_.back()->id = id;
        return *made_.back();
    }
    time_point at(duration after_start) { return time_point(after_start); }
    int earlier = 0;
    timer_heap heap{[this] { ++earlier; }};
    std::vector<int> fired;

  private:
    std::vector<std::unique_ptr<recording>> made_;
};

TEST_F(timer_heaps, fire_in_order_of_time_and_equal_times_in_order_of_arming) {
    heap.arm(make(3), at(3ms));
    heap.arm(make(1), at(1ms));
    heap.arm(make(2), at(2ms));
    heap.arm(make(12), at(1ms));
    EXPECT_EQ(heap.fire_due(at(2ms)), 3U);
    EXPECT_EQ(fired, (std::vector<int>{1, 12, 2}));
    EXPECT_EQ(heap.next(), at(3ms));
}

TEST_F(timer_heaps, a_cancelled_timer_does_not_fire_and_a_fired_one_cannot_be_cancelled) {
    auto& first = make(1);
    auto& second = make(2);
    heap.arm(first, at(1ms));
    heap.arm(second, at(1ms));
    EXPECT_TRUE(heap.cancel(first));
    EXPECT_FALSE(heap.cancel(first));
    heap.fire_due(at(1ms));
    EXPECT_FALSE(heap.cancel(second));
    EXPECT_EQ(fired, std::vector<int>{2});
    EXPECT_EQ(heap.next(), never);
}

TEST_F(timer_heaps, only_a_nearer_deadline_asks_for_another_look) {
    heap.arm(make(1), at(5ms));
    heap.arm(make(2), at(7ms));
    heap.arm(make(3), at(3ms));
    EXPECT_EQ(earlier, 2);
}

TEST_F(timer_heaps, random_arming_and_cancelling_agrees_with_an_ordered_map) {
    random chance(42);
    std::multimap<time_point, recording*> model;
    time_point now{};
    for (int step = 0; step < 20'000; ++step) {
        const auto what = chance.below(3);
        if (what == 0) {
            auto& fresh = make(step);
            const auto when = now + duration(chance.below(500));
            heap.arm(fresh, when);
            model.emplace(when, &fresh);
        } else if (what == 1 && !model.empty()) {
            auto it = model.lower_bound(now + duration(chance.below(500)));
            if (it == model.end()) it = model.begin();
            EXPECT_TRUE(heap.cancel(*it->second));
            model.erase(it);
        } else {
            now += duration(chance.below(50));
            std::vector<int> expected;
            while (!model.empty() && model.begin()->first <= now) {
                expected.push_back(model.begin()->second->id);
                model.erase(model.begin());
            }
            fired.clear();
            heap.fire_due(now);
            EXPECT_EQ(fired, expected);
        }
        ASSERT_EQ(heap.size(), model.size());
    }
}

}  // namespace
}  // namespace coord
