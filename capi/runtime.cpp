#include <coord/runtime.h>

#include "admin/endpoint.hpp"
#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/operations.hpp"
#include "capi/user_guard.hpp"
#include "groupcache/registry.hpp"
#include "runtime/this_thread.hpp"

using coord::error;
using coord::operation;
using coord::queue;
using coord::ref;
using coord::result;
using coord::runtime;
using coord::admin::endpoint;
using namespace coord::capi;

namespace {

namespace admin = coord::admin;
namespace limits = coord::limits;

constexpr const char* component = "runtime";
constexpr std::uint32_t known_flags = COORD_RUNTIME_ALLOW_INSECURE_BIND;

template <class T>
T or_default(T wanted, T by_default) noexcept {
    return wanted == 0 ? by_default : wanted;
}

result<runtime::options> read(const coord_runtime_options& given) {
    if ((given.flags & ~known_flags) != 0)
        return invalid(component, "options.flags: not COORD_RUNTIME_ values");
    if (given.reserved != 0) return invalid(component, "options.reserved: must be 0");
    if (given.worker_threads > limits::max_worker_threads)
        return invalid(component, "options.worker_threads: at most 1,024");
    if (given.io_threads > limits::max_io_threads)
        return invalid(component, "options.io_threads: at most 64");
    if (given.callbacks < 0 || given.callbacks > COORD_CALLBACKS_LENT)
        return invalid(component, "options.callbacks: not a COORD_CALLBACKS_ value");
    if (given.log_level < 0 || given.log_level > COORD_LOG_DEBUG)
        return invalid(component, "options.log_level: not a COORD_LOG_ value");
    runtime::options wanted;
    wanted.worker_threads = given.worker_threads;
    wanted.io_threads = or_default(given.io_threads, limits::default_io_threads);
    wanted.max_blocked_workers =
        or_default(given.max_blocked_workers, limits::default_max_blocked_workers);
    wanted.where = given.callbacks == COORD_CALLBACKS_LENT ? runtime::callbacks_on::lent
                                                           : runtime::callbacks_on::workers;
    wanted.max_pending = or_default(given.max_pending, limits::default_max_pending);
    wanted.log.fn = given.log;
    wanted.log.user = given.log_user;
    wanted.log.level =
        static_cast<coord::log_level>(or_default<std::int32_t>(given.log_level, COORD_LOG_WARN));
    return wanted;
}

// Last of what can fail: once it listens, requests come.
result<> listen(runtime& on, const coord_runtime_options& given) {
    const auto address = read_text(given.admin_listen,
                                   given.admin_listen_len,
                                   limits::max_name_bytes,
                                   component,
                                   "options.admin_listen");
    if (!address) return address.error();
    if (given.admin_listen == nullptr) return {};
    const bool anywhere = (given.flags & COORD_RUNTIME_ALLOW_INSECURE_BIND) != 0;
    auto made =
        endpoint::start(on, *address, anywhere ? admin::reach::everywhere : admin::reach::loopback);
    if (!made) {
        const error& why = made.error();
        return refusal(why.status(), component, "options.admin_listen: {}", why.message())
            .because(why);
    }
    on.attach(std::move(*made));
    return {};
}

result<> make(const coord_runtime_options* opts, coord_runtime** out) {
    // Whatever happens from here on, the log's user is freed once.
    const auto known = known_part(opts);
    user_guard undo(known.log_user_free, known.log_user);
    const auto given = read_options(opts, component);
    if (!given) return given.error();
    if (out == nullptr) return invalid(component, "runtime: must not be NULL");
    auto wanted = read(*given);
    if (!wanted) return wanted.error();
    auto made = runtime::make(*wanted);
    if (!made) return made.error();
    (*made)->keep(ref<coord::shared>(new coord::groupcache::registry));
    const auto listening = listen(**made, *given);
    if (!listening) return listening.error();
    (*made)->log().own_user(known.log_user_free);
    undo.taken();
    *out = hand_out<coord_runtime>(*made);
    return {};
}

std::atomic<runtime*> process_wide{
    nullptr};  // acq_rel: published once per process, and once more in each forked child

runtime* make_process_wide() noexcept {
    coord_runtime* made = nullptr;
    if (coord_runtime_new(nullptr, &made, nullptr) != COORD_OK) return nullptr;
    return inside<runtime>(made);
}

result<> close(coord_runtime* pointer, const coord_call_options* call) {
    const auto found = need<runtime>(pointer);
    if (!found) return found.error();
    if (coord::inside_callback())
        return error(COORD_WOULD_DEADLOCK,
                     component,
                     "a callback cannot wait for itself to end; use coord_runtime_close_start");
    const auto how =
        read_call(call, (*found)->time(), limits::default_close_timeout, off::now, component);
    if (!how) return how.error();
    return (*found)->close(how->deadline, how->owner.get());
}

result<> run(coord_runtime* pointer, const coord_call_options* call) {
    const auto found = need<runtime>(pointer);
    if (!found) return found.error();
    if (coord::inside_callback())
        return error(COORD_WOULD_DEADLOCK, component, "this thread runs a callback already");
    const auto how = read_call(call, (*found)->time(), coord::duration::max(), off::now, component);
    if (!how) return how.error();
    const auto until = how->owner ? std::min(how->deadline, how->owner->deadline()) : how->deadline;
    switch ((*found)->pool()->run(until, how->owner.get())) {
        case coord::workers::lent::woken:
            return {};
        case coord::workers::lent::timed_out:
            return error(COORD_TIMED_OUT, component, "the time this thread was lent for is over");
        case coord::workers::lent::cancelled:
            return error(COORD_CANCELLED, component, "the context was cancelled");
        case coord::workers::lent::closed:
            return error(COORD_CLOSED, component, "the runtime was closed");
    }
    return error(COORD_INTERNAL);
}

result<> set_log(coord_runtime* of, const coord::logger::options& wanted) {
    user_guard undo(wanted.user_free, wanted.user);
    const auto found = need<runtime>(of);
    if (!found) return found.error();
    const auto level = static_cast<std::int32_t>(wanted.level);
    if (level < COORD_LOG_ERROR || level > COORD_LOG_DEBUG)
        return invalid(component, "level: not a COORD_LOG_ value");
    if (!(*found)->log().replace(wanted)) return error(COORD_NO_MEMORY);
    if (wanted.fn != nullptr) undo.taken();
    return {};
}

result<> write_text(std::string_view text, coord_bytes** to) {
    coord::bytes* const made = coord::bytes::make(text);
    if (made == nullptr) return error(COORD_NO_MEMORY);
    *to = hand_out(coord::bytes_ref(made, false));
    return {};
}

}  // namespace

