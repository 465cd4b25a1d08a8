#include "cli/json.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/text.hpp"

namespace coord::cli {

std::string json_text(std::string_view bytes) {
    return boost::json::serialize(boost::json::string_view(as_utf8(bytes)));
}

void json_object::add_raw(std::string_view name, std::string_view json) {
    if (all_.size() > 1) all_.push_back(',');
    all_.append(json_text(name)).append(":").append(json);
}

void json_object::add(std::string_view name, std::string_view text) {
    add_raw(name, json_text(text));
}

void json_object::add(std::string_view name, std::uint64_t number) {
    add_raw(name, std::to_string(number));
}

void json_object::add(std::string_view name, std::int64_t number) {
    add_raw(name, std::to_string(number));
}

void json_object::add(std::string_view name, double number) {
    add_raw(name, fmt::format("{:.3f}", number));
}

void json_object::add_key(std::string_view key) {
    add("key", key);
    if (!is_utf8(key)) add("key_base64", base64(key));
}

std::string json_failure(std::string_view group,
                         std::string_view key,
                         coord_status what,
                         const coord_error* why) {
    json_object line;
    line.add("group", group);
    line.add_key(key);
    line.add("status", coord_status_name(what));
    line.add("message", describe(what, why));
    return line.text() + "\n";
}

}  // namespace coord::cli
