// Beyond its limits a server makes connections wait, and goes on with the others.
#include <algorithm>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/resource.h>
#include <vector>

#include "http/server_fixture.hpp"
#include "support/sanitized.hpp"

namespace coord::http {
namespace {

using namespace std::chrono_literals;

class server_limits : public servers {};

TEST_F(server_limits, a_connection_beyond_the_limit_waits_until_another_ends) {
    server_options wanted;
    wanted.max_connections = 2;
    open(wanted);
    auto first = std::make_unique<visitor>(port);
    visitor second(port);
    EXPECT_EQ(status_of(first->ask(get())), 200);
    EXPECT_EQ(status_of(second.ask(get())), 200);
    visitor third(port);
    third.send(get("/third"));
    for (int i = 0; i < 100; ++i) EXPECT_EQ(status_of(second.ask(get())), 200);
    EXPECT_FALSE(third.has_news());
    EXPECT_EQ(serving->read().connections, 2U);
    first.reset();
    EXPECT_EQ(body_of(third.read()), "/third");
    EXPECT_EQ(body_of(second.ask(get("/second"))), "/second");
}

TEST_F(server_limits, who_keeps_a_connection_idle_gives_way_to_who_waits) {
    server_options wanted;
    wanted.max_connections = 2;
    open(wanted);
    visitor first(port);
    visitor second(port);
    EXPECT_EQ(status_of(first.ask(get())), 200);
    EXPECT_EQ(status_of(second.ask(get())), 200);
    visitor third(port);
    third.send(get("/third"));
    for (int i = 0; i < 6; ++i) advance(250ms);
    EXPECT_EQ(body_of(third.read()), "/third");
}

TEST_F(server_limits, who_keeps_its_sources_share_idle_gives_way_to_who_waits) {
    server_options wanted;
    wanted.max_connections_per_source = 1;
    wanted.limit_loopback = true;
    open(wanted);
    visitor first(port);
    EXPECT_EQ(status_of(first.ask(get())), 200);
    visitor second(port);
    second.send(get("/second"));
    await_connections(2);
    for (int i = 0; i < 6; ++i) advance(250ms);
    EXPECT_EQ(body_of(second.read()), "/second");
}

TEST_F(server_limits, a_source_has_its_share_and_others_have_theirs) {
    server_options wanted;
    wanted.max_connections_per_source = 2;
    wanted.limit_loopback = true;
    open(wanted);
    auto first = std::make_unique<visitor>(port);
    visitor second(port);
    EXPECT_EQ(status_of(first->ask(get())), 200);
    EXPECT_EQ(status_of(second.ask(get())), 200);
    // Two more may wait, and then it is enough.
    visitor third(port);
    visitor fourth(port);
    visitor fifth(port);
    EXPECT_EQ(fifth.read_all(), "");
    third.send(get("/third"));
    fourth.send(get("/fourth"));
    visitor stranger(port, INADDR_LOOPBACK + 1);
    EXPECT_EQ(status_of(stranger.ask(get())), 200);
    EXPECT_FALSE(third.has_news());
    EXPECT_EQ(serving->read().connections, 5U);

    first.reset();
    EXPECT_EQ(body_of(third.read()), "/third") << "who came first";
    EXPECT_FALSE(fourth.has_news());
    second.leave();
    EXPECT_EQ(body_of(fourth.read()), "/fourth");
}

TEST_F(server_limits, who_waits_for_its_share_too_long_is_let_go) {
    server_options wanted;
    wanted.max_connections_per_source = 1;
    wanted.limit_loopback = true;
    open(wanted);
    visitor first(port);
    visitor second(port);
    for (int i = 0; i < 91; ++i) {
        EXPECT_EQ(status_of(first.ask(get())), 200);
        EXPECT_FALSE(i < 89 && second.has_news());
        advance(1s);
    }
    EXPECT_EQ(second.read_all(), "");
    EXPECT_EQ(serving->read().connections, 1U);
}

TEST_F(server_limits, loopback_may_have_more_than_its_share) {
    server_options wanted;
    wanted.max_connections_per_source = 1;
    open(wanted);
    std::vector<std::unique_ptr<visitor>> all;
    for (int i = 0; i < 10; ++i) all.push_back(std::make_unique<visitor>(port));
    for (auto& each : all) EXPECT_EQ(status_of(each->ask(get())), 200);
}

// Takes every descriptor there is below a limit.
class no_descriptors {
  public:
    no_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto fewer = before_;
        fewer.rlim_cur = std::min<rlim_t>(fewer.rlim_cur, 256);
        ::setrlimit(RLIMIT_NOFILE, &fewer);
        for (int fd = 0; (fd = ::fcntl(0, F_DUPFD_CLOEXEC, 3)) >= 0;) taken_.push_back(fd);
    }
    ~no_descriptors() {
        for (const int fd : taken_) ::close(fd);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    no_descriptors(const no_descriptors&) = delete;
    no_descriptors& operator=(const no_descriptors&) = delete;

  private:
    rlimit before_{};
    std::vector<int> taken_;
};

TEST_F(server_limits, without_descriptors_the_others_are_served_and_who_waits_is_served_later) {
    if (testing::checker_needs_descriptors) GTEST_SKIP() << "UBSan needs descriptors itself";
    open();
    visitor served(port);
    EXPECT_EQ(status_of(served.ask(get())), 200);
    visitor waits(0);
    {
        const no_descriptors none;
        waits.connect(port);
        waits.send(get("/waits"));
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(status_of(served.ask(get())), 200);
            advance(1s);
        }
        EXPECT_EQ(status_of(served.ask(get())), 200);
        EXPECT_FALSE(waits.has_news());
    }
    // Whether the last try failed or is still to come, one more sweep is enough.
    advance(1s);
    EXPECT_EQ(body_of(waits.read()), "/waits");
}

TEST_F(server_limits, without_descriptors_accepting_rests_until_a_timer) {
    if (testing::checker_needs_descriptors) GTEST_SKIP() << "UBSan needs descriptors itself";
    open();
    visitor waits(0);
    const auto await_timer = [this] {
        while (timers->size() == 0) std::this_thread::yield();
    };
    {
        const no_descriptors none;
        waits.connect(port);
        waits.send(get("/waits"));
        for (int i = 0; i < 3; ++i) {
            await_timer();  // it tried, and will try again then
            advance(1s);
        }
        await_timer();
    }
    EXPECT_EQ(serving->read().connections, 0U);
    EXPECT_FALSE(waits.has_news());
    advance(1s);
    EXPECT_EQ(body_of(waits.read()), "/waits");
}

}  // namespace
}  // namespace coord::http
