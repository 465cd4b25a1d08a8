#include <coord/queue.h>
#include <coord/request.h>

#include <cstddef>

#include "capi/arguments.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::error;
using coord::event;
using coord::operation;
using coord::queue;
using coord::ref;
using coord::result;
using coord::runtime;
using namespace coord::capi;

static_assert(sizeof(coord_event) == sizeof(event) && sizeof(coord_event) == 64);
static_assert(offsetof(coord_event, kind) == offsetof(event, kind));
static_assert(offsetof(coord_event, status) == offsetof(event, status));
static_assert(offsetof(coord_event, token) == offsetof(event, token));
static_assert(offsetof(coord_event, value) == offsetof(event, value));
static_assert(offsetof(coord_event, error) == offsetof(event, why));

namespace {

constexpr const char* component = "queue";

result<runtime*> need_open(coord_runtime* pointer) {
    const auto found = need<runtime>(pointer);
    if (found && (*found)->is_closing())
        return error(COORD_CLOSED, "runtime", "the runtime was closed");
    return found;
}

result<queue*> need_drainable(coord_queue* pointer) {
    const auto found = need<queue>(pointer);
    if (found && (*found)->has_callback())
        return error(COORD_UNSUPPORTED,
                     component,
                     "a callback queue delivers by itself; it cannot be drained or polled");
    return found;
}

result<std::span<event>> read_room(coord_event* events, std::size_t cap, std::size_t* count) {
    if (count == nullptr) return invalid(component, "count: must not be NULL");
    if (events == nullptr && cap != 0) return invalid(component, "events: NULL with room for some");
    return std::span<event>(reinterpret_cast<event*>(events), cap);
}

error closed() {
    return {COORD_CLOSED, component, "the queue was closed, and is empty"};
}

// A token on its way to the host's own loop.
class posted final : public coord::event_node {
  public:
    posted(ref<runtime> owner, std::uint64_t token) noexcept : owner_(std::move(owner)) {
        what.kind = coord::event_kind::post;
        what.token = token;
    }
    void taken() noexcept override {
        owner_->drop_pending();
        delete this;
    }

  private:
    const ref<runtime> owner_;
};

}  // namespace

extern "C" {

coord_status coord_queue_new(coord_runtime* of, coord_queue** out, coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&]() -> result<> {
        const auto owner = need_open(of);
        if (!owner) return owner.error();
        if (out == nullptr) return invalid(component, "queue: must not be NULL");
        const auto made = queue::make_polled(ref<runtime>(*owner));
        if (!made) return made.error();
        *out = hand_out<coord_queue>(*made);
        return {};
    });
}

coord_status coord_queue_new_callback(coord_runtime* of,
                                      coord_event_fn fn,
                                      void* user,
                                      coord_user_free_fn user_free,
                                      coord_queue** out,
                                      coord_error** err) {
    if (out != nullptr) *out = nullptr;
    user_guard undo(user_free, user);
    return guard(err, [&]() -> result<> {
        const auto owner = need_open(of);
        if (!owner) return owner.error();
        if (out == nullptr) return invalid(component, "queue: must not be NULL");
        if (fn == nullptr) return invalid(component, "fn: must not be NULL");
        *out =
            hand_out<coord_queue>(queue::make_callback(ref<runtime>(*owner), fn, user, user_free));
        undo.taken();
        return {};
    });
}

coord_queue* coord_queue_ref(coord_queue* from) {
    return add_reference<queue>(from);
}

void coord_queue_free(coord_queue* from) {
    drop_reference<queue>(from);
}

void coord_queue_close(coord_queue* of) {
    auto* const found = inside<queue>(of);
    if (found != nullptr && !found->forked()) found->close();
}

int32_t coord_queue_fd(const coord_queue* of) {
    const auto* const found = inside<queue>(of);
    return found != nullptr && !found->forked() ? found->descriptor() : -1;
}

coord_status coord_queue_notify_fd(coord_queue* of, int32_t* fd, coord_error** err) {
    if (fd != nullptr) *fd = -1;
    return guard(err, [&]() -> result<> {
        const auto found = need_drainable(of);
        if (!found) return found.error();
        if (fd == nullptr) return invalid(component, "fd: must not be NULL");
        const auto opened = (*found)->open_notify();
        if (!opened) return opened.error();
        *fd = *opened;
        return {};
    });
}

coord_status coord_queue_drain(
    coord_queue* of, coord_event* events, size_t cap, size_t* count, coord_error** err) {
    if (count != nullptr) *count = 0;
    return guard(err, [&]() -> result<> {
        const auto found = need_drainable(of);
        if (!found) return found.error();
        const auto room = read_room(events, cap, count);
        if (!room) return room.error();
        const auto got = (*found)->drain(*room);
        *count = got.count;
        if (got.closed) return closed();
        return {};
    });
}

coord_status coord_queue_wait(coord_queue* of,
                              int64_t timeout_ns,
                              coord_event* events,
                              size_t cap,
                              size_t* count,
                              coord_error** err) {
    if (count != nullptr) *count = 0;
    return guard(err, [&]() -> result<> {
        const auto found = need_drainable(of);
        if (!found) return found.error();
        const auto room = read_room(events, cap, count);
        if (!room) return room.error();
        if (cap == 0) return invalid(component, "cap: must be at least 1");
        auto& clock = (*found)->owner().time();
        const auto until =
            read_timeout(timeout_ns, clock, coord::duration::max(), off::now, component);
        if (!until) return until.error();
        const auto got = (*found)->wait(*room, *until);
        *count = got.count;
        if (got.closed) return closed();
        if (got.count == 0) return error(COORD_TIMED_OUT, component, "no event came in time");
        return {};
    });
}

coord_status coord_queue_post(coord_queue* of, uint64_t token, coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto found = need<queue>(of);
        if (!found) return found.error();
        runtime& owner = (*found)->owner();
        // Its threads are ending: nobody would call back.
        if ((*found)->has_callback() && owner.is_closing())
            return error(COORD_CLOSED, "runtime", "the runtime was closed");
        auto node = std::make_unique<posted>(ref<runtime>(&owner), token);
        if (!owner.take_pending())
            return error(
                COORD_EXHAUSTED, "runtime", "max_pending operations are under way already");
        if (!(*found)->push_if_open(*node)) {
            owner.drop_pending();
            return error(COORD_CLOSED, component, "the queue was closed");
        }
        static_cast<void>(node.release());
        return {};
    });
}

void coord_event_clear(coord_event* of) {
    if (of == nullptr) return;
    auto& what = *reinterpret_cast<event*>(of);
    if (what.kind == coord::event_kind::request) {
        // One from before a fork is leaked: the locks of its group are gone.
        coord_request_free(static_cast<coord_request*>(what.value));
        what.value = nullptr;
    }
    coord::clear(what);
}

void coord_op_cancel(coord_op* op) {
    auto* const found = inside<operation>(op);
    if (found != nullptr && !found->forked()) found->cancel();
}

void coord_op_free(coord_op* op) {
    drop_reference<operation>(op);
}
}
