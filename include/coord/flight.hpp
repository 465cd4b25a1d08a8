// Duplicate suppression alone in C++: one load per key at a time, and nothing kept.
#pragma once

#include <coord/flight.h>
#include <coord/group_options.hpp>
#include <coord/loader.hpp>
#include <coord/pending.hpp>
#include <coord/queue.hpp>
#include <coord/runtime.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace coord {
inline namespace v0 {

/// How a flight is made.
struct flight_options {
    /// Of one load, however many wait; zero = 30 s.
    std::chrono::nanoseconds load_timeout{0};
    /// At once; zero = 1,024.
    std::uint32_t max_loads = 0;
    coord::on_abandoned on_abandoned = coord::on_abandoned::finish;
    loader load{};
    /// Instead of load: requests arrive here, as events with the token below.
    coord::queue* requests = nullptr;
    std::uint64_t requests_token = 0;
};

/// Loads each key once at a time for everybody who asks meanwhile, and keeps nothing. Move-only;
/// safe from any thread.
class flight {
  public:
    /// In the process-wide runtime, or in one of yours.
    explicit flight(flight_options options)
        : flight(detail::default_runtime(), std::move(options)) {}
    flight(const runtime& owner, flight_options options)
        : flight(owner.native_handle(), std::move(options)) {}

    /// What the load of the key gives; loads only when nobody does already. Throws what it failed
    /// with, `timed_out`, `cancelled`, ...
    bytes get(std::string_view key, const call_options& call = {}) {
        return try_get(key, call).value();
    }
    result<bytes> try_get(std::string_view key, const call_options& call = {}) noexcept {
        const auto native = call.native();
        coord_bytes* value = nullptr;
        coord_error* err = nullptr;
        const auto what =
            coord_flight_get(native_handle(), key.data(), key.size(), &native, &value, &err);
        if (what != COORD_OK) return detail::failure(what, err);
        return bytes(value);
    }
    pending<bytes> start_get(std::string_view key, const start_options& options = {}) {
        return detail::launch<bytes>(
            *completions_,
            options,
            [&](const coord_call_options* call,
                coord_queue* queue,
                std::uint64_t token,
                coord_op** op,
                coord_error** err) {
                return coord_flight_get_start(
                    native_handle(), key.data(), key.size(), call, queue, token, op, err);
            });
    }

    /// Runs a function on this thread while no load begins; loads that run go on. It must be quick.
    /// What it throws is thrown on.
    template <class Function>
    void lock(Function&& function) {
        struct call {
            Function& function;
            std::exception_ptr thrown;
        };
        call once{function, nullptr};
        const auto run = [](void* user) noexcept {
            auto& self = *static_cast<call*>(user);
            try {
                self.function();
            } catch (...) {
                self.thrown = std::current_exception();
            }
        };
        coord_error* err = nullptr;
        detail::check(coord_flight_lock(native_handle(), run, &once, &err), err);
        if (once.thrown) std::rethrow_exception(once.thrown);
    }

    /// BORROWED.
    coord_flight* native_handle() const noexcept { return handle_.get(); }

  private:
    flight(coord_runtime* owner, flight_options options) {
        coord_flight_options native{};
        native.size = sizeof native;
        native.load_timeout_ns = options.load_timeout.count();
        native.max_loads = options.max_loads;
        native.on_abandoned = static_cast<std::int32_t>(options.on_abandoned);
        native.requests = options.requests == nullptr ? nullptr : options.requests->native_handle();
        native.requests_token = options.requests_token;
        if (auto load = std::move(options.load).release()) {
            native.load = detail::run_handler;
            native.user_free = detail::free_handler;
            native.user = load.release();
        }
        coord_error* err = nullptr;
        detail::check(coord_flight_new(owner, &native, handle_.out(), &err), err);
        completions_.emplace(owner);
    }

    detail::handle<coord_flight, coord_flight_free> handle_;
    std::optional<detail::completions> completions_;
};

}  // namespace v0
}  // namespace coord
