// What a well-behaved client sees: replies, keep-alive, pipelining, old versions, bodies.
#include "http/server.hpp"

#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <vector>

#include "http/server_fixture.hpp"

namespace coord::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(servers, a_reply_has_status_date_length_and_the_body_in_its_pieces) {
    does = [](const ref<exchange>& what) {
        reply made;
        made.status = 404;
        made.content_type = "application/x-protobuf";
        made.headers = "Coord-Value: 1\r\nX-Other: 2\r\n";
        made.before = "before ";
        made.value = bytes_ref(bytes::make("the value"), false);
        made.after = " after";
        what->answer(std::move(made));
    };
    open();
    visitor one(port);
    // The virtual clock starts one second after 1'700'000'000.
    EXPECT_EQ(one.ask(get()),
              "HTTP/1.1 404 Not Found\r\n"
              "Date: Tue, 14 Nov 2023 22:13:21 GMT\r\n"
              "Content-Type: application/x-protobuf\r\n"
              "Content-Length: 22\r\n"
              "Coord-Value: 1\r\nX-Other: 2\r\n\r\n"
              "before the value after");
}

TEST_F(servers, a_handler_sees_the_request_as_it_was_sent) {
    std::string seen;
    does = [&](const ref<exchange>& what) {
        const auto& asked = what->asked();
        seen = std::string(asked.verb_text) + '|' + std::string(asked.target) + '|';
        for (const auto& each : asked.headers)
            seen.append(each.name).append("=").append(each.value).append(";");
        seen += std::string(asked.find("x-a")) + '|' + (asked.find("none").data() ? "" : "none");
        EXPECT_EQ(asked.verb, method::remove);
        what->answer({});
    };
    open();
    visitor one(port);
    const auto got = one.ask("DELETE /a//b/../%2F?q HTTP/1.1\r\nHost: h:1\r\nX-A:  b c \r\n\r\n");
    EXPECT_EQ(seen, "DELETE|/a//b/../%2F?q|Host=h:1;X-A=b c;b c|none");
    EXPECT_THAT(got, HasSubstr("Content-Length: 0\r\n"));
    EXPECT_THAT(got, Not(HasSubstr("Content-Type")));
}

TEST_F(servers, a_connection_serves_one_request_after_another) {
    open();
    visitor one(port);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(body_of(one.ask(get("/" + std::to_string(i)))), "/" + std::to_string(i));
    EXPECT_EQ(serving->read().connections, 1U);
    EXPECT_EQ(serving->read().requests, 100U);
}

TEST_F(servers, sixteen_requests_sent_at_once_are_answered_in_order) {
    open();
    visitor one(port);
    std::string all;
    for (int i = 0; i < 16; ++i) all += get("/" + std::to_string(i));
    one.send(all);
    for (int i = 0; i < 16; ++i) EXPECT_EQ(body_of(one.read()), "/" + std::to_string(i));
}

TEST_F(servers, requests_sent_at_once_are_handled_one_at_a_time_and_never_by_who_answers) {
    std::mutex mutex;
    std::vector<std::thread> answerers;
    std::atomic<int> under_way{0};
    std::thread::id reader;
    bool elsewhere = true;
    does = [&](const ref<exchange>& what) {
        EXPECT_EQ(under_way.fetch_add(1), 0);
        const std::lock_guard lock(mutex);
        if (reader == std::thread::id()) reader = std::this_thread::get_id();
        elsewhere = elsewhere && reader == std::this_thread::get_id();
        answerers.emplace_back([&under_way, what] {
            const std::string target(what->asked().target);
            under_way.fetch_sub(1);
            what->answer(text_reply(target));
        });
    };
    open();
    visitor one(port);
    std::string all;
    for (int i = 0; i < 200; ++i) all += get("/" + std::to_string(i));
    one.send(all);
    for (int i = 0; i < 200; ++i) EXPECT_EQ(body_of(one.read()), "/" + std::to_string(i));
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(elsewhere);
    for (auto& each : answerers) each.join();
}

