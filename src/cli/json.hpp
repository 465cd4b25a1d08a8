// Objects of JSON on one line, written in the order in which they are filled.
#pragma once

#include <coord/error.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace coord::cli {

class json_object {
  public:
    void add(std::string_view name, std::string_view text);
    void add(std::string_view name, const std::string& text) { add(name, std::string_view(text)); }
    void add(std::string_view name, const char* text) { add(name, std::string_view(text)); }
    void add(std::string_view name, std::uint64_t number);
    void add(std::string_view name, std::int64_t number);
    void add(std::string_view name, double number);
    void add_null(std::string_view name) { add_raw(name, "null"); }
    // JSON already.
    void add_raw(std::string_view name, std::string_view json);
    // "key", and "key_base64" when it is no UTF-8.
    void add_key(std::string_view key);
    std::string text() const { return all_ + "}"; }

  private:
    std::string all_ = "{";
};

// In quotes, escaped; what is no UTF-8 as U+FFFD.
std::string json_text(std::string_view bytes);
// With its LF: what a verb that failed leaves on stdout.
std::string json_failure(std::string_view group,
                         std::string_view key,
                         coord_status what,
                         const coord_error* why);

}  // namespace coord::cli
