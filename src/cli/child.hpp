// One run of a command: its output, how it ended, and nothing left of it.
#pragma once

#include <coord/context.h>

#include <cstddef>
#include <string>
#include <vector>

namespace coord::cli {

struct child_end {
    enum class reason { exited, killed, too_large, cancelled, not_started };
    reason why = reason::not_started;
    int code = 0;            // exit status, signal, or errno
    std::string output;      // of stdout
    std::string last_words;  // the last line of stderr
};

// Runs words[0] with its words as arguments, in a process group of its own and with nothing to
// read. The group is killed when `until` is cancelled or over, when there is more than `max_output`
// to read, and when its leader has ended. Blocks.
child_end run_child(const std::vector<std::string>& words,
                    std::size_t max_output,
                    const coord_context* until);

}  // namespace coord::cli
