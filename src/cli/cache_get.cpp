#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/json.hpp"
#include "cli/member.hpp"
#include "cli/output.hpp"
#include "cli/quantities.hpp"
#include "cli/stopwatch.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

struct got {
    std::string_view key;
    std::string_view value;
    std::string owner;
    std::int64_t expire_unix_ns;  // 0 = never
    std::int64_t now_unix_ns;
    double milliseconds;
};

std::string line_about(const got& what) {
    std::string expiry = "never expires";
    if (what.expire_unix_ns != 0) {
        const auto left = what.expire_unix_ns - what.now_unix_ns;
        expiry = left > 0 ? "expires in " + duration_text(left) : "expired";
    }
    return fmt::format("{}  {}  from {}  {}  {:.1f} ms",
                       printable(what.key),
                       size_text(what.value.size()),
                       what.owner,
                       expiry,
                       what.milliseconds);
}

std::string json_about(const std::string& group, const got& what) {
    json_object line;
    line.add("group", group);
    line.add_key(what.key);
    line.add("size", std::uint64_t{what.value.size()});
    line.add("owner", what.owner);
    if (what.expire_unix_ns != 0)
        line.add("expire_unix_ns", what.expire_unix_ns);
    else
        line.add_null("expire_unix_ns");
    line.add("milliseconds", what.milliseconds);
    line.add("value_base64", base64(what.value));
    return line.text() + "\n";
}

}  // namespace

exit_code cache_get(const member_options& options) {
    const member me(options);
    const auto& key = options.keys.front();
    const auto& group = options.cluster.group;
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = options.timeout_ns;

    const stopwatch taken;
    coord_bytes* value = nullptr;
    coord_error* err = nullptr;
    const auto status = coord_group_get(me.group(), key.data(), key.size(), &call, &value, &err);
    const double milliseconds = taken.milliseconds();
    const bytes_handle owned(value);
    const error_handle why(err);
    if (status != COORD_OK) {
        if (options.json) put(json_failure(group, key, status, err));
        throw failure(code_of_answer(status, err),
                      fmt::format("{}: {}", printable(group), describe(status, err)));
    }
    got what{};
    what.key = key;
    what.owner = me.owner_of(key);
    what.expire_unix_ns = coord_bytes_expire_unix_ns(value);
    what.now_unix_ns = me.now_unix_ns();
    what.milliseconds = milliseconds;
    std::size_t size = 0;
    const auto* const start = static_cast<const char*>(coord_bytes_data(value, &size));
    what.value = {start, size};
    put(options.json ? json_about(group, what) : what.value);
    if (options.verbose) say(line_about(what));
    return exit_code::done;
}

}  // namespace coord::cli
