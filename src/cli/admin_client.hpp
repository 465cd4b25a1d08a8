// What an admin endpoint tells about its process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/fetch.hpp"

namespace coord::cli {

struct group_figures {
    std::string name;
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
    std::uint64_t gets = 0;
    std::uint64_t hits = 0;
    std::uint64_t local_loads = 0;
    std::uint64_t peer_loads = 0;
    std::uint64_t errors = 0;
};

struct process_figures {
    std::string peer;   // its url, or the admin address when that is not known
    std::string fault;  // empty = it answered
    std::vector<group_figures> groups;
};

// "127.0.0.1:9001" or "http://127.0.0.1:9001".
process_figures ask_admin(fetcher& by, std::string_view address, const std::string& only_group);

}  // namespace coord::cli
