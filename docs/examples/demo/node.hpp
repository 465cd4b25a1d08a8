// The processes of the demo's cluster, as their parent sees them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "corpus.hpp"
#include "tally.hpp"

namespace demo {

// The name of the group that all share.
inline constexpr std::string_view group_name = "files";
// What a corrected result ends in.
inline constexpr std::string_view correction = ", corrected";

// What all processes know from the start.
struct subject {
    const corpus& files;
    const std::vector<std::string>& keys;  // sorted
    tally& computed;
    tally& corrected;  // results that are no longer what the files say; counted before the set
};

// What a process says about itself at the end.
struct node_counts {
    std::uint64_t gets = 0;        // of readers and of peers
    std::uint64_t hits = 0;        // answered from its memory
    std::uint64_t from_peers = 0;  // values that came from their owner
    std::uint64_t errors = 0;      // owners that could not be reached
};

// One process. The parent's threads may kill it; everything else is for one thread.
class node {
  public:
    // Forks. Before the parent has any other thread.
    node(std::size_t number, const subject& about);
    node(node&& other) noexcept;
    node(const node&) = delete;
    node& operator=(const node&) = delete;
    node& operator=(node&&) = delete;
    // Ends the process, and waits for that.
    ~node();

    const std::string& url() const noexcept { return url_; }
    // Where its admin endpoint answers: what readers ask.
    const std::string& address() const noexcept { return address_; }
    pid_t pid() const noexcept { return pid_; }

    // Waits until it listens, then makes it know all peers.
    void await_address();
    void join(std::string_view list);
    node_counts counts();
    // Corrects a result, and returns when it is set at all peers.
    void correct(std::size_t key);
    void kill_now() noexcept;

  private:
    void tell(std::string_view line);
    std::string hear();

    pid_t pid_ = -1;
    int control_ = -1;
    std::string url_;
    std::string address_;
};

}  // namespace demo
