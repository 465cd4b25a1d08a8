#include "runtime/event.hpp"

#include "base/bytes.hpp"
#include "runtime/request.hpp"

namespace coord {

void clear(event& what) noexcept {
    if (what.value != nullptr) {
        if (what.kind == event_kind::bytes)
            static_cast<bytes*>(what.value)->release();
        else if (what.kind == event_kind::request)
            static_cast<request*>(static_cast<handle*>(what.value))->abandon();
    }
    error_info::release(what.why);
    what = event{};
}

}  // namespace coord
