// Where values come from when a key is loaded: a url, a directory, a command.
#pragma once

#include <coord/context.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace coord::cli {

struct loaded {
    coord_status status = COORD_OK;
    std::string bytes;  // the value, or one line that says why there is none
};

class origin {
  public:
    origin() = default;
    origin(const origin&) = delete;
    origin& operator=(const origin&) = delete;
    virtual ~origin() = default;
    // Blocks until `until` at the longest; several threads at once.
    virtual loaded load(std::string_view key, const coord_context* until) = 0;
};

struct origin_limits {
    std::int64_t timeout_ns;
    std::uint64_t max_value_bytes;
};

// Each throws failure when it is wrong from the start.
std::unique_ptr<origin> make_url_origin(std::string_view pattern, const origin_limits& limits);
std::unique_ptr<origin> make_directory_origin(const std::string& path, const origin_limits& limits);
std::unique_ptr<origin> make_command_origin(std::string_view command, const origin_limits& limits);

// What all of them say alike.
loaded too_large(const origin_limits& limits);
loaded too_slow(const origin_limits& limits);

}  // namespace coord::cli
