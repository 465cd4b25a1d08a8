// A file descriptor that is closed once.
#pragma once

#include <unistd.h>
#include <utility>

namespace coord::cli {

class descriptor {
  public:
    descriptor() noexcept = default;
    explicit descriptor(int owned) noexcept : number_(owned) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        other.close();
        return *this;
    }
    ~descriptor() { close(); }

    int get() const noexcept { return number_; }

  private:
    void close() noexcept {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

    int number_ = -1;
};

}  // namespace coord::cli
