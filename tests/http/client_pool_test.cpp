// How a client finds its peer and shares its connections: the pool, the line, names and addresses,
// connects that fail, many threads.
#include <atomic>
#include <cerrno>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "http/client_fixture.hpp"
#include "support/sanitized.hpp"

namespace coord::http {
namespace {

using namespace std::chrono_literals;
using testing::fake_peer;
using testing::reply_of;
using testing::reserved_port;

addresses addresses_of(std::initializer_list<std::pair<const char*, std::uint16_t>> all) {
    addresses made;
    for (const auto& [host, port] : all) made.list[made.count++] = *numeric_endpoint(host, port);
    return made;
}

TEST_F(clients, open_no_more_connections_than_allowed_and_serve_the_line_in_order) {
    std::promise<void> go;
    const auto gone = go.get_future().share();
    fake_peer peer([gone](fake_peer::session& with) {
        for (;;) {
            const auto asked = with.request();
            if (asked.empty()) return;
            gone.wait();
            with.send(reply_of(asked.substr(0, asked.find('\r'))));
        }
    });
    client_options wanted;
    wanted.max_connections = 1;
    const auto client = make(peer.url(), wanted);
    std::vector<std::unique_ptr<asked>> calls;
    for (int i = 0; i < 20; ++i)
        calls.push_back(std::make_unique<asked>("GET /" + std::to_string(i) + "\r\n\r\n"));
    for (const auto& each : calls) client->send(*each);
    peer.await_requests(1);
    EXPECT_EQ(client->look().waiting, 19U);
    EXPECT_EQ(client->read().connections, 1U);
    go.set_value();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(calls[static_cast<std::size_t>(i)]->wait().body, "GET /" + std::to_string(i));
    const auto seen = peer.requests();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(seen[static_cast<std::size_t>(i)], "GET /" + std::to_string(i) + "\r\n\r\n");
    EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(clients, open_a_connection_for_each_call_at_once_and_prefer_the_last_used) {
    std::array<std::promise<void>, 3> go;
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        go[static_cast<std::size_t>(with.number)].get_future().wait();
        with.send(reply_of(std::to_string(with.number)));
        number_each(with);
    });
    const auto client = make(peer.url());
    std::array<asked, 3> calls;
    for (auto& each : calls) client->send(each);
    peer.await_requests(3);
    EXPECT_EQ(client->read().connections, 3U);
    for (const std::size_t i : {0U, 2U, 1U}) {
        const auto before = client->look().idle;
        go[i].set_value();
        while (client->look().idle == before) std::this_thread::yield();
    }
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(client).body, "1");
    for (auto& each : calls) EXPECT_FALSE(each.wait().body.empty());
}

TEST_F(clients, fail_everybody_in_line_with_one_refused_connect) {
    const reserved_port nobody;
    const auto client = make(nobody.url());
    std::array<asked, 50> calls;
    for (auto& each : calls) client->send(each);
    for (auto& each : calls) {
        const auto told = each.wait();
        EXPECT_EQ(told.failure, COORD_UNAVAILABLE);
        EXPECT_EQ(told.native, ECONNREFUSED);
        EXPECT_EQ(told.message, nobody.url() + ": connection refused");
    }
    EXPECT_EQ(client->read().failures, 50U);
    EXPECT_EQ(client->read().connections, 0U);
}

TEST_F(clients, find_a_peer_that_came_up_after_a_refused_connect) {
    reserved_port place;
    const auto client = make(place.url());
    EXPECT_EQ(ask(client).native, ECONNREFUSED);
    ::listen(place.socket(), 8);
    asked one("GET / HTTP/1.1\r\n\r\n", after(time.now(), 1s));
    client->send(one);
    const int accepted = ::accept4(place.socket(), nullptr, nullptr, SOCK_CLOEXEC);
    const auto reply = reply_of("up");
    ::send(accepted, reply.data(), reply.size(), MSG_NOSIGNAL);
    EXPECT_EQ(one.wait().body, "up");
    ::close(accepted);
}

