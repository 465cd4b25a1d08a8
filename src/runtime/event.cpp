#include "runtime/event.hpp"

#include "base/bytes.hpp"
#include "runtime/request.hpp"

namespace coord {

namespace {

void end_unanswered(request& what) noexcept {
    // After a fork its locks may be held by threads that are gone.
    if (!what.forked()) what.abandon();
}

}  // namespace

void clear(event& what) noexcept {
    if (what.value != nullptr) {
        if (what.kind == event_kind::bytes)
            static_cast<bytes*>(what.value)->release();
        else if (what.kind == event_kind::request)
            end_unanswered(*static_cast<request*>(static_cast<handle*>(what.value)));
        else if (what.kind == event_kind::many || what.kind == event_kind::response)
            static_cast<handle_object*>(static_cast<handle*>(what.value))->drop_handle();
    }
    error_info::release(what.why);
    what = event{};
}

}  // namespace coord
