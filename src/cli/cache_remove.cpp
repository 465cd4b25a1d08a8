#include <algorithm>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/json.hpp"
#include "cli/member.hpp"
#include "cli/output.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

// A peer that did not confirm is named in the message, followed by a colon.
bool is_blamed(const std::string& url, std::string_view message) {
    const auto at = message.find(" " + url + ": ");
    return at != std::string_view::npos;
}

}  // namespace

exit_code cache_remove(const member_options& options) {
    const member me(options);
    const auto& key = options.keys.front();
    const auto& group = options.cluster.group;
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = options.timeout_ns;

    coord_error* err = nullptr;
    const auto status = coord_group_remove(me.group(), key.data(), key.size(), &call, &err);
    const error_handle why(err);
    const auto urls = urls_of(*me.peers());
    const std::string_view message = coord_error_message(err);
    const auto refusals = std::count_if(
        urls.begin(), urls.end(), [&](const auto& url) { return is_blamed(url, message); });
    const auto failed = static_cast<std::size_t>(refusals);
    // Nobody is named when it did not come to asking them.
    const auto confirmed = status != COORD_OK && failed == 0 ? 0 : urls.size() - failed;
    if (options.json) {
        json_object line;
        line.add("group", group);
        line.add_key(key);
        line.add("peers", std::uint64_t{urls.size()});
        line.add("confirmed", std::uint64_t{confirmed});
        line.add("status", coord_status_name(status));
        if (status != COORD_OK) line.add("message", message);
        put(line.text() + "\n");
    }
    if (confirmed > 0)
        say(fmt::format("removed {} on {} of {} peers", printable(key), confirmed, urls.size()));
    if (status == COORD_OK) return exit_code::done;
    const bool unreached = status == COORD_UNAVAILABLE || status == COORD_TIMED_OUT;
    throw failure(
        unreached ? exit_code::unreachable : exit_code::failed,
        fmt::format("{}: {}: {}", printable(group), coord_status_name(status), printable(message)));
}

}  // namespace coord::cli
