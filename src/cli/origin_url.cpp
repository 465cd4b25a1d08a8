// Values are what a server answers to a GET.
#include <coord/status.h>

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <vector>

#include "cli/failure.hpp"
#include "cli/fetch.hpp"
#include "cli/origin.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

constexpr long max_redirects = 5;
constexpr long http_not_found = 404;

class url_origin final : public origin {
  public:
    url_origin(std::string_view pattern, const origin_limits& limits)
        : limits_(limits), pattern_(pattern) {
        const auto wrong = [&](std::string_view what) {
            return failure(exit_code::usage,
                           fmt::format("--origin-url: {}: {}", printable(pattern), what));
        };
        const auto mark = pattern.find(key_mark);
        if (mark == std::string_view::npos) throw wrong("no {key} in it");
        const auto fault = fault_of_url(with_key(pattern, "k"));
        if (!fault.empty()) throw wrong(fault);
        const auto host = pattern.find("://") + 3;
        if (mark < pattern.find_first_of("/?#", host))
            throw wrong("{key} must come after the host");
    }

    loaded load(std::string_view key, const coord_context* until) override {
        auto mine = borrow();
        const auto url = with_key(pattern_, percent_encoded(key));
        const auto left = std::min(limits_.timeout_ns, coord_context_remaining_ns(until));
        const fetch_limits limits{left, limits_.max_value_bytes, max_redirects};
        auto got = mine->get(url, limits, until);
        give_back(std::move(mine));
        return answer(std::move(got));
    }

  private:
    loaded answer(fetched got) const {
        switch (got.why) {
            case fetched::reason::too_large:
                return too_large(limits_);
            case fetched::reason::timed_out:
            case fetched::reason::cancelled:
                return too_slow(limits_);
            case fetched::reason::failed:
                return {COORD_HOST_FAILED, fmt::format("the origin: {}", printable(got.text))};
            case fetched::reason::answered:
                break;
        }
        if (got.http_status == http_not_found) return {COORD_NOT_FOUND, "the origin answered 404"};
        if (got.http_status < 200 || got.http_status > 299)
            return {COORD_HOST_FAILED, fmt::format("the origin answered {}", got.http_status)};
        return {COORD_OK, std::move(got.text)};
    }

    std::unique_ptr<fetcher> borrow() {
        const std::lock_guard lock(mutex_);
        if (idle_.empty()) return std::make_unique<fetcher>();
        auto mine = std::move(idle_.back());
        idle_.pop_back();
        return mine;
    }
    void give_back(std::unique_ptr<fetcher> mine) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(mine));
    }

    const origin_limits limits_;
    const std::string pattern_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<fetcher>> idle_;  // never more than loads at once
};

}  // namespace

std::unique_ptr<origin> make_url_origin(std::string_view pattern, const origin_limits& limits) {
    return std::make_unique<url_origin>(pattern, limits);
}

}  // namespace coord::cli