// Connects that hang: the queue of this listener is full, and nobody accepts.
class deaf_peer {
  public:
    deaf_peer() {
        ::listen(place.socket(), 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(place.port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // The first of these that does not come about at once shows that it is full.
        for (int left = 16; left > 0; --left) {
            const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
            fillers_.push_back(made);
            ::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to);
            pollfd until{made, POLLOUT, 0};
            if (::poll(&until, 1, 50) == 0) return;
        }
        ADD_FAILURE() << "the listener's queue does not fill";
    }
    ~deaf_peer() {
        for (const int each : fillers_) ::close(each);
    }
    reserved_port place;

  private:
    std::vector<int> fillers_;
};

TEST_F(clients, give_up_a_connect_that_takes_too_long) {
    const deaf_peer peer;
    client_options wanted;
    wanted.connect_timeout = 2s;
    const auto client = make(peer.place.url(), wanted);
    asked one;
    asked late("GET / HTTP/1.1\r\n\r\n", after(time.now(), 1s));
    client->send(one);
    client->send(late);
    advance(1s);
    EXPECT_EQ(late.wait().failure, COORD_TIMED_OUT);
    advance(1s - 1ns);
    EXPECT_FALSE(one.is_told());
    advance(1ns);
    const auto told = one.wait();
    EXPECT_EQ(told.failure, COORD_UNAVAILABLE);
    EXPECT_EQ(told.native, ETIMEDOUT);
    EXPECT_EQ(told.message, peer.place.url() + ": connection timed out");
    EXPECT_EQ(client->read().connections, 0U);
}

TEST_F(clients, cancel_calls_whose_connect_hangs_when_they_are_closed) {
    const deaf_peer peer;
    const auto client = make(peer.place.url());
    asked one;
    client->send(one);
    client->close();
    ASSERT_TRUE(one.is_told());
    EXPECT_EQ(one.wait().failure, COORD_CANCELLED);
}

TEST_F(clients, pay_for_a_dead_first_address_only_once) {
    const deaf_peer dead;
    fake_peer peer([](fake_peer::session& with) {
        with.request();
        with.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
    });
    client_options wanted;
    wanted.connect_timeout = 2s;
    std::atomic<int> looked_up{0};
    const auto client = make("http://two-addresses", wanted, [&](const auto& host, auto port) {
        EXPECT_EQ(host, "two-addresses");
        EXPECT_EQ(port, 80);
        ++looked_up;
        return addresses_of({{"127.0.0.1", dead.place.port()}, {"127.0.0.1", peer.port()}});
    });
    asked first;
    client->send(first);
    await_connections(*client, 1);
    EXPECT_FALSE(first.is_told());
    advance(2s);
    EXPECT_EQ(first.wait().body, "x");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(client).body, "x") << "time stands still";
    EXPECT_EQ(looked_up.load(), 1);
}

TEST_F(clients, try_every_address_of_a_name_and_look_it_up_again_after_a_failure) {
    const reserved_port nobody;
    const reserved_port nobody_else;
    fake_peer peer(&number_each);
    std::atomic<int> looked_up{0};
    const auto client = make("http://name:81", {}, [&](const auto&, auto) {
        if (++looked_up == 1)
            return addresses_of({{"127.0.0.1", nobody.port()}, {"127.0.0.1", nobody_else.port()}});
        return addresses_of({{"127.0.0.1", nobody.port()}, {"127.0.0.1", peer.port()}});
    });
    EXPECT_EQ(ask(client).message, "http://name:81: connection refused");
    EXPECT_EQ(ask(client).body, "0");
    EXPECT_EQ(looked_up.load(), 2);
}

TEST_F(clients, find_localhost_by_the_systems_resolver) {
    fake_peer peer(&number_each);
    const auto client = make("http://localhost:" + std::to_string(peer.port()));
    EXPECT_EQ(ask(client).body, "0");
}

TEST_F(clients, say_that_a_name_cannot_be_found) {
    const auto client = make("http://name", {}, [](const auto&, auto) {
        addresses none;
        none.failure = "Name or service not known";
        return none;
    });
    const auto told = ask(client);
    EXPECT_EQ(told.failure, COORD_UNAVAILABLE);
    EXPECT_EQ(told.message, "http://name: name or service not known");
}

TEST_F(clients, keep_deadlines_while_a_resolver_hangs_and_do_not_wait_for_it_at_the_end) {
    std::promise<void> go;
    std::promise<void> went;
    // What the resolver's thread uses must outlive the client, as it does itself.
    const auto gone = go.get_future().share();
    {
        const auto client = make("http://name", {}, [gone, &went](const auto&, auto) {
            gone.wait();
            went.set_value();
            return addresses_of({{"127.0.0.1", 9}});
        });
        asked late("GET / HTTP/1.1\r\n\r\n", after(time.now(), 1s));
        asked patient;
        client->send(late);
        client->send(patient);
        advance(1s);
        EXPECT_EQ(late.wait().failure, COORD_TIMED_OUT);
        client->close();
        EXPECT_EQ(patient.wait().failure, COORD_CANCELLED);
    }
    stop();
    go.set_value();
    went.get_future().wait();
}

