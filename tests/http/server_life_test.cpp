// Beginning and ending: addresses, draining, closing in every state.
#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <vector>

#include "http/server_fixture.hpp"

namespace coord::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class server_life : public servers {
  protected:
    // A request that the handler keeps.
    ref<exchange> keep_one(visitor& from) {
        const auto asked = std::make_shared<std::promise<ref<exchange>>>();
        does = [asked](ref<exchange> what) { asked->set_value(std::move(what)); };
        from.send(get("/kept"));
        return asked->get_future().get();
    }
};

TEST_F(server_life, it_listens_where_it_was_told) {
    for (const char* text : {"127.0.0.1:0", "localhost:0"}) {
        open({}, text);
        EXPECT_THAT(serving->address(), StartsWith("127.0.0.1:"));
        EXPECT_NE(port, 0);
        visitor one(port);
        EXPECT_EQ(status_of(one.ask(get())), 200);
    }
    open({}, "[::1]:0");
    EXPECT_THAT(serving->address(), StartsWith("[::1]:"));
}

TEST_F(server_life, what_is_no_address_is_refused) {
    for (const char* text : {"",
                             "127.0.0.1",
                             "127.0.0.1:",
                             ":80",
                             "127.0.0.1:65536",
                             "127.0.0.1:x",
                             "example.org:80",
                             "::1:80",
                             "127.0.0.1:80 "}) {
        const auto made = listen({}, text);
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().status(), COORD_INVALID_ARGUMENT) << text;
    }
}

TEST_F(server_life, other_machines_are_let_in_only_when_that_is_allowed) {
    for (const char* text : {"0.0.0.0:0", "[::]:0", "10.1.2.3:0", "[::ffff:10.1.2.3]:0"}) {
        const auto made = listen({}, text);
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().status(), COORD_INVALID_ARGUMENT) << text;
        EXPECT_THAT(std::string(made.error().message()), HasSubstr(text));
    }
    server_options wanted;
    wanted.loopback_only = false;
    open(wanted, "0.0.0.0:0");
    visitor one(port);
    EXPECT_EQ(status_of(one.ask(get())), 200);
}

TEST_F(server_life, a_port_in_use_is_said_to_be) {
    open();
    const auto again = listen({}, serving->address());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().status(), COORD_ALREADY_EXISTS);
    EXPECT_THAT(std::string(again.error().message()), HasSubstr(serving->address()));
    const auto before = serving->address();
    {
        visitor one(port);
        EXPECT_EQ(status_of(one.ask(get("/", "Connection: close\r\n"))), 200);
    }
    serving.reset();
    open({}, before);
    EXPECT_EQ(serving->address(), before) << "free again at once";
}

