// Starts a command without a shell.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "cli/descriptor.hpp"

namespace coord::cli {

struct spawned {
    pid_t leader = 0;   // of its own process group; 0 when it did not start
    int error = 0;      // errno then
    descriptor output;  // its stdout, not blocking
    descriptor errors;  // its stderr, not blocking
};

// words[0] is searched in PATH. Its stdin is empty, it inherits no other descriptor, and no signal
// is blocked or ignored there.
spawned spawn(const std::vector<std::string>& words);

}  // namespace coord::cli
