// What the cache's tests share: a clock that stands still until told, and stores that are easy to
// fill.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "cache/cache.hpp"

namespace coord::cache {

class still_clock final : public clock {
  public:
    std::int64_t unix = 1'000'000;
    mutable int reads = 0;

    time_point now() const noexcept override { return time_point{}; }
    std::int64_t unix_ns() const noexcept override {
        ++reads;
        return unix;
    }
    void wait(std::unique_lock<std::mutex>&, std::condition_variable&, time_point) override {}
};

inline bytes_ref make_entry(std::string_view key, std::string_view value, std::int64_t expire = 0) {
    return bytes_ref(bytes::make(key, value, expire, 0), false);
}

inline bool put(store& to,
                std::string_view key,
                std::string_view value,
                section where = section::main,
                std::int64_t expire = 0) {
    return to.insert(to.hash(key), make_entry(key, value, expire), where);
}

inline bytes_ref get(store& from, std::string_view key) {
    return from.find(from.hash(key), key);
}

inline bool has(store& from, std::string_view key) {
    return from.peek(from.hash(key), key) != nullptr;
}

template <class Number>
std::string numbered(std::string_view prefix, Number number) {
    std::string made(prefix);
    return made.append(std::to_string(number));
}

// "(none)" tells a miss from an empty value.
inline std::string text(store& from, std::string_view key) {
    const auto found = get(from, key);
    return found ? std::string(found->value()) : "(none)";
}

inline bool erase(store& from, std::string_view key) {
    return from.remove(from.hash(key), key);
}

inline std::uint64_t memory_of(const store& all) {
    return all.read(section::main).memory_bytes + all.read(section::hot).memory_bytes;
}

inline options one_shard(std::uint64_t max_bytes, order policy = order::s3fifo) {
    options wanted;
    wanted.max_bytes = max_bytes;
    wanted.policy = policy;
    wanted.shards = 1;
    return wanted;
}

}  // namespace coord::cache
