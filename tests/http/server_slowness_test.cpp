// Clients that are slow, silent or gone cost a connection for a while and nobody else anything.
// Time is the test's, sockets are real.
#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server_fixture.hpp"

namespace coord::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class slow_clients : public servers {
  protected:
    // Seconds, on the clock of the test, until the connection is cut; others are served meanwhile.
    // `each_second` may keep it alive.
    template <class Each>
    int seconds_until_cut(const visitor& whose, Each each_second, int most) {
        visitor other(port);
        for (int second = 0; second < most; ++second) {
            EXPECT_EQ(status_of(other.ask(get("/other"))), 200);
            if (whose.has_news()) return second;
            each_second();
            EXPECT_EQ(status_of(other.ask(get("/other"))), 200);
            advance(1s);
        }
        return most;
    }
    int seconds_until_cut(const visitor& whose, int most) {
        return seconds_until_cut(
            whose, [] {}, most);
    }
};

TEST_F(slow_clients, half_a_request_is_cut_at_the_header_timeout) {
    open();
    visitor half(port);
    half.send("GET / HTTP/1.1\r\nHost: h\r\n");
    const auto seconds = seconds_until_cut(half, 20);
    EXPECT_GE(seconds, 5);
    EXPECT_LE(seconds, 7);
    EXPECT_EQ(half.read_all(), "");
    EXPECT_EQ(serving->read().timed_out, 1U);
}

TEST_F(slow_clients, one_byte_a_second_does_not_prolong_it) {
    open();
    visitor trickling(port);
    trickling.send("GET / HTTP/1.1\r\nHost: ");
    const auto seconds = seconds_until_cut(
        trickling, [&] { trickling.send("x"); }, 20);
    EXPECT_GE(seconds, 5);
    EXPECT_LE(seconds, 7);
    EXPECT_EQ(serving->read().timed_out, 1U);
}

TEST_F(slow_clients, the_time_for_a_header_begins_with_its_first_byte) {
    open();
    visitor late(port);
    EXPECT_EQ(status_of(late.ask(get())), 200);
    EXPECT_EQ(seconds_until_cut(late, 60), 60) << "idle";
    late.send("GET ");
    EXPECT_GE(seconds_until_cut(late, 20), 5);
}

TEST_F(slow_clients, a_silent_connection_is_closed_at_the_idle_timeout_and_nobody_is_blamed) {
    open();
    visitor silent(port);
    visitor served(port);
    EXPECT_EQ(status_of(served.ask(get())), 200);
    const auto seconds = seconds_until_cut(silent, 200);
    EXPECT_GE(seconds, 90);
    EXPECT_LE(seconds, 92);
    EXPECT_TRUE(served.has_news());
    EXPECT_EQ(serving->read().timed_out, 0U);
}

TEST_F(slow_clients, a_body_that_trickles_is_cut_and_one_that_keeps_the_rate_is_not) {
    server_options wanted;
    wanted.body_timeout = 10s;
    wanted.min_bytes_per_second = 1'000;
    open(wanted);
    const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n";
    visitor trickling(port);
    trickling.send(head);
    const auto seconds = seconds_until_cut(
        trickling, [&] { trickling.send(std::string(100, 'x')); }, 60);
    EXPECT_GE(seconds, 10);
    EXPECT_LE(seconds, 13);
    EXPECT_EQ(serving->read().timed_out, 1U);

    visitor steady(port);
    steady.send(head);
    EXPECT_EQ(seconds_until_cut(
                  steady, [&] { steady.send(std::string(1'000, 'x')); }, 99),
              99);
    steady.send(std::string(1'000, 'x'));
    EXPECT_EQ(status_of(steady.read()), 200);
}

TEST_F(slow_clients, a_reply_that_nobody_reads_is_held_once_and_cut) {
    static std::atomic<int> held;
    held = 0;
    const std::string text(64 << 20, 'v');
    does = [&](const ref<exchange>& what) {
        if (what->asked().target != "/large") return what->answer(text_reply("ok"));
        reply made;
        ++held;
        made.value = bytes_ref(bytes::make_external(text, nullptr, [](void*) { --held; }), false);
        what->answer(std::move(made));
    };
    open();
    visitor blind(port, INADDR_LOOPBACK, 4'096);
    // Sixteen of them at once: the second is not begun before the first is read.
    std::string all;
    for (int i = 0; i < 16; ++i) all += get("/large");
    blind.send(all);
    int seconds = 0;
    for (; seconds < 60 && (seconds == 0 || held != 0); ++seconds) {
        catch_up();
        EXPECT_LE(held, 1);
        advance(1s);
        catch_up();
    }
    EXPECT_GE(seconds, 30);
    EXPECT_LE(seconds, 33);
    EXPECT_EQ(held, 0);
    EXPECT_EQ(serving->read().timed_out, 1U);
}

TEST_F(slow_clients, a_refused_client_that_does_not_leave_is_cut_soon) {
    open();
    visitor stays(port);
    EXPECT_EQ(status_of(stays.ask("POST / HTTP/1.1\r\nHost: h\r\n\r\n")), 405);
    catch_up();
    int seconds = 0;
    while (serving->read().connections > 0 && seconds++ < 10) {
        stays.send("x");
        advance(1s);
        catch_up();
        // The visitor that caught up is on its way out itself.
        for (int i = 0; i < 1'000 && serving->read().connections > 0; ++i)
            std::this_thread::yield();
    }
    EXPECT_LE(seconds, 4);
    EXPECT_EQ(serving->read().timed_out, 0U);
}

TEST_F(slow_clients, a_handler_takes_the_time_it_needs) {
    ref<exchange> kept;
    std::atomic<bool> asked{false};
    does = [&](ref<exchange> what) {
        if (what->asked().target == "/other") return what->answer(text_reply("ok"));
        kept = std::move(what);
        asked = true;
    };
    open();
    visitor patient(port);
    patient.send(get());
    while (!asked) std::this_thread::yield();
    EXPECT_EQ(seconds_until_cut(patient, 300), 300);
    kept->answer(text_reply("at last"));
    EXPECT_EQ(body_of(patient.read()), "at last");
}

TEST_F(slow_clients, a_server_without_connections_has_no_timer) {
    open();
    EXPECT_EQ(timers->size(), 0U);
    {
        visitor one(port);
        EXPECT_EQ(status_of(one.ask(get())), 200);
        EXPECT_EQ(timers->size(), 1U);
    }
    await_connections(0);
    advance(1s);
    EXPECT_EQ(timers->size(), 0U);
}

}  // namespace
}  // namespace coord::http
