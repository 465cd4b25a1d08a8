// Queues: what goes in comes out once, the descriptor tells the truth, closing wakes everybody.
#include "runtime/queue.hpp"

#include <future>
#include <gtest/gtest.h>
#include <poll.h>
#include <thread>
#include <unistd.h>

#include "support/driven.hpp"

namespace coord {
namespace {

using namespace std::chrono_literals;

struct node final : event_node {
    explicit node(std::uint64_t token) {
        what.kind = event_kind::post;
        what.token = token;
    }
    void taken() noexcept override { ++times_taken; }
    int times_taken = 0;
};

class queues : public ::testing::Test {
  protected:
    bool readable(int fd) {
        pollfd one{fd, POLLIN, 0};
        return ::poll(&one, 1, 0) == 1 && (one.revents & POLLIN) != 0;
    }
    testing::driven world;
    queue& q = *world.answers;
    std::array<event, 4> room;
};

TEST_F(queues, give_events_in_order_and_each_once) {
    node a(1), b(2), c(3);
    q.push(a);
    q.push(b);
    q.push(c);
    EXPECT_EQ(q.drain(std::span(room).first(2)).count, 2U);
    EXPECT_EQ(room[0].token, 1U);
    EXPECT_EQ(room[1].token, 2U);
    EXPECT_EQ(q.drain(room).count, 1U);
    EXPECT_EQ(room[0].token, 3U);
    EXPECT_EQ(q.drain(room).count, 0U);
    EXPECT_EQ(a.times_taken + b.times_taken + c.times_taken, 3);
}

TEST_F(queues, the_descriptor_is_readable_exactly_while_events_are_there) {
    EXPECT_FALSE(readable(q.descriptor()));
    node a(1), b(2);
    q.push(a);
    q.push(b);
    EXPECT_TRUE(readable(q.descriptor()));
    q.drain(std::span(room).first(1));
    EXPECT_TRUE(readable(q.descriptor()));
    q.drain(room);
    EXPECT_FALSE(readable(q.descriptor()));
    q.close();
    EXPECT_TRUE(readable(q.descriptor())) << "a closed queue has something to say";
    EXPECT_TRUE(q.drain(room).closed);
    EXPECT_TRUE(readable(q.descriptor()));
}

TEST_F(queues, the_notify_descriptor_gets_a_byte_when_events_come_or_are_left_behind) {
    const int fd = *q.open_notify();
    EXPECT_EQ(q.open_notify().error().status(), COORD_ALREADY_EXISTS);
    char bytes[8];
    EXPECT_EQ(::read(fd, bytes, sizeof bytes), -1);
    node a(1), b(2);
    q.push(a);
    q.push(b);
    EXPECT_EQ(::read(fd, bytes, sizeof bytes), 1);
    q.drain(std::span(room).first(1));
    EXPECT_EQ(::read(fd, bytes, sizeof bytes), 1) << "one event was left behind";
    q.drain(room);
    EXPECT_EQ(::read(fd, bytes, sizeof bytes), -1);
    ::close(fd);
    node late(3);
    q.push(late);  // the host's end is closed: no SIGPIPE
    q.drain(room);
}

TEST_F(queues, a_closed_queue_still_delivers_completions_but_takes_no_requests) {
    node completion(1), request(2);
    q.close();
    q.push(completion);
    EXPECT_FALSE(q.push_if_open(request));
    EXPECT_EQ(q.drain(room).count, 1U);
    EXPECT_TRUE(q.drain(room).closed);
}

TEST_F(queues, wait_returns_on_an_event_at_its_deadline_or_when_closed) {
    auto waited = std::async(std::launch::async, [&] { return q.wait(room, never); });
    world.clock.await_sleepers(1);
    node a(1);
    q.push(a);
    EXPECT_EQ(waited.get().count, 1U);

    auto late =
        std::async(std::launch::async, [&] { return q.wait(room, after(world.clock.now(), 5ms)); });
    world.clock.await_sleepers(1);
    world.clock.advance(5ms);
    EXPECT_EQ(late.get().count, 0U);

    auto closed = std::async(std::launch::async, [&] { return q.wait(room, never); });
    world.clock.await_sleepers(1);
    q.close();
    EXPECT_TRUE(closed.get().closed);
}

TEST_F(queues, events_nobody_drained_are_cleared_with_the_last_reference) {
    const auto other = *queue::make_polled(world.owner);
    other->to_host();
    node a(1);
    a.what.kind = event_kind::bytes;
    bytes* const value = bytes::make("value");
    value->add_ref();
    a.what.value = value;
    other->push(a);
    other->drop_handle();
    EXPECT_EQ(a.times_taken, 1);
    EXPECT_EQ(value->references(), 1U);
    value->release();
}

TEST_F(queues, many_producers_and_consumers_lose_nothing) {
    constexpr std::uint64_t each = 2'000;
    std::vector<std::unique_ptr<node>> nodes;
    for (std::uint64_t i = 0; i < 4 * each; ++i) nodes.push_back(std::make_unique<node>(i + 1));
    std::atomic<std::uint64_t> sum{0};
    std::atomic<std::uint64_t> taken{0};
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < each; ++i) q.push(*nodes[t * each + i]);
        });
    for (int t = 0; t < 2; ++t)
        threads.emplace_back([&] {
            std::array<event, 16> mine;
            while (taken.load() < 4 * each) {
                const auto got = q.drain(mine);
                for (std::size_t i = 0; i < got.count; ++i) sum += mine[i].token;
                taken += got.count;
            }
        });
    for (auto& one : threads) one.join();
    EXPECT_EQ(sum, 4 * each * (4 * each + 1) / 2);
}

}  // namespace
}  // namespace coord
