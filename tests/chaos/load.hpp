// Many threads that get keys of one group, each get with a deadline, and check every answer. Half
// of them block, half wait for events.
#pragma once

#include <coord/coord.h>

#include <string>
#include <thread>
#include <vector>

#include "tally.hpp"

namespace coord::chaos {

struct load_settings {
    unsigned threads = 16;
    std::chrono::milliseconds deadline{300};
    std::uint64_t seed = 1;
};

class load {
  public:
    load(coord_runtime* runtime, coord_group* group, const load_settings& wanted);
    ~load();  // waits for its threads
    load(const load&) = delete;
    load& operator=(const load&) = delete;

    tally& results() noexcept { return tally_; }

  private:
    void call_again_and_again(std::uint64_t seed);
    // Blocks, or starts a get and waits for its event.
    void call_once(const std::string& key, coord_queue* answers);
    void check(const std::string& key, const coord_bytes* value, std::int64_t asked_unix_ns);
    void watch_scheduler();

    coord_runtime* const runtime_;
    coord_group* const group_;
    const load_settings wanted_;
    tally tally_;
    std::vector<std::thread> threads_;
};

}  // namespace coord::chaos
