// What the program's exit codes mean. Scripts rely on them: a number never changes its meaning.
#pragma once

namespace coord::cli {

enum class exit_code : int {
    done = 0,
    failed = 1,
    usage = 2,
    not_found = 4,
    unreachable = 69,  // no peer or admin address answered
    no_slot = 75,      // a limit of the owner was reached; later may be better
};

}  // namespace coord::cli