TEST_F(server_life, a_drain_ends_what_is_idle_and_lets_the_rest_finish) {
    open();
    visitor silent(port);
    visitor idle(port);
    EXPECT_EQ(status_of(idle.ask(get())), 200);
    visitor busy(port);
    const auto kept = keep_one(busy);
    serving->drain();
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_EQ(serving->open().open(), 1U);
    busy.send(get("/next"));
    kept->answer(text_reply("done"));
    const auto got = busy.read();
    EXPECT_EQ(body_of(got), "done");
    EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(busy.read_all(), "");
    EXPECT_TRUE(serving->open().wait_idle(machine_clock(), machine_clock().now() + 60s, nullptr));
    EXPECT_EQ(serving->read().requests, 2U);

    visitor refused(0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    EXPECT_NE(::connect(refused.fd(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
}

TEST_F(server_life, a_request_that_was_half_there_is_not_served_after_a_drain) {
    open();
    visitor half(port);
    half.send("GET / HTTP/1.1\r\n");
    catch_up();
    serving->drain();
    half.send("Host: h\r\n\r\n");
    const auto got = half.read_all();
    EXPECT_EQ(status_of(got), 500);
    EXPECT_THAT(got, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(serving->read().malformed, 0U);
}

TEST_F(server_life, a_close_cuts_everybody_and_lets_go_of_the_handler) {
    static std::atomic<int> handlers;
    struct counted final : handler {
        counted() { ++handlers; }
        ~counted() override { --handlers; }
        void handle(ref<exchange> what) noexcept override { what->answer(text_reply("ok")); }
    };
    auto made = server::listen(*io, clock, timers, "127.0.0.1:0", {}, new counted);
    ASSERT_TRUE(made);
    serving = std::move(*made);
    port = port_of(*serving);
    visitor silent(port);
    visitor served(port);
    EXPECT_EQ(status_of(served.ask(get())), 200);
    visitor half(port);
    half.send("GET ");
    catch_up();
    EXPECT_EQ(handlers, 1);
    serving->close();
    while (handlers != 0) std::this_thread::yield();  // its last call may still be returning
    for (auto* each : {&silent, &served, &half}) EXPECT_EQ(each->read_all(), "");
    await_connections(0);
    EXPECT_EQ(timers->size(), 0U);
    serving->close();
}

TEST_F(server_life, an_answer_after_the_close_goes_nowhere) {
    open();
    visitor busy(port);
    auto kept = keep_one(busy);
    serving->close();
    EXPECT_EQ(busy.read_all(), "");
    while (serving->open().open() != 0) std::this_thread::yield();
    serving.reset();
    io.reset();  // Asio's context is gone; the exchange is not
    EXPECT_EQ(kept->asked().target, "/kept");
    kept->answer(text_reply("too late"));
    kept.reset();
}

TEST_F(server_life, an_exchange_may_be_dropped_after_everything_is_gone) {
    open();
    visitor busy(port);
    auto kept = keep_one(busy);
    serving.reset();
    io.reset();
    kept.reset();
}

TEST_F(server_life, nothing_leaks_when_no_handler_runs_any_more) {
    open();
    visitor silent(port);
    visitor served(port);
    EXPECT_EQ(status_of(served.ask(get())), 200);
    visitor busy(port);
    auto kept = keep_one(busy);
    io->stop();
    serving->close();
    serving.reset();
    io.reset();
    kept.reset();
}

TEST_F(server_life, the_handler_may_close_the_server) {
    does = [this](const ref<exchange>& what) {
        serving->close();
        what->answer(text_reply("nobody reads this"));
    };
    open();
    visitor one(port);
    EXPECT_EQ(one.ask(get()), "");
    await_connections(0);
}

TEST_F(server_life, a_handler_that_closes_the_server_may_keep_its_exchange) {
    std::promise<ref<exchange>> kept;
    does = [&](ref<exchange> what) {
        serving->close();
        kept.set_value(std::move(what));
    };
    open();
    visitor one(port);
    EXPECT_EQ(one.ask(get()), "");
    auto mine = kept.get_future().get();
    while (serving->open().open() != 0) std::this_thread::yield();
    serving.reset();
    io.reset();
    mine->answer(text_reply("too late"));
    mine.reset();
}

TEST_F(server_life, a_value_that_is_let_go_of_may_close_the_server) {
    open();
    visitor busy(port);
    const auto kept = keep_one(busy);
    reply made;
    const auto closes = [](void* user) { static_cast<server*>(user)->close(); };
    made.value = bytes_ref(bytes::make_external("text", serving.get(), closes), false);
    kept->answer(std::move(made));
    EXPECT_EQ(body_of(busy.read()), "text");
    EXPECT_EQ(busy.read_all(), "");
}

TEST_F(server_life, a_reply_that_was_on_its_way_is_the_last_after_a_drain) {
    const std::string text(16 << 20, 'v');
    does = [&](const ref<exchange>& what) { what->answer(text_reply(text)); };
    open();
    visitor one(port);
    one.send(get());
    while (!one.has_news()) std::this_thread::yield();
    serving->drain();
    const auto got = one.read();
    EXPECT_THAT(got, Not(HasSubstr("Connection: close")));
    EXPECT_EQ(body_of(got), text);
    EXPECT_EQ(one.read_all(), "");
}

TEST_F(server_life, a_close_may_come_while_others_answer) {
    // On the same thread: who is answered here knows that what came before is over.
    const auto marker = server::listen(
        *io, clock, timers, "127.0.0.1:0", {}, new lambda_handler([](const ref<exchange>& what) {
            what->answer(text_reply("ok"));
        }));
    ASSERT_TRUE(marker);
    visitor marks(port_of(**marker));
    for (int round = 0; round < 50; ++round) {
        std::mutex mutex;
        std::vector<ref<exchange>> kept;
        does = [&](ref<exchange> what) {
            const std::lock_guard lock(mutex);
            kept.push_back(std::move(what));
        };
        open();
        std::vector<std::unique_ptr<visitor>> clients;
        for (int i = 0; i < 8; ++i) {
            clients.push_back(std::make_unique<visitor>(port));
            clients.back()->send(get("/a") + get("/b"));
        }
        for (bool all = false; !all;) {
            const std::lock_guard lock(mutex);
            all = kept.size() == clients.size();
        }
        auto now = [&] {
            const std::lock_guard lock(mutex);
            return std::exchange(kept, {});
        }();
        std::thread answers([&now] {
            for (auto& each : now) {
                each->answer(text_reply("x"));
                each.reset();
            }
        });
        serving->close();
        serving.reset();
        answers.join();
        for (auto& each : clients) each->read_all();
        EXPECT_EQ(status_of(marks.ask(get())), 200);
        const std::lock_guard lock(mutex);
        kept.clear();
    }
}

}  // namespace
}  // namespace coord::http
