// What a node loads, and how often it did: the value of a key tells which node loaded it, and a key
// that begins with '!' says itself what is to happen. tests/interop/go/values.go does the same.
#pragma once

#include <coord/coord.h>

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace coord::interop {

class loading {
  public:
    explicit loading(std::string name) : name_(std::move(name)) {}

    // A coord_request_fn; `user` is the loading.
    static void load(void* user, coord_request* request);
    // By "group xkey".
    std::map<std::string, int> counts() const;

  private:
    void answer(coord_request* request, std::string_view key) const;

    const std::string name_;
    mutable std::mutex mutex_;
    std::map<std::string, int> counts_;
};

std::string hex(std::string_view raw);
// False when it is no 'x' and hex digits.
bool parse_key(std::string_view word, std::string& into);

}  // namespace coord::interop
