// What was asked for on the command line, checked for form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coord::cli {

// The same on every member of a cluster.
struct cluster_options {
    std::string group;
    std::string peers;
    std::string base_path = "/_groupcache/";
    std::string ring = "v2-fnv1-md5";
    std::int32_t ring_profile = 0;
    std::uint32_t replicas = 50;
    std::int32_t dialect = 0;
};

struct serve_options {
    cluster_options cluster;
    std::string listen = "127.0.0.1:8080";
    std::string self;
    std::string admin;
    bool allow_insecure_bind = false;
    std::string origin_url;
    std::string origin_dir;
    std::string origin_command;
    std::int64_t origin_timeout_ns = 0;
    std::int64_t stop_timeout_ns = 0;
    std::uint64_t max_value_bytes = 0;
    std::uint32_t max_loads = 64;
    std::uint64_t cache_bytes = 0;
    std::int64_t ttl_ns = 0;
    bool json = false;
};

// get, remove, owner.
struct member_options {
    cluster_options cluster;
    std::vector<std::string> keys;
    std::int64_t timeout_ns = 0;
    bool verbose = false;
    bool json = false;
};

struct stats_options {
    std::string admin;
    std::string group;  // empty = all
    bool watch = false;
    bool json = false;
};

}  // namespace coord::cli
