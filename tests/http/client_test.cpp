// A client and its peer: replies, connections that are kept, the one retry, deadlines, closing.
#include "http/client.hpp"

#include <gtest/gtest.h>

#include "http/client_fixture.hpp"

namespace coord::http {
namespace {

using namespace std::chrono_literals;
using testing::fake_peer;
using testing::reply_of;

TEST_F(clients, hand_over_status_headers_and_body_of_a_reply) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.send("HTTP/1.1 404 Not Found\r\nKind: plain\r\nContent-Length: 3\r\n\r\nno!");
    });
    asked one("GET /a%20b HTTP/1.1\r\nHost: peer\r\n\r\n");
    const auto client = make(peer.url());
    client->send(one);
    const auto told = one.wait();
    EXPECT_EQ(told.status, 404);
    EXPECT_EQ(told.kind, "plain");
    EXPECT_EQ(told.body, "no!");
    EXPECT_EQ(peer.requests(), std::vector<std::string>{one.request}) << "exactly these bytes";
}

TEST_F(clients, follow_no_redirect) {
    fake_peer peer([](fake_peer::session& with) {
        while (!with.request().empty())
            with.send("HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    });
    const auto client = make(peer.url());
    EXPECT_EQ(ask(client).status, 307);
    EXPECT_EQ(peer.requests().size(), 1U);
}

TEST_F(clients, use_one_connection_for_one_call_after_another) {
    fake_peer peer(&number_each);
    const auto client = make(peer.url());
    for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(client).body, "0");
    EXPECT_EQ(peer.connections(), 1U);
    EXPECT_EQ(client->read().sent, 10U);
    EXPECT_EQ(client->read().connections, 1U);
    EXPECT_EQ(client->read().failures, 0U);
}

TEST_F(clients, do_not_use_a_connection_again_that_must_not_be) {
    for (const char* reply : {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
                              "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
                              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx+more",
                              "HTTP/1.1 200 OK\r\n\r\nx"}) {
        fake_peer peer([reply](fake_peer::session& with) {
            with.request();
            with.send(reply);
            with.end();
            with.await_end();
        });
        const auto client = make(peer.url());
        for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(client).body, "x");
        EXPECT_EQ(peer.connections(), 3U) << reply;
        EXPECT_EQ(client->read().retries, 0U);
        await_connections(*client, 0);
    }
}

TEST_F(clients, never_take_what_came_before_the_question_for_its_answer) {
    std::promise<void> stray;
    std::promise<void> sent;
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        with.send(reply_of("good"));
        if (with.number == 0) {
            stray.get_future().wait();
            with.send(reply_of("evil"));
            sent.set_value();
        }
        with.await_end();
    });
    const auto client = make(peer.url());
    EXPECT_EQ(ask(client).body, "good");
    stray.set_value();
    sent.get_future().wait();
    EXPECT_EQ(ask(client).body, "good");
    EXPECT_EQ(peer.connections(), 2U);
}

TEST_F(clients, take_no_connection_that_the_peer_closed_while_it_was_idle) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.send(reply_of(std::to_string(with.number)));
    });
    const auto client = make(peer.url());
    EXPECT_EQ(ask(client).body, "0");
    peer.await_closed(1);
    EXPECT_EQ(ask(client).body, "1");
    EXPECT_EQ(peer.requests().size(), 2U);
}

TEST_F(clients, repeat_a_request_once_when_a_reused_connection_dies_before_the_first_byte) {
    for (const bool hard : {false, true}) {
        fake_peer peer([hard](fake_peer::session& with) {
            with.request();
            with.send(reply_of(std::to_string(with.number)));
            with.request();
            if (hard) with.reset();
        });
        const auto client = make(peer.url());
        EXPECT_EQ(ask(client).body, "0");
        EXPECT_EQ(ask(client).body, "1");
        EXPECT_EQ(peer.requests().size(), 3U);
        EXPECT_EQ(client->read().retries, 1U);
        EXPECT_EQ(client->read().failures, 0U);
    }
}

