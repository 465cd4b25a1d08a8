#include "sim/cluster_model.hpp"

#include <algorithm>
#include <charconv>

namespace coord::sim {

std::string model::value::text() const {
    std::string text;
    for (const auto each : {key, load, node, expires, stale}) text += std::to_string(each) + ":";
    return text;
}

bool model::value::parse(std::string_view text, value& to) {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto* const each : {&to.key, &to.load, &to.node, &to.expires, &to.stale}) {
        const auto read = std::from_chars(at, end, *each);
        if (read.ec != std::errc() || read.ptr == end || *read.ptr != ':') return false;
        at = read.ptr + 1;
    }
    return true;
}

std::string model::check(std::uint64_t key,
                         const floor& seen_from,
                         time_point since,
                         duration late,
                         std::string_view text) const {
    value got;
    if (!value::parse(text, got) || got.load >= next_load_) return "a value that no load gave";
    if (got.key != key) return "the value of another key";
    birth from{static_cast<std::size_t>(got.node), got.load};
    if (got.node == of_set) {
        const auto there = sets_.find(got.load);
        if (there == sets_.end()) return "a value that nobody set";
        from = there->second;
    }
    if (from.node >= nodes_) return "a value that its owner never had";
    if (from.number < seen_from[from.node])
        return "a value from before a change that had ended well";
    const auto expires = time_point(duration(static_cast<std::int64_t>(got.expires)));
    if (got.expires != 0 && got.stale == 0 && after(expires, late) < since)
        return "a value that had expired";
    return {};
}

std::uint64_t model::begin_set() {
    sets_.emplace(next_load_, birth{});
    return next_load_++;
}

void model::kept_by_owner(std::uint64_t set, std::size_t node) {
    sets_[set] = {node, next_load_++};
}

std::uint64_t model::begin_change(std::uint64_t key, std::uint64_t lists, std::uint32_t others) {
    changes_.push_back({key, lists, others, {}});
    return changes_.size();
}

void model::came_by(std::uint64_t change, std::size_t node) noexcept {
    if (change == 0) return;
    changes_[change - 1].marks[node] = next_load_;
}

bool model::came_by_yet(std::uint64_t change, std::size_t node) const noexcept {
    return change == 0 || changes_[change - 1].marks[node] != 0;
}

bool model::ended_well(std::uint64_t change, std::uint64_t lists) {
    const auto& mine = changes_[change - 1];
    if (mine.lists == 0 || mine.lists != lists) return false;
    auto& floors = floors_[mine.key];
    for (std::size_t node = 0; node < nodes_; ++node)
        floors[node] = std::max(floors[node], mine.marks[node]);
    return true;
}

bool model::reached_all(std::uint64_t change) const noexcept {
    const auto& mine = changes_[change - 1];
    for (std::size_t node = 0; node < nodes_; ++node)
        if ((mine.others & (1U << node)) != 0 && mine.marks[node] == 0) return false;
    return true;
}

void model::keep(std::size_t node, std::uint64_t key, time_point now, std::int64_t expire_unix_ns) {
    kept_[node][key] = {now, expire_unix_ns};
}

bool model::has(std::size_t node,
                std::uint64_t key,
                time_point since,
                std::int64_t unix_ns) const noexcept {
    const auto there = kept_[node].find(key);
    if (there == kept_[node].end()) return false;
    const entry& mine = there->second;
    return mine.since < since && (mine.expire_unix_ns == 0 || mine.expire_unix_ns > unix_ns);
}

}  // namespace coord::sim
