// A host that is asked: it keeps its requests until the test answers them.
#pragma once

#include <string>
#include <vector>

#include "groupcache/peer.hpp"
#include "runtime/host_question.hpp"

namespace coord::testing {

class host {
  public:
    ~host() {
        while (!open.empty()) take(0)->abandon();
    }
    host_handler handler() {
        host_handler made;
        made.call = [](void* user, ::coord_request* given) {
            auto* const asked = static_cast<request*>(reinterpret_cast<handle*>(given));
            static_cast<host*>(user)->open.push_back(asked);
        };
        made.user = this;
        return made;
    }
    request* take(std::size_t i) {
        request* const mine = open[i];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
        return mine;
    }
    std::vector<request*> open;
};

// Somebody who asks a peer, and keeps the answer.
struct kept_answer final : groupcache::peer_caller {
    void answered(groupcache::peer_answer what) noexcept override {
        ++times;
        last = std::move(what);
    }
    coord_status status() const { return last.value.has_error() ? last.value.error().status() : 0; }
    std::string message() const { return std::string(last.value.error().message()); }
    std::string detail(std::string_view name) const {
        const auto* const found = last.value.error().info()->detail(name);
        return found != nullptr ? std::string(found->text(), found->size) : "(none)";
    }
    int times = 0;
    groupcache::peer_answer last;
};

}  // namespace coord::testing
