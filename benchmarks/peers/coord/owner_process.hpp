// The other process of a peer get: this program once more, which loads and keeps every key.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

#include "load.hpp"

namespace coord::bench {

// Serves until its standard input ends; the exit status.
int own(const settings& wanted);

class owner_process {
  public:
    explicit owner_process(const settings& wanted);
    ~owner_process();  // ends it, and waits for it
    owner_process(const owner_process&) = delete;
    owner_process& operator=(const owner_process&) = delete;

    const std::string& url() const noexcept { return url_; }
    // What it used of the processors since it began.
    std::uint64_t processor_ns() const;

  private:
    pid_t pid_ = -1;
    int stdin_ = -1;
    std::string url_;
};

}  // namespace coord::bench
