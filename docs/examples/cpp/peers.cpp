// A typed group with peers: the owner of a key loads it, the others ask the owner.
//
// Both nodes live in this process, so that the example is one program; in earnest each is a program
// of its own, and the list is an option of coord::peers.
#include <coord/coord.hpp>

#include <iostream>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

struct user_profile {
    std::string name;
    int level = 0;
};

// The one thing to write for a typed group.
template <>
struct coord::codec<user_profile> {
    static std::string encode(const user_profile& user) {
        return std::to_string(user.level) + ' ' + user.name;
    }
    static user_profile decode(std::string_view text) {
        const auto blank = text.find(' ');
        return {std::string(text.substr(blank + 1)), std::stoi(std::string(text.substr(0, blank)))};
    }
};

/* [node] */
user_profile load(std::string_view key, const coord::context&) {  // by the owner of the key
    if (key.starts_with('-')) throw coord::error(coord::status::not_found, "no such user");
    return {"user " + std::string(key), 3};
}

struct node {
    coord::runtime runtime;
    coord::peers peers{runtime, {.listen = "127.0.0.1:0"}};
    coord::group_of<user_profile> users{
        runtime, "users", {.max_bytes = 64 << 20, .ttl = 5min, .peers = &peers, .load = load}};
};
/* [end] */

int main() {
    node here;
    node there;
    const auto list =
        std::string(here.peers.self_url()) + ',' + std::string(there.peers.self_url());
    here.peers.set(list);
    there.peers.set(list);

    std::string key = "1";  // one that the other node owns
    while (here.peers.owner(key) != there.peers.self_url()) key += '1';
    std::cout << (here.users.get(key).name == "user " + key) << '\n';
    if (auto hit = here.users.lookup(key)) std::cout << "hit, level " << hit->level << '\n';
    std::cout << "loaded here: " << here.users.untyped().stats().local_loads
              << ", there: " << there.users.untyped().stats().local_loads << '\n';
    here.users.remove(key);  // everywhere
    std::cout << (there.users.lookup(key) ? "still there" : "removed") << '\n';

    key = "-";
    while (here.peers.owner(key) != there.peers.self_url()) key += '1';
    auto nobody = here.users.try_get(key, {.timeout = 5s});  // noexcept: the error is in the result
    if (!nobody && nobody.error().status() == coord::status::not_found)
        std::cout << nobody.error().what() << '\n';
}
