// What is pending in a runtime, for a person who looks for what hangs.
#include "runtime/dump_text.hpp"
#include "runtime/runtime.hpp"

namespace coord {

std::string runtime::dump() const {
    dump_text text;
    text.head("runtime: operations and posts pending {}, loads under way {}, timers {}{}",
              pending(),
              work_.open(),
              timers_->size(),
              is_closing() ? ", closing" : "");
    if (workers_) {
        const auto threads = workers_->read();
        text.line(
            "threads for callbacks: own {}, lent {}, in a callback {}, waiting in one {}, "
            "idle {}; callbacks that wait for a thread {}",
            threads.own,
            threads.lent,
            threads.running,
            threads.blocked,
            threads.idle,
            threads.in_line);
    }
    asked_.write_dump(text, clock_->now());
    visit([&](component& part) {
        if (!text.is_full()) part.write_dump(text);
    });
    return text.take();
}

}  // namespace coord