extern "C" {

coord_status coord_runtime_new(const coord_runtime_options* opts,
                               coord_runtime** out,
                               coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(opts, out); });
}

const char* coord_runtime_admin_address(const coord_runtime* of, size_t* len) {
    const auto* const found = inside<runtime>(of);
    const auto* const listening = found != nullptr ? found->attached() : nullptr;
    if (len != nullptr) *len = listening != nullptr ? listening->address().size() : 0;
    return listening != nullptr ? listening->address().c_str() : "";
}

coord_runtime* coord_runtime_default(void) {
    runtime* seen = process_wide.load(std::memory_order_acquire);
    while (seen == nullptr || seen->forked()) {
        runtime* const fresh = make_process_wide();
        if (fresh == nullptr) return nullptr;
        if (process_wide.compare_exchange_strong(seen, fresh, std::memory_order_acq_rel))
            return outside<coord_runtime>(fresh);
        fresh->drop_handle();  // another thread was quicker
    }
    return outside<coord_runtime>(seen);
}

coord_runtime* coord_runtime_ref(coord_runtime* from) {
    return add_reference<runtime>(from);
}

void coord_runtime_free(coord_runtime* from) {
    if (inside<runtime>(from) == process_wide.load(std::memory_order_acquire)) return;
    drop_reference<runtime>(from);
}

coord_status coord_runtime_close(coord_runtime* of,
                                 const coord_call_options* call,
                                 coord_error** err) {
    return guard(err, [&] { return close(of, call); });
}

coord_status coord_runtime_close_start(coord_runtime* of,
                                       const coord_call_options* call,
                                       coord_queue* answers,
                                       uint64_t token,
                                       coord_op** op,
                                       coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<runtime>(of);
        if (!found) return found.error();
        const auto to = need_open(answers);
        if (!to) return to.error();
        const auto how =
            read_call(call, (*found)->time(), limits::default_close_timeout, off::now, component);
        if (!how) return how.error();
        return hand_over((*found)->start_close(how->deadline, how->owner, ref<queue>(*to), token),
                         op);
    });
}

coord_status coord_runtime_run(coord_runtime* of,
                               const coord_call_options* call,
                               coord_error** err) {
    return guard(err, [&] { return run(of, call); });
}

void coord_runtime_wake(coord_runtime* of) {
    auto* const found = inside<runtime>(of);
    if (found != nullptr && !found->forked()) found->pool()->wake();
}

int64_t coord_runtime_now_unix_ns(const coord_runtime* of) {
    const auto* const found = inside<runtime>(of);
    return found != nullptr ? found->time().unix_ns() : 0;
}

coord_status coord_runtime_metrics(coord_runtime* of, coord_bytes** text, coord_error** err) {
    if (text != nullptr) *text = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<runtime>(of);
        if (!found) return found.error();
        if (text == nullptr) return invalid(component, "text: must not be NULL");
        return write_text((*found)->metrics(), text);
    });
}

coord_status coord_runtime_dump(coord_runtime* of, coord_bytes** text, coord_error** err) {
    if (text != nullptr) *text = nullptr;
    return guard(err, [&]() -> result<> {
        const auto found = need<runtime>(of);
        if (!found) return found.error();
        if (text == nullptr) return invalid(component, "text: must not be NULL");
        return write_text((*found)->dump(), text);
    });
}

coord_status coord_runtime_set_log(coord_runtime* of,
                                   int32_t level,
                                   coord_log_fn fn,
                                   void* user,
                                   coord_user_free_fn user_free,
                                   coord_error** err) {
    const auto wanted = or_default<int32_t>(level, COORD_LOG_WARN);
    return guard(err, [&] {
        return set_log(of, {fn, user, user_free, static_cast<coord::log_level>(wanted)});
    });
}
}
