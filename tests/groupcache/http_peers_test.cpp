// What makes a list of peers acceptable, and what follows from it.
#include "groupcache/http_peers.hpp"

#include <gtest/gtest.h>

#include "support/driven.hpp"
#include "support/fake_peer.hpp"
#include "support/node.hpp"
#include "support/raw_http.hpp"

namespace coord::groupcache {
namespace {

using namespace std::string_literals;
using testing::node;
using testing::raw_client;
using testing::reserved_port;

class lists : public ::testing::Test {
  protected:
    lists() {
        runtime::options threads;
        threads.worker_threads = 1;
        owner = *runtime::make(threads);
        owner->to_host();
    }
    ~lists() override {
        for (const auto& each : made_) each->drop_handle();
        owner->drop_handle();
    }
    result<ref<http_peers>> make(peers_options wanted) {
        auto made = http_peers::make(owner, std::move(wanted));
        if (made) {
            (*made)->to_host();
            made_.push_back(*made);
        }
        return made;
    }
    void expect_refused(peers_options wanted, coord_status status, const std::string& part) {
        const auto made = make(std::move(wanted));
        ASSERT_FALSE(made) << part;
        EXPECT_EQ(made.error().status(), status) << made.error().message();
        EXPECT_EQ(made.error().info()->component, "peers"s);
        EXPECT_NE(made.error().message().find(part), std::string_view::npos)
            << made.error().message();
    }
    static peers_options with(std::string listen, std::string self, std::string list) {
        peers_options wanted;
        wanted.listen = std::move(listen);
        wanted.self_url = std::move(self);
        wanted.list = std::move(list);
        return wanted;
    }

    ref<runtime> owner;

