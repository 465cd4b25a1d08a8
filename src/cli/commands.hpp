// The verbs. Each throws failure, or gives the exit code.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/options.hpp"

namespace coord::cli {

exit_code cache_serve(const serve_options& options);
exit_code cache_get(const member_options& options);
exit_code cache_remove(const member_options& options);
exit_code cache_owner(const member_options& options);
exit_code cache_stats(const stats_options& options);

}  // namespace coord::cli
