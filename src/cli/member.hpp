// A member of a cluster that asks its peers and serves nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/handles.hpp"
#include "cli/options.hpp"

namespace coord::cli {

// The C API's form of what all members have in common; valid as long as `from`.
coord_peers_options native_options(const cluster_options& from) noexcept;

// The list, url by url, as it was read.
std::vector<std::string> urls_of(coord_peers& peers);

class member {
  public:
    // Throws failure when the peers are wrong, or none are given.
    explicit member(const member_options& options);

    std::int64_t now_unix_ns() const noexcept { return coord_runtime_now_unix_ns(runtime_.get()); }
    coord_group* group() const noexcept { return group_.get(); }
    coord_peers* peers() const noexcept { return peers_.get(); }
    std::string owner_of(std::string_view key) const;

  private:
    runtime_handle runtime_;
    peers_handle peers_;
    group_handle group_;
};

}  // namespace coord::cli