TEST_F(servers, a_request_may_come_byte_by_byte) {
    open();
    visitor one(port);
    for (const char c : get("/slow", "X: y\r\n")) one.send({&c, 1});
    EXPECT_EQ(body_of(one.read()), "/slow");
}

TEST_F(servers, a_request_of_the_largest_size_is_served_and_one_byte_more_is_not) {
    server_options wanted;
    open(wanted);
    const auto frame = get("/", "X: \r\n").size();
    visitor one(port);
    const auto pad = "X: " + std::string(wanted.max_header_bytes - frame, 'x');
    EXPECT_EQ(status_of(one.ask(get("/", pad + "\r\n"))), 200);
    EXPECT_EQ(status_of(one.ask(get("/", pad + "x\r\n"))), 431);
}

TEST_F(servers, http_1_0_ends_after_one_reply_unless_it_asks_to_stay) {
    open();
    visitor once(port);
    once.send("GET /a HTTP/1.0\r\nHost: h\r\n\r\n");
    const auto got = once.read_all();
    EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(got, EndsWith("\r\n\r\n/a"));

    visitor stays(port);
    const std::string polite = "GET /a HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n";
    EXPECT_THAT(stays.ask(polite), HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_EQ(body_of(stays.ask(polite)), "/a");
}

TEST_F(servers, connection_close_ends_it_from_either_side) {
    open();
    visitor asks(port);
    asks.send(get("/a", "Connection: close\r\n"));
    EXPECT_THAT(asks.read_all(), HasSubstr("Connection: close\r\n"));

    does = [](const ref<exchange>& what) {
        auto made = text_reply("bye");
        made.close = true;
        what->answer(std::move(made));
    };
    visitor told(port);
    told.send(get() + get());
    const auto got = told.read_all();
    EXPECT_THAT(got, EndsWith("\r\n\r\nbye"));
    EXPECT_EQ(got.find("HTTP/1.1", 8), std::string::npos) << "the second is not served";
}

TEST_F(servers, the_body_of_a_put_passes_by_and_the_next_request_is_found_behind_it) {
    open();
    visitor one(port);
    const std::string large(3 << 20, 'x');
    one.send("PUT /length HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(large.size()) +
             "\r\n\r\n" + large + get("/1"));
    EXPECT_EQ(body_of(one.read()), "/length");
    EXPECT_EQ(body_of(one.read()), "/1");
    one.send(
        "PUT /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;name=value\r\nhello\r\n300000\r\n" +
        large + "\r\n0\r\nTrailer: t\r\n\r\n" + get("/2"));
    EXPECT_EQ(body_of(one.read()), "/chunks");
    EXPECT_EQ(body_of(one.read()), "/2");
}

TEST_F(servers, a_client_that_waits_to_be_told_to_continue_is_told) {
    open();
    visitor one(port);
    one.send("PUT /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(one.read(), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(body_of(one.ask("abc")), "/p");
    EXPECT_EQ(body_of(one.ask(get("/q", "Expect: 100-continue\r\n"))), "/q")
        << "nothing to wait for";
}

TEST_F(servers, a_reply_that_must_not_have_a_body_has_none) {
    does = [](const ref<exchange>& what) {
        reply made;
        made.status = 204;
        what->answer(std::move(made));
    };
    open();
    visitor one(port);
    const auto got = one.ask(get());
    EXPECT_THAT(got, StartsWith("HTTP/1.1 204 No Content\r\n"));
    EXPECT_THAT(got, Not(HasSubstr("Content-Length")));
    EXPECT_EQ(status_of(one.ask(get())), 204);
}

TEST_F(servers, other_methods_are_told_which_there_are) {
    open();
    for (const char* verb : {"POST", "OPTIONS", "PATCH", "BREW"}) {
        visitor one(port);
        one.send(std::string(verb) + " / HTTP/1.1\r\nHost: h\r\n\r\n");
        const auto got = one.read_all();
        EXPECT_EQ(status_of(got), 405) << verb;
        EXPECT_THAT(got, HasSubstr("Allow: GET, DELETE\r\n"));
    }
    visitor head(port);
    head.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto got = head.read_all();
    EXPECT_EQ(status_of(got), 405);
    EXPECT_THAT(got, EndsWith("\r\n\r\n")) << "no body";
    EXPECT_EQ(serving->read().malformed, 5U);
    EXPECT_EQ(serving->read().requests, 0U);
}

TEST_F(servers, a_refused_client_that_still_sends_reads_why) {
    open();
    visitor one(port);
    one.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" +
             std::string(60'000, 'x'));
    const auto got = one.read();
    EXPECT_EQ(status_of(got), 405);
    EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
}

TEST_F(servers, the_last_reply_arrives_whole_though_more_was_sent_than_is_read) {
    const std::string text(16 << 20, 'v');
    does = [&](const ref<exchange>& what) { what->answer(text_reply(text)); };
    open();
    visitor one(port);
    one.send(get("/", "Connection: close\r\n") + std::string(30'000, 'x'));
    EXPECT_EQ(body_of(one.read_all()), text);
}

TEST_F(servers, a_dropped_exchange_cuts_the_connection) {
    does = [](const ref<exchange>&) {};
    open();
    visitor one(port);
    one.send(get());
    EXPECT_EQ(one.read_all(), "");

    const auto asked = std::make_shared<std::promise<ref<exchange>>>();
    does = [asked](ref<exchange> what) { asked->set_value(std::move(what)); };
    visitor two(port);
    two.send(get());
    auto kept = asked->get_future().get();
    EXPECT_EQ(serving->open().open(), 1U);
    kept.reset();
    EXPECT_EQ(two.read_all(), "");
    await_connections(0);
    while (serving->open().open() != 0) std::this_thread::yield();
}

TEST_F(servers, a_large_reply_comes_whole_and_its_value_is_freed_after_it) {
    static std::atomic<int> freed;
    freed = 0;
    const std::string text(24 << 20, 'v');
    does = [&](const ref<exchange>& what) {
        reply made;
        made.before = "<";
        made.value = bytes_ref(bytes::make_external(text, nullptr, [](void*) { ++freed; }), false);
        made.after = ">";
        what->answer(std::move(made));
    };
    open();
    visitor one(port);
    for (int i = 1; i <= 2; ++i) {
        EXPECT_EQ(body_of(one.ask(get())), "<" + text + ">");
        while (freed != i) std::this_thread::yield();
    }
}

TEST_F(servers, many_threads_answer_many_clients) {
    struct work {
        std::mutex mutex;
        std::vector<ref<exchange>> open;
        bool over = false;
    } todo;
    does = [&](ref<exchange> what) {
        const std::lock_guard lock(todo.mutex);
        todo.open.push_back(std::move(what));
    };
    open();
    std::vector<std::thread> answerers;
    for (int i = 0; i < 3; ++i)
        answerers.emplace_back([&] {
            for (;;) {
                ref<exchange> mine;
                {
                    const std::lock_guard lock(todo.mutex);
                    if (todo.over) return;
                    if (!todo.open.empty()) {
                        mine = std::move(todo.open.back());
                        todo.open.pop_back();
                    }
                }
                if (mine)
                    mine->answer(text_reply(mine->asked().target));
                else
                    std::this_thread::yield();
            }
        });
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; ++c)
        clients.emplace_back([this, c] {
            visitor one(port);
            for (int i = 0; i < 200; ++i) {
                const auto target = "/" + std::to_string(c) + "/" + std::to_string(i);
                EXPECT_EQ(body_of(one.ask(get(target))), target);
            }
        });
    for (auto& each : clients) each.join();
    {
        const std::lock_guard lock(todo.mutex);
        todo.over = true;
    }
    for (auto& each : answerers) each.join();
}

}  // namespace
}  // namespace coord::http