TEST_F(clients, do_not_repeat_a_request_whose_first_connection_dies) {
    fake_peer peer([](fake_peer::session& with) { with.request(); });
    const auto client = make(peer.url());
    const auto told = ask(client);
    EXPECT_EQ(told.failure, COORD_UNAVAILABLE);
    EXPECT_EQ(told.native, ECONNRESET);
    EXPECT_EQ(told.message, peer.url() + ": the connection was closed without an answer");
    EXPECT_EQ(peer.requests().size(), 1U);
    EXPECT_EQ(client->read().retries, 0U);
    EXPECT_EQ(client->read().failures, 1U);
}

TEST_F(clients, do_not_repeat_a_request_once_a_byte_of_the_reply_came) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.send(reply_of("first"));
        with.request();
        with.send("H");
    });
    const auto client = make(peer.url());
    EXPECT_EQ(ask(client).body, "first");
    const auto told = ask(client);
    EXPECT_EQ(told.failure, COORD_UNAVAILABLE);
    EXPECT_EQ(told.message, peer.url() + ": the connection was closed within the reply");
    EXPECT_EQ(peer.requests().size(), 2U);
}

TEST_F(clients, say_why_a_reply_cannot_be_used) {
    struct row {
        const char* reply;
        coord_status status;
        const char* why;
    };
    for (const auto& each : {row{"SSH-2.0-x\r\n", COORD_CONFLICT, "the reply is not HTTP"},
                             row{"HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n",
                                 COORD_EXHAUSTED,
                                 "the reply is larger than allowed"}}) {
        fake_peer peer([&](fake_peer::session& with) {
            with.request();
            with.send(each.reply);
            with.await_end();
        });
        client_options wanted;
        wanted.max_body_bytes = 64;
        const auto client = make(peer.url(), wanted);
        const auto told = ask(client);
        EXPECT_EQ(told.failure, each.status);
        EXPECT_EQ(told.message, peer.url() + ": " + each.why);
        await_connections(*client, 0);
    }
}

TEST_F(clients, read_large_bodies_in_every_framing) {
    const std::string large(8 << 20, 'v');
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        with.send(reply_of(large));
        with.request();
        with.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800000\r\n" + large +
                  "\r\n0\r\n\r\n");
        with.request();
        with.send("HTTP/1.1 200 OK\r\n\r\n" + large);
    });
    const auto client = make(peer.url());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(client).body == large) << i;
    EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(clients, write_large_requests_to_peers_that_read_slowly) {
    const std::string body(8 << 20, 'r');
    std::promise<void> reads;
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        reads.get_future().wait();
        with.send(reply_of(with.bytes(body.size()) == body ? "same" : "other"));
    });
    const auto client = make(peer.url());
    asked one("PUT /x HTTP/1.1\r\nHost: peer\r\n\r\n" + body);
    client->send(one);
    peer.await_requests(1);
    EXPECT_FALSE(one.is_told());
    reads.set_value();
    EXPECT_EQ(one.wait().body, "same");
}

TEST_F(clients, tell_a_call_at_its_deadline_and_not_before) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.await_end();
    });
    const auto client = make(peer.url());
    asked one("GET / HTTP/1.1\r\n\r\n", after(time.now(), 100ms));
    client->send(one);
    peer.await_requests(1);
    advance(100ms - 1ns);
    EXPECT_FALSE(one.is_told());
    advance(1ns);
    ASSERT_TRUE(one.is_told()) << "by the timer, not by the socket";
    const auto told = one.wait();
    EXPECT_EQ(told.failure, COORD_TIMED_OUT);
    EXPECT_EQ(told.message, peer.url() + ": no answer before the deadline");
    peer.await_closed(1);
    await_connections(*client, 0);
}

TEST_F(clients, keep_every_deadline_with_one_timer_whatever_the_order) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.await_end();
    });
    client_options wanted;
    wanted.max_connections = 2;
    const auto client = make(peer.url(), wanted);
    const auto at = [&](duration wait) {
        return std::make_unique<asked>("GET / HTTP/1.1\r\n\r\n", after(time.now(), wait));
    };
    std::vector<std::unique_ptr<asked>> calls;
    for (const auto wait : {300ms, 100ms, 400ms, 200ms}) calls.push_back(at(wait));
    for (const auto& each : calls) client->send(*each);
    peer.await_requests(2);
    EXPECT_EQ(client->look().waiting, 2U);
    EXPECT_EQ(deadlines->size(), 1U);
    const auto told = [&] {
        std::string which;
        for (const auto& each : calls) which += each->is_told() ? 'x' : '.';
        return which;
    };
    advance(100ms);
    EXPECT_EQ(told(), ".x..");
    advance(100ms);
    EXPECT_EQ(told(), ".x.x");
    advance(100ms);
    EXPECT_EQ(told(), "xx.x");
    advance(100ms);
    EXPECT_EQ(told(), "xxxx");
    for (const auto& each : calls) EXPECT_EQ(each->wait().failure, COORD_TIMED_OUT);
}

