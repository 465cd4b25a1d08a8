// From arguments to one verb with its options.
#pragma once

#include "cli/exit_code.hpp"

namespace coord::cli {

// Parses, then runs the verb; help and version go to stdout. Throws failure.
exit_code run_command_line(int count, const char* const* words);

}  // namespace coord::cli