  private:
    std::vector<ref<http_peers>> made_;
};

TEST_F(lists, this_process_is_known_by_where_it_listens) {
    const auto any = *make(with("127.0.0.1:0", "", ""));
    const auto port = any->self_url().substr(any->self_url().rfind(':') + 1);
    EXPECT_EQ(any->self_url(), "http://127.0.0.1:" + port);
    EXPECT_NE(port, "0");
    const auto named = *make(with("localhost:0", "", ""));
    EXPECT_EQ(named->self_url().find("http://localhost:"), 0U);
    const auto told = *make(with("127.0.0.1:0", "http://10.0.0.1:80", "http://10.0.0.1:80"));
    EXPECT_EQ(told->self_url(), "http://10.0.0.1:80");
    EXPECT_EQ((*make(with("", "", "http://10.0.0.1:80")))->self_url(), "");
}

TEST_F(lists, a_port_that_is_known_may_be_in_the_list_at_once) {
    std::string listen;
    {
        const reserved_port free;
        listen = free.url().substr(7);
    }
    const auto made = make(with(listen, "", "http://" + listen + " http://10.0.0.1:80"));
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ((*made)->list(), "http://" + listen + "\nhttp://10.0.0.1:80\n");
}

TEST_F(lists, a_listener_has_to_be_in_its_own_list_when_it_starts) {
    expect_refused(with("127.0.0.1:0", "http://10.0.0.2:80", "http://10.0.0.1:80"),
                   COORD_INVALID_ARGUMENT,
                   "http://10.0.0.2:80");
    expect_refused(
        with("127.0.0.1:0", "", "http://10.0.0.1:80"), COORD_INVALID_ARGUMENT, "http://127.0.0.1:");
    const auto made = *make(with("127.0.0.1:0", "http://10.0.0.2:80", ""));
    EXPECT_TRUE(made->set("http://10.0.0.1:80")) << "later it may leave";
    EXPECT_FALSE(made->owns("k"));
}

TEST_F(lists, this_process_must_be_spelled_as_in_the_list) {
    const std::pair<const char*, const char*> table[] = {
        {"http://127.0.0.1:8080", "http://localhost:8080"},
        {"http://localhost:8080", "http://127.0.0.1:8080"},
        {"http://HOST:80", "http://host"},
        {"http://[::1]:8080", "http://127.0.0.1:8080"},
        {"http://host:08080", "http://host:8080"},
    };
    for (const auto& [self, entry] : table) {
        const auto list = "http://10.0.0.9:1,"s + entry;
        const auto refused = make(with("127.0.0.1:0", self, list));
        ASSERT_FALSE(refused) << self;
        EXPECT_EQ(refused.error().status(), COORD_INVALID_ARGUMENT);
        EXPECT_NE(refused.error().message().find(self), std::string_view::npos);
        EXPECT_NE(refused.error().message().find(entry), std::string_view::npos);
        const auto later = *make(with("127.0.0.1:0", self, ""));
        EXPECT_FALSE(later->set(list)) << self;
        EXPECT_EQ(later->list(), "") << "the old list stays";
    }
}

TEST_F(lists, wrong_urls_and_addresses_are_refused_and_shown) {
    expect_refused(with("", "", "http://10.0.0.1:80,nonsense"), COORD_INVALID_ARGUMENT, "nonsense");
    expect_refused(with("", "", "http://10.0.0.1:80/"), COORD_INVALID_ARGUMENT, "10.0.0.1:80/");
    expect_refused(with("", "", "https://10.0.0.1"), COORD_UNSUPPORTED, "https://10.0.0.1");
    expect_refused(with("", "nonsense", ""), COORD_INVALID_ARGUMENT, "self_url: \"nonsense\"");
    expect_refused(with("nonsense", "", ""), COORD_INVALID_ARGUMENT, "nonsense");
    expect_refused(with("0.0.0.0:0", "", ""), COORD_INVALID_ARGUMENT, "0.0.0.0");
    const reserved_port taken;
    ::listen(taken.socket(), 1);
    expect_refused(
        with(taken.url().substr(7), "", ""), COORD_ALREADY_EXISTS, taken.url().substr(7));
}

TEST_F(lists, who_listens_everywhere_has_to_be_told_its_url) {
    auto wanted = with("0.0.0.0:0", "", "http://10.0.0.1:80");
    wanted.allow_insecure_bind = true;
    expect_refused(wanted, COORD_INVALID_ARGUMENT, "self_url");
    wanted.list.clear();
    const auto made = make(wanted);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_FALSE((*made)->set("http://10.0.0.1:80"));
    wanted.self_url = "http://10.0.0.1:80";
    wanted.list = "http://10.0.0.1:80";
    EXPECT_TRUE(make(wanted));
}

TEST_F(lists, base_paths_are_plain_and_end_with_a_slash) {
    for (const auto* path : {"", "x", "/x", "x/", "/a b/", "/%41/", "/a?b/"}) {
        peers_options wanted;
        wanted.base_path = path;
        expect_refused(wanted, COORD_INVALID_ARGUMENT, "base_path");
    }
    for (const auto* path : {"/", "/x/", "/a/b-c_d.e~/"}) {
        peers_options wanted;
        wanted.base_path = path;
        EXPECT_TRUE(make(wanted)) << path;
    }
}

TEST_F(lists, too_many_virtual_nodes_are_refused) {
    auto wanted = with("", "", "http://a:1,http://b:1");
    wanted.replicas = 5'000'001;
    expect_refused(wanted, COORD_INVALID_ARGUMENT, "virtual");
}

TEST_F(lists, each_ring_profile_may_be_used_and_v3_places_hosts_and_ports) {
    const std::string urls = "http://10.0.0.1:80,http://10.0.0.2:80,http://10.0.0.3:80";
    for (const auto profile :
         {ring::profile::v2_fnv1_md5, ring::profile::golang_crc32, ring::profile::v3_hostport}) {
        auto wanted = with("", "", urls);
        wanted.profile = profile;
        const auto made = *make(wanted);
        const ring::ring expected(*ring::parse_peers(urls), 50, profile);
        for (int i = 0; i < 100; ++i) {
            const auto key = std::to_string(i);
            EXPECT_EQ(*made->owner_of(key), *expected.owner(key));
            EXPECT_EQ(made->pick(key)->url(), *expected.owner(key));
        }
    }
}

TEST_F(lists, the_others_are_all_but_this_process) {
    const auto made =
        *make(with("", "http://10.0.0.1:80", "http://10.0.0.1:80,http://10.0.0.2:80"));
    ASSERT_EQ(made->others().size(), 1U);
    EXPECT_EQ(made->others()[0]->url(), "http://10.0.0.2:80");
}

TEST_F(lists, a_runtime_that_is_closed_or_has_no_threads_takes_no_peers) {
    testing::driven world;
    const auto without = http_peers::make(world.owner, {});
    EXPECT_EQ(without.error().status(), COORD_UNSUPPORTED);
    static_cast<void>(owner->close(never, nullptr));
    EXPECT_EQ(make({}).error().status(), COORD_CLOSED);
}

TEST_F(lists, groups_keep_their_peers_alive) {
    auto peers = *http_peers::make(owner, with("127.0.0.1:0", "", ""));
    peers->to_host();
    const auto port = static_cast<std::uint16_t>(
        std::stoi(peers->self_url().substr(peers->self_url().rfind(':') + 1)));
    group_options wanted;
    wanted.peers = peers.get();
    wanted.load = [](void*, ::coord_request* given) {
        node::echo(*static_cast<request*>(reinterpret_cast<handle*>(given)));
    };
    const auto g = *group::make(owner, "g", wanted);
    g->to_host();
    peers->drop_handle();
    peers.reset();
    EXPECT_EQ(raw_client(port).ask("GET", "/_groupcache/g/k").status, 200);
    g->drop_handle();
    EXPECT_FALSE(raw_client(port).is_connected());
}

}  // namespace
}  // namespace coord::groupcache