TEST_F(clients, tell_a_call_whose_deadline_passed_before_it_was_sent) {
    fake_peer peer([](fake_peer::session& with) { with.await_end(); });
    const auto client = make(peer.url());
    asked one("GET / HTTP/1.1\r\n\r\n", time.now());
    client->send(one);
    advance(0ns);
    EXPECT_EQ(one.wait().failure, COORD_TIMED_OUT);
}

TEST_F(clients, tell_the_next_in_line_in_time_while_a_large_reply_is_under_way) {
    std::promise<void> rest;
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        with.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
        rest.get_future().wait();
        with.send("56789");
        with.request();
        with.send(reply_of("second"));
        with.await_end();
    });
    client_options wanted;
    wanted.max_connections = 1;
    const auto client = make(peer.url(), wanted);
    asked first;
    asked late("GET / HTTP/1.1\r\n\r\n", after(time.now(), 10ms));
    asked patient;
    for (asked* each : {&first, &late, &patient}) client->send(*each);
    peer.await_requests(1);
    advance(10ms);
    EXPECT_EQ(late.wait().failure, COORD_TIMED_OUT);
    rest.set_value();
    EXPECT_EQ(first.wait().body, "0123456789");
    EXPECT_EQ(patient.wait().body, "second") << "who left the line holds up nobody";
}

TEST_F(clients, drop_connections_that_were_idle_for_long) {
    fake_peer peer(&number_each);
    client_options wanted;
    wanted.idle_timeout = 60s;
    const auto client = make(peer.url(), wanted);
    EXPECT_EQ(ask(client).body, "0");
    advance(60s - 1ns);
    EXPECT_EQ(client->read().connections, 1U);
    advance(1ns);
    EXPECT_EQ(client->read().connections, 0U);
    peer.await_closed(1);
    EXPECT_EQ(ask(client).body, "1");
}

TEST_F(clients, cancel_what_is_open_when_they_are_closed_and_refuse_what_comes_later) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        if (with.number == 1) with.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
        with.await_end();
    });
    client_options wanted;
    wanted.max_connections = 2;
    const auto client = make(peer.url(), wanted);
    asked waits;
    asked reads;
    asked stands_in_line;
    for (asked* each : {&waits, &reads, &stands_in_line}) client->send(*each);
    peer.await_requests(2);
    client->close();
    for (asked* each : {&waits, &reads, &stands_in_line}) {
        ASSERT_TRUE(each->is_told()) << "before close() returned";
        EXPECT_EQ(each->wait().failure, COORD_CANCELLED);
    }
    asked late;
    client->send(late);
    ASSERT_TRUE(late.is_told());
    EXPECT_EQ(late.wait().message, peer.url() + ": the client was closed");
    client->close();
    EXPECT_EQ(client->read().failures, 4U);
    peer.await_closed(2);
}

// What was under way must not leak; the address sanitizer looks.
TEST_F(clients, leave_nothing_behind_when_the_io_threads_end_first) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.await_end();
    });
    const auto client = make(peer.url());
    asked one;
    client->send(one);
    peer.await_requests(1);
    io->stop();
    stop();
    EXPECT_EQ(one.wait().failure, COORD_CANCELLED);
    peer.await_closed(1);
}

TEST_F(clients, of_the_runtime_close_when_they_end) {
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.await_end();
    });
    asked one;
    {
        const auto made = client::make(*io, time, deadlines, *parse_url(peer.url()), {});
        made->send(one);
        peer.await_requests(1);
        EXPECT_EQ(made->read().sent, 1U);
    }
    EXPECT_EQ(one.wait().failure, COORD_CANCELLED);
    EXPECT_EQ(deadlines->size(), 0U);
}

}  // namespace
}  // namespace coord::http
