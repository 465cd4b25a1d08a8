// How answers of the admin endpoint look. All of them may throw bad_alloc.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace coord::admin {

// A line for a person; the LF is added.
http::reply text_reply(int status, std::string_view text);
// Lines for a person, as they are.
http::reply lines_reply(std::string text);
// Prometheus text, as it is.
http::reply metrics_reply(std::string text);
http::reply json_reply(std::string document);
// A value as raw bytes, and when it expires.
http::reply value_reply(const bytes_ref& value);
http::reply empty_reply();

// `type` goes into Coord-Error-Type.
http::reply error_reply(int status, std::string_view type, std::string_view text);
// What a get, or a removal, failed with.
http::reply failed_get(const error& why);
http::reply failed_removal(const error& why);

}  // namespace coord::admin
