// What a workload gives, and how it ends the process: a benchmark that did other work than it
// should has no figures.
#pragma once

#include <coord/coord.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace coord::bench {

using result = std::map<std::string, double>;

[[noreturn]] inline void fail(const char* what, std::uint64_t got, std::uint64_t wanted) {
    std::fprintf(stderr,
                 "%s: %llu, not %llu\n",
                 what,
                 static_cast<unsigned long long>(got),
                 static_cast<unsigned long long>(wanted));
    std::exit(1);
}

inline void must(coord_status status, const char* what) {
    if (status == COORD_OK) return;
    std::fprintf(stderr, "%s: %s\n", what, coord_status_name(status));
    std::exit(1);
}

}  // namespace coord::bench
