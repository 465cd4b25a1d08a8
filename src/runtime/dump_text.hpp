// What is pending, as lines for a person who looks for what hangs. Bounded: what goes beyond is
// left out, and the last line says so. Keys come in by shown_key(), values never.
#pragma once

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/limits.hpp"

namespace coord {

class dump_text {
  public:
    explicit dump_text(std::size_t most = limits::max_dump_bytes) noexcept : most_(most) {}

    // A subject, and what belongs to it. May throw bad_alloc.
    template <class... Args>
    void head(fmt::format_string<Args...> form, Args&&... args) {
        add("", fmt::format(form, std::forward<Args>(args)...));
    }
    template <class... Args>
    void line(fmt::format_string<Args...> form, Args&&... args) {
        add("  ", fmt::format(form, std::forward<Args>(args)...));
    }
    bool is_full() const noexcept { return full_; }
    std::string take() noexcept { return std::move(text_); }

  private:
    void add(std::string_view indent, std::string_view line);

    const std::size_t most_;
    std::string text_;
    bool full_ = false;
};

// In quotes, what is not plain ASCII as \xNN, cut after max_dump_key_bytes. May throw bad_alloc.
std::string shown_key(std::string_view key);
// "0.250 s"; a time that has not come yet is "0.000 s" ago.
std::string shown_age(time_point since, time_point now);
// "0.250 s left", "0.250 s beyond its deadline", or "no deadline".
std::string shown_deadline(time_point until, time_point now);

}  // namespace coord
