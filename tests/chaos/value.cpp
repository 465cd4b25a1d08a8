#include "value.hpp"

#include <functional>
#include <sstream>

namespace coord::chaos {

std::string make_value(std::string_view key, const origin& from) {
    std::ostringstream head;
    head << from.loader << ' ' << from.loaded_unix_ns << ' ' << from.expires_unix_ns << ' ';
    std::string value = head.str();
    const std::size_t hash = std::hash<std::string_view>()(key);
    // Most are small, as elsewhere.
    const std::size_t filler = hash % 8 == 0 ? hash / 8 % (16 << 10) : hash / 8 % 200;
    for (value += key; value.size() < filler; value += key)
        value += static_cast<char>(value.size());
    return value;
}

std::optional<origin> read_value(std::string_view key, std::string_view value) {
    std::istringstream head{std::string(value.substr(0, 100))};
    origin from;
    if (!(head >> from.loader >> from.loaded_unix_ns >> from.expires_unix_ns)) return {};
    if (make_value(key, from) != value) return {};
    return from;
}

}  // namespace coord::chaos
