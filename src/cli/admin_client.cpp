#include "cli/admin_client.hpp"

#include <coord/status.h>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/guard.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

namespace json = boost::json;

constexpr fetch_limits answer_limits{2 * COORD_SECOND, 16ULL << 20, 0};

class asker {
  public:
    asker(fetcher& by, std::string_view address) : by_(by) {
        if (!address.starts_with("http://")) root_ = "http://";
        root_.append(address);
        while (root_.ends_with('/')) root_.pop_back();
    }

    json::object ask(const std::string& path) {
        auto got = by_.get(root_ + path, answer_limits, nullptr);
        if (got.why == fetched::reason::timed_out)
            throw failure(exit_code::unreachable, "timed_out: no answer in 2s");
        if (got.why != fetched::reason::answered)
            throw failure(exit_code::unreachable, "unavailable: " + printable(got.text));
        if (got.http_status != 200)
            throw failure(exit_code::unreachable,
                          fmt::format("unavailable: it answered {} to {}", got.http_status, path));
        json::error_code fault;
        auto value = json::parse(got.text, fault);
        if (fault || !value.is_object())
            throw failure(exit_code::unreachable, "unavailable: this is no admin endpoint");
        return std::move(value.get_object());
    }

  private:
    fetcher& by_;
    std::string root_;
};

std::uint64_t number(const json::object& in, std::string_view name) {
    const auto* const found = in.if_contains(name);
    if (found == nullptr) return 0;
    if (const auto* const plain = found->if_uint64()) return *plain;
    const auto* const signed_one = found->if_int64();
    return signed_one == nullptr || *signed_one < 0 ? 0 : static_cast<std::uint64_t>(*signed_one);
}

group_figures read_group(std::string name, const json::object& from) {
    group_figures group;
    group.name = std::move(name);
    group.gets = number(from, "gets");
    group.hits = number(from, "cache_hits");
    group.local_loads = number(from, "local_loads");
    group.peer_loads = number(from, "peer_loads");
    group.errors = number(from, "local_load_errors") + number(from, "peer_errors");
    for (const auto* const which : {"main", "hot"}) {
        const auto* const cache = from.if_contains(which);
        if (cache == nullptr || !cache->is_object()) continue;
        group.items += number(cache->get_object(), "items");
        group.bytes += number(cache->get_object(), "bytes");
    }
    return group;
}

std::vector<std::string> texts(const json::object& in, std::string_view name) {
    std::vector<std::string> all;
    const auto* const found = in.if_contains(name);
    if (found == nullptr || !found->is_array()) return all;
    for (const auto& one : found->get_array())
        if (one.is_string()) all.emplace_back(one.get_string().c_str(), one.get_string().size());
    return all;
}

// The first url under which its peers know it; empty when it has none.
std::string self_of(const json::object& in) {
    const auto* const pools = in.if_contains("pools");
    if (pools == nullptr || !pools->is_array()) return {};
    for (const auto& pool : pools->get_array()) {
        const auto* const self = pool.is_object() ? pool.get_object().if_contains("self") : nullptr;
        if (self != nullptr && self->is_string() && !self->get_string().empty())
            return {self->get_string().c_str(), self->get_string().size()};
    }
    return {};
}

}  // namespace

process_figures ask_admin(fetcher& by, std::string_view address, const std::string& only_group) {
    process_figures figures;
    figures.peer = address;
    asker endpoint(by, address);
    const auto read = [&] {
        if (auto self = self_of(endpoint.ask("/v1/peers")); !self.empty())
            figures.peer = std::move(self);
        for (auto& name : texts(endpoint.ask("/v1/groups"), "groups")) {
            if (!only_group.empty() && name != only_group) continue;
            const auto stats = endpoint.ask("/v1/groups/" + percent_encoded(name) + "/stats");
            figures.groups.push_back(read_group(std::move(name), stats));
        }
    };
    catching<failure>(read, [&](const failure& what) { figures.fault = what.what(); });
    return figures;
}

}  // namespace coord::cli
