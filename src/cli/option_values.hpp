// Options as they were typed, and what they mean.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"

namespace coord::cli {

struct option_values {
    cluster_options cluster;
    std::string ring;
    std::string replicas;
    std::string dialect;
    std::string timeout;
    std::string origin_timeout;
    std::string stop_timeout;
    std::string max_value;
    std::string max_loads;
    std::string cache_bytes;
    std::string ttl;
    bool verbose = false;
    serve_options serve;
    stats_options stats;

    // Each throws failure for what has no meaning.
    serve_options for_serve(bool json) const;
    member_options for_member(std::vector<std::string> keys, bool json) const;
    stats_options for_stats(bool json) const;

  private:
    cluster_options for_cluster() const;
};

}  // namespace coord::cli
