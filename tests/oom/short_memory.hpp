// An allocator that fails when told to, on one thread, and counts the blocks of the process.
//
// It replaces malloc and its kin in this program, which the dynamic linker gives every library in
// it as well.
#pragma once

namespace short_memory {

enum class failing { once, from_then_on };

// The n-th allocation of this thread from now (1 = the next) fails.
void fail_at(long n, failing how) noexcept;
// Ends it; true when an allocation was refused since fail_at.
bool stop_failing() noexcept;

// Blocks allocated and not freed, by all threads.
long live_blocks() noexcept;

}  // namespace short_memory
