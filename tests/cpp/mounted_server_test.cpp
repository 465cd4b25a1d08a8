// The peer endpoint mounted in an HTTP server that is not libcoord's: the example in a process of
// its own, asked by a libcoord peer over real sockets.
#include <coord/coord.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

#include "cpp/status_of.hpp"

namespace {

using coord::status;

class mounted_server {
  public:
    mounted_server() {
        std::array<int, 2> pipes{};
        EXPECT_EQ(pipe(pipes.data()), 0);
        process_ = fork();
        if (process_ == 0) {
            dup2(pipes[1], STDOUT_FILENO);
            alarm(100);  // ends a hang
            execl(COORD_MOUNTED_SERVER, "mounted_server", "0", nullptr);
            _exit(127);
        }
        close(pipes[1]);
        std::string line;
        for (char c = 0; read(pipes[0], &c, 1) == 1 && c != '\n';) line += c;
        close(pipes[0]);
        EXPECT_TRUE(line.starts_with("ready ")) << line;
        url_ = "http://127.0.0.1:" + line.substr(sizeof "ready " - 1);
    }
    mounted_server(const mounted_server&) = delete;
    mounted_server& operator=(const mounted_server&) = delete;
    ~mounted_server() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }

    const std::string& url() const { return url_; }

  private:
    pid_t process_ = -1;
    std::string url_;
};

// A peer that owns nothing: whatever it is asked for, the server owns.
struct asker {
    explicit asker(const std::string& list) : peers(runtime, {.list = list}) {}

    coord::runtime runtime;
    coord::peers peers;
    coord::group group{
        runtime,
        "g",
        {.hot_policy = coord::hot_policy::never,
         .peers = &peers,
         .load = [](std::string_view key, auto&) { return "asker:" + std::string(key); }}};
};

TEST(cpp_mounted_server, serves_gets_sets_and_removals_of_any_key) {
    const mounted_server server;
    asker here(server.url());
    for (const std::string key :
         {"k", "", "a/b", "a//b", "..", ".", "100%", "a b+c", "?q#f", "\xff"}) {
        EXPECT_EQ(here.group.get(key), "cpp:" + key);
        here.group.set(key, "set/" + key);
        EXPECT_EQ(here.group.get(key), "set/" + key);
        here.group.remove(key);
        EXPECT_EQ(here.group.get(key), "cpp:" + key);
    }
    EXPECT_EQ(here.group.stats().local_loads, 0U);
    EXPECT_EQ(here.group.stats().peer_errors, 0U);
}

TEST(cpp_mounted_server, carries_values_of_any_size_and_what_fails) {
    const mounted_server server;
    asker here(server.url());
    const std::string large(3 << 20, 'v');
    here.group.set("large", large);
    EXPECT_EQ(here.group.get("large"), large);
    auto peer = *here.peers.find(server.url());
    const auto no_group = peer.try_get("nope", "k").error();
    EXPECT_TRUE(no_group.is_group_not_found());
    EXPECT_EQ(peer.get("g", "k"), "cpp:k");
}

}  // namespace
