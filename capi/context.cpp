#include <coord/context.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/user_guard.hpp"

using coord::context;
using coord::ref;
using coord::result;
using namespace coord::capi;

namespace {

constexpr const char* component = "context";

result<> make(const coord_context_options* opts, coord_context** out) {
    const auto known = known_part(opts);
    user_guard undo(known.user_free, known.user);
    const auto options = read_options(opts, component);
    if (!options) return options.error();
    if (out == nullptr) return invalid(component, "context: must not be NULL");
    if (options->flags != 0) return invalid(component, "options.flags: must be 0");
    auto& clock = coord::machine_clock();
    const auto deadline =
        read_timeout(options->timeout_ns, clock, coord::duration::max(), off::invalid, component);
    if (!deadline) return deadline.error();
    const auto trace = read_text(
        options->trace, options->trace_len, coord::limits::max_trace_bytes, component, "trace");
    if (!trace) return trace.error();
    ref<context> parent;
    if (options->parent != nullptr) {
        const auto found = need<context>(options->parent);
        if (!found) return found.error();
        parent = *found;
        if (parent->depth() >= coord::limits::max_context_depth)
            return coord::error(
                COORD_EXHAUSTED, component, "parent: the chain of contexts is 256 long already");
    }
    const ref<context> made(new context(
        clock, *deadline, std::move(parent), *trace, {options->user, options->user_free}));
    undo.taken();
    *out = hand_out<coord_context>(made);
    return {};
}

}  // namespace

extern "C" {

coord_status coord_context_new(const coord_context_options* opts,
                               coord_context** out,
                               coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(opts, out); });
}

coord_context* coord_context_ref(coord_context* from) {
    return add_reference<context>(from);
}

void coord_context_free(coord_context* from) {
    drop_reference<context>(from);
}

void coord_context_cancel(coord_context* of) {
    auto* const found = inside<context>(of);
    if (found != nullptr && !found->forked()) found->cancel();
}

int32_t coord_context_is_cancelled(const coord_context* of) {
    const auto* const found = inside<context>(of);
    return found != nullptr && found->is_over() ? 1 : 0;
}

int64_t coord_context_remaining_ns(const coord_context* of) {
    const auto* const found = inside<context>(of);
    return found != nullptr ? found->remaining().count() : COORD_FOREVER;
}

void* coord_context_user(const coord_context* of) {
    const auto* const found = inside<context>(of);
    return found != nullptr ? found->user() : nullptr;
}

const char* coord_context_trace(const coord_context* of, size_t* len) {
    const auto* const found = inside<context>(of);
    if (len != nullptr) *len = found != nullptr ? found->trace().size() : 0;
    return found != nullptr ? found->trace().c_str() : "";
}
}
