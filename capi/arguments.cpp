#include "capi/arguments.hpp"

#include "capi/kinds.hpp"

namespace coord::capi {

result<time_point> read_timeout(std::int64_t timeout_ns,
                                const clock& time,
                                duration by_default,
                                off meaning,
                                const char* component) {
    if (timeout_ns == COORD_OFF && meaning == off::now) return time.now();
    if (timeout_ns == COORD_OFF)
        return invalid(component, "timeout_ns: COORD_OFF has no meaning here");
    if (timeout_ns < 0) return invalid(component, "timeout_ns: must not be negative");
    const auto wait = timeout_ns == 0 ? by_default : duration(timeout_ns);
    // No clock is read where no time counts.
    return wait == duration::max() ? never : after(time.now(), wait);
}

result<call> read_call(const coord_call_options* given,
                       const clock& time,
                       duration by_default,
                       off meaning,
                       const char* component) {
    if (given == nullptr && by_default == duration::max()) return call{};  // as most hits are
    const auto options = read_options(given, component, "call");
    if (!options) return options.error();
    if ((options->flags & ~std::uint32_t{COORD_CALL_COUNTED}) != 0)
        return invalid(component, "call.flags: unknown flag");
    const auto deadline = read_timeout(options->timeout_ns, time, by_default, meaning, component);
    if (!deadline) return deadline.error();
    call read{*deadline, nullptr, options->flags};
    if (options->context != nullptr) {
        const auto owner = need<context>(options->context);
        if (!owner) return owner.error();
        read.owner = ref<context>(*owner);
    }
    return read;
}

result<value_terms> read_terms(const coord_value_options* given,
                               const char* component,
                               std::uint32_t known) {
    static_assert(bytes::no_store == COORD_VALUE_NO_STORE);
    const auto options = read_options(given, component, "value");
    if (!options) return options.error();
    if ((options->flags & ~known & COORD_VALUE_NO_STORE) != 0)
        return invalid(component, "value.flags: COORD_VALUE_NO_STORE has no meaning here");
    if ((options->flags & ~known) != 0) return invalid(component, "value.flags: unknown flag");
    if (options->ttl_ns < 0) return invalid(component, "value.ttl_ns: must not be negative");
    if (options->expire_unix_ns < 0)
        return invalid(component, "value.expire_unix_ns: must not be negative");
    if (options->ttl_ns != 0 && options->expire_unix_ns != 0)
        return invalid(component, "value: set ttl_ns or expire_unix_ns, not both");
    return value_terms{options->flags, options->ttl_ns, options->expire_unix_ns};
}

}  // namespace coord::capi
