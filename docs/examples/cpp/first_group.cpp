// A typed group: a miss loads, a hit answers from memory, errors are exceptions or results.
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

user_profile load(std::string_view key, const coord::context&) {  // once per key at a time
    if (key.starts_with('-')) throw coord::error(coord::status::not_found, "no such user");
    return {"user " + std::string(key), 3};
}

int main() {
    coord::group_of<user_profile> users("users",
                                        {.max_bytes = 64 << 20, .ttl = 5min, .load = load});

    std::cout << users.get("42").name << '\n';  // throws coord::error
    if (auto hit = users.lookup("42")) std::cout << "hit, level " << hit->level << '\n';
    users.remove("42");

    auto user = users.try_get("-1", {.timeout = 50ms});  // noexcept: the error is in the result
    if (!user && user.error().status() == coord::status::not_found)
        std::cout << user.error().what() << '\n';
}
