// The process groups of the origin commands that run now: what is to die with the program.
#pragma once

#include <cstddef>
#include <sys/types.h>

namespace coord::cli::process_groups {

// As many as the library may have worker threads.
inline constexpr std::size_t max_running = 1'024;

// Its place, to be given back before the leader is reaped: afterwards the number may be another's.
// max_running when there is none left.
std::size_t enter(pid_t leader) noexcept;
void leave(std::size_t place) noexcept;
// Safe in a signal handler.
void kill_all() noexcept;

}  // namespace coord::cli::process_groups
