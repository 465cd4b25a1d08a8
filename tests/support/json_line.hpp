// One JSON object on one line, for programs that a Python test drives. Names and texts are the
// test's own; bytes go out as hex digits elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace coord::testing {

class json_line {
  public:
    json_line& text(std::string_view name, std::string_view value) {
        return raw(name, quoted(value));
    }
    json_line& number(std::string_view name, std::int64_t value) {
        return raw(name, std::to_string(value));
    }
    json_line& boolean(std::string_view name, bool value) {
        return raw(name, value ? "true" : "false");
    }
    // What is JSON already.
    json_line& raw(std::string_view name, std::string_view json) {
        if (!fields_.empty()) fields_ += ',';
        fields_ += quoted(name) + ':' + std::string(json);
        return *this;
    }

    std::string str() const { return '{' + fields_ + '}'; }
    void print() const {
        std::puts(str().c_str());
        std::fflush(stdout);
    }

  private:
    static std::string quoted(std::string_view text) {
        std::string json = "\"";
        for (const char one : text) {
            const auto byte = static_cast<unsigned char>(one);
            if (one == '"' || one == '\\') {
                json += '\\';
                json += one;
            } else if (byte >= ' ' && byte < 0x7f) {
                json += one;
            } else {
                char escaped[8];
                std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
                json += escaped;
            }
        }
        return json + '"';
    }

    std::string fields_;
};

}  // namespace coord::testing