// Descriptors as they are now, and not one more.
class no_more_descriptors {
  public:
    no_more_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(0);
        ::close(next);
        const rlimit now{static_cast<rlim_t>(next), before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

TEST_F(clients, say_so_when_there_is_no_descriptor_left_and_go_on_with_what_they_have) {
    if (testing::checker_needs_descriptors) GTEST_SKIP() << "UBSan needs descriptors itself";
    std::promise<void> go;
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        go.get_future().wait();
        with.send(reply_of("first"));
        number_each(with);
    });
    const auto client = make(peer.url());
    asked first;
    client->send(first);
    peer.await_requests(1);
    asked second;
    {
        const no_more_descriptors now;
        const auto stranger = make(peer.url());
        const auto told = ask(stranger);
        EXPECT_EQ(told.failure, COORD_UNAVAILABLE);
        EXPECT_EQ(told.native, EMFILE);
        EXPECT_EQ(told.message, peer.url() + ": too many open files");
        client->send(second);
        EXPECT_FALSE(second.is_told()) << "it waits for the connection that is there";
    }
    go.set_value();
    EXPECT_EQ(first.wait().body, "first");
    EXPECT_EQ(second.wait().body, "0");
}

TEST_F(clients, open_another_connection_for_those_in_line_when_one_ends) {
    std::promise<void> go;
    fake_peer peer([&](fake_peer::session& with) {
        with.request();
        if (with.number == 0) {
            go.get_future().wait();
            return;
        }
        with.send(reply_of("second"));
        with.await_end();
    });
    client_options wanted;
    wanted.max_connections = 1;
    const auto client = make(peer.url(), wanted);
    asked first;
    asked second;
    client->send(first);
    client->send(second);
    peer.await_requests(1);
    go.set_value();
    EXPECT_EQ(first.wait().failure, COORD_UNAVAILABLE);
    EXPECT_EQ(second.wait().body, "second");
}

// Asks again from within its answer.
struct chain final : call {
    chain(client_core& by, int count) : client(by), left(count) {
        request = "GET / HTTP/1.1\r\n\r\n";
    }
    void answered(const response&) noexcept override {
        if (--left == 0)
            done.set_value(true);
        else
            client.send(*this);
    }
    void failed(error) noexcept override { done.set_value(false); }
    client_core& client;
    int left;
    std::promise<bool> done;
};

TEST_F(clients, may_be_asked_again_from_within_an_answer) {
    fake_peer peer(&number_each);
    client_options wanted;
    wanted.max_connections = 2;
    const auto client = make(peer.url(), wanted);
    std::array<chain, 3> chains{{{*client, 200}, {*client, 200}, {*client, 200}}};
    for (auto& each : chains) client->send(each);
    for (auto& each : chains) EXPECT_TRUE(each.done.get_future().get());
    EXPECT_LE(peer.connections(), 2U);
}

TEST_F(clients, serve_many_threads_each_with_its_own_answer) {
    fake_peer peer([](fake_peer::session& with) {
        for (int count = 1;; ++count) {
            const auto asked = with.request();
            if (asked.empty()) return;
            with.send(reply_of(asked.substr(0, asked.find('\r'))));
            if (count % 17 == 0) return;  // dies while idle, or while asked
        }
    });
    client_options wanted;
    wanted.max_connections = 4;
    const auto client = make(peer.url(), wanted);
    std::atomic<int> wrong{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 200; ++i) {
                const auto line = "GET /" + std::to_string(t) + "/" + std::to_string(i);
                asked one(line + "\r\n\r\n");
                client->send(one);
                const auto told = one.wait();
                if (told.status == 0)
                    ++failed;
                else if (told.body != line)
                    ++wrong;
            }
        });
    for (auto& each : threads) each.join();
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(failed.load(), 0) << "what dies while it is idle is asked again";
    EXPECT_EQ(client->read().sent, 1'200U);
}

TEST_F(clients, tell_every_call_once_when_they_are_closed_amid_many_threads) {
    fake_peer peer(&number_each);
    const auto client = make(peer.url());
    std::atomic<int> told{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (bool open = true; open; ++told) {
                asked one("GET / HTTP/1.1\r\n\r\n", after(time.now(), 1s));
                client->send(one);
                open = one.wait().failure != COORD_CANCELLED;
            }
        });
    while (told.load() < 100) std::this_thread::yield();
    advance(1s);  // somebody may be late, nobody is forgotten
    client->close();
    for (auto& each : threads) each.join();
    const auto seen = client->read();
    EXPECT_EQ(static_cast<std::uint64_t>(told.load()), seen.sent);
}

}  // namespace
}  // namespace coord::http
