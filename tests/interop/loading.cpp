#include "loading.hpp"

#include <charconv>
#include <cstdint>

namespace coord::interop {
namespace {

constexpr std::size_t period = 1 << 16;  // of large values

std::string large(std::size_t size) {
    std::string value(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        const auto at = i % period;
        value[i] = static_cast<char>(at * 7 + (at >> 8));
    }
    return value;
}

std::string_view take_word(std::string_view& rest) {
    const auto end = rest.find(' ');
    const auto word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return word;
}

std::int64_t number_in(std::string_view word) {
    std::int64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

}  // namespace

std::string hex(std::string_view raw) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char one : raw) {
        text += digits[static_cast<unsigned char>(one) >> 4];
        text += digits[static_cast<unsigned char>(one) & 15];
    }
    return text;
}

bool parse_key(std::string_view word, std::string& into) {
    if (word.empty() || word.front() != 'x' || word.size() % 2 == 0) return false;
    into.clear();
    for (std::size_t at = 1; at < word.size(); at += 2) {
        unsigned byte = 0;
        const char* const digits = word.data() + at;
        if (std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) return false;
        into += static_cast<char>(byte);
    }
    return true;
}

void loading::load(void* user, coord_request* request) {
    auto& self = *static_cast<loading*>(user);
    std::size_t len = 0;
    const char* const key = coord_request_key(request, 0, &len);
    {
        const std::lock_guard lock(self.mutex_);
        ++self.counts_[coord_request_group(request, nullptr) + (" x" + hex({key, len}))];
    }
    self.answer(request, {key, len});
}

void loading::answer(coord_request* request, std::string_view key) const {
    const std::string value = name_ + "|" + std::string(key);
    std::string_view rest = key;
    const auto verb = take_word(rest);
    const auto message = rest;
    const auto number = number_in(take_word(rest));
    coord_value_options keep{};
    keep.size = sizeof keep;
    if (verb == "!missing")
        return coord_request_fail(request, COORD_NOT_FOUND, message.data(), message.size());
    if (verb == "!fail")
        return coord_request_fail(request, COORD_HOST_FAILED, message.data(), message.size());
    if (verb == "!size") {
        const auto bytes = large(static_cast<std::size_t>(number));
        return coord_request_succeed(request, bytes.data(), bytes.size(), nullptr);
    }
    if (verb == "!expire") keep.expire_unix_ns = number;
    if (verb == "!ttl") keep.ttl_ns = number * COORD_MILLISECOND;
    coord_request_succeed(request, value.data(), value.size(), &keep);
}

std::map<std::string, int> loading::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace coord::interop
