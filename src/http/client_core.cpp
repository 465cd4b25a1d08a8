#include "http/client_core.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <utility>

namespace coord::http {

void client_core::line::push(call& last) noexcept {
    last.previous_ = last_;
    last.next_ = nullptr;
    (last_ == nullptr ? first_ : last_->next_) = &last;
    last_ = &last;
    ++size_;
}

void client_core::line::take(call& one) noexcept {
    (one.previous_ == nullptr ? first_ : one.previous_->next_) = one.next_;
    (one.next_ == nullptr ? last_ : one.next_->previous_) = one.previous_;
    one.previous_ = one.next_ = nullptr;
    --size_;
}

call* client_core::line::pop() noexcept {
    call* const popped = first_;
    if (popped != nullptr) take(*popped);
    return popped;
}

void client_core::line::take_all(line& others) noexcept {
    while (call* const each = others.pop()) push(*each);
}

void client_core::verdict::tell() noexcept {
    while (call* const each = calls.pop()) each->failed(why);
}

client_core::client_core(environment around, const url& to, const client_options& wanted)
    : around_(std::move(around)), options_(wanted), name_(to.text) {}

std::shared_ptr<client_core> client_core::make(io_threads& io,
                                               clock& time,
                                               std::shared_ptr<timer_heap> timers,
                                               const url& to,
                                               const client_options& wanted,
                                               name_look_up by) {
    std::shared_ptr<client_core> made(new client_core({io, time, std::move(timers)}, to, wanted));
    std::uint16_t port = 0;
    std::from_chars(to.port.data(), to.port.data() + to.port.size(), port);
    if (const auto known = numeric_endpoint(to.host, port)) {
        made->known_.list[0] = *known;
        made->known_.count = 1;
    } else {
        made->source_ = std::make_shared<name_source>(name_source{to.host, port, std::move(by)});
    }
    made->around_.timers->arm(*made, never);
    made->self_ = made;
    return made;
}

void client_core::send(call& what) noexcept {
    what.previous_ = what.next_ = nullptr;
    what.connection_ = nullptr;
    what.retried_ = false;
    for (bool counted = false;; counted = true) {
        verdict untold;
        ref<client_connection> by;
        {
            const std::lock_guard lock(mutex_);
            if (!counted) ++counters_.sent;
            by = board(what, untold);
        }
        untold.tell();
        if (!by) return;
        if (by->is_quiet()) return by->exchange();
        // Closed by the peer meanwhile, or it sent what nobody asked for.
        bool still_mine = false;
        {
            const std::lock_guard lock(mutex_);
            still_mine = leave(*by) != nullptr;
        }
        discard(*by);
        if (!still_mine) return;
    }
}

ref<client_connection> client_core::board(call& what, verdict& untold) noexcept {
    if (closed_) {
        ++counters_.failures;
        untold.why = failure(COORD_CANCELLED, 0, "the client was closed");
        untold.calls.push(what);
        return nullptr;
    }
    watch(what.deadline);
    if (!idle_.empty()) {
        auto& by = idle_.front();
        idle_.pop_front();
        serve(by, what);
        return ref<client_connection>(&by);
    }
    waiting_.push(what);
    connect_more(untold);
    return nullptr;
}

void client_core::serve(client_connection& by, call& next) noexcept {
    by.place.serves = &next;
    next.connection_ = &by;
    by.load(next.request);
}

call* client_core::leave(client_connection& by) noexcept {
    call* const served = std::exchange(by.place.serves, nullptr);
    if (served != nullptr) served->connection_ = nullptr;
    return served;
}

bool client_core::serve_next(client_connection& by) noexcept {
    call* const next = waiting_.pop();
    if (next != nullptr) serve(by, *next);
    return next != nullptr;
}

void client_core::rest(client_connection& by) noexcept {
    by.place.until = after(around_.time.now(), options_.idle_timeout);
    idle_.push_front(by);
    watch(by.place.until);
}

void client_core::unlist(client_connection& gone) noexcept {
    if (!gone.place.listed) return;
    gone.place.listed = false;
    all_.erase(all_.iterator_to(gone));
    intrusive_ptr_release(&gone);
}

void client_core::replied(client_connection& by) noexcept {
    call* told = nullptr;
    bool keep = false;
    bool next = false;
    {
        const std::lock_guard lock(mutex_);
        ++heard_;
        told = leave(by);
        // Who answers too late was cut.
        keep = told != nullptr && by.place.listed && by.reader().may_be_followed();
        next = keep && serve_next(by);
    }
    // The peer works on the next while this one is told.
    if (next) by.write_ahead();
    if (told != nullptr) told->answered(by.reader().reply());
    by.finish_reply();
    if (next)
        by.exchange();
    else if (keep)
        park(by);
    else
        discard(by);
}

void client_core::park(client_connection& by) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (!by.place.listed) return;
        if (!serve_next(by)) return rest(by);
    }
    by.exchange();
}

void client_core::discard(client_connection& by) noexcept {
    verdict untold;
    {
        const std::lock_guard lock(mutex_);
        unlist(by);
        connect_more(untold);
    }
    untold.tell();
}

void client_core::broke(client_connection& by, const breakage& how) noexcept {
    verdict failed;
    verdict untold;
    {
        const std::lock_guard lock(mutex_);
        call* const served = leave(by);
        unlist(by);
        const bool died = how.number == ECONNRESET || how.number == EPIPE;
        if (served != nullptr && died && by.died_waiting() && !served->retried_) {
            served->retried_ = true;
            ++counters_.retries;
            again_.push(*served);
        } else if (served != nullptr) {
            ++counters_.failures;
            failed.why = failure(how.status, how.number, how.why);
            failed.calls.push(*served);
        }
        connect_more(untold);
    }
    failed.tell();
    untold.tell();
}

void client_core::close() noexcept {
    verdict cancelled;
    idle_connections dead;
    std::shared_ptr<client_core> self;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true)) return;
        dead.swap(idle_);
        all_.clear_and_dispose([&](client_connection* each) {
            each->place.listed = false;
            if (call* const served = leave(*each)) cancelled.calls.push(*served);
            if (each->in_idle.is_linked()) return;
            each->cut();
            // Whoever owns it holds it too.
            intrusive_ptr_release(each);
        });
        cancelled.calls.take_all(waiting_);
        cancelled.calls.take_all(again_);
        cancelled.why = failure(COORD_CANCELLED, 0, "the client was closed");
        counters_.failures += cancelled.calls.size();
        // Else on_timer() is on its way, and lets go.
        if (!is_armed_ || around_.timers->cancel(*this)) self = std::move(self_);
    }
    cancelled.tell();
    drop(dead);
}

void client_core::drop(idle_connections& dead) noexcept {
    dead.clear_and_dispose([](client_connection* each) { intrusive_ptr_release(each); });
}

client_counters client_core::read() const noexcept {
    const std::lock_guard lock(mutex_);
    auto seen = counters_;
    seen.connections = all_.size();
    return seen;
}

client_core::view client_core::look() const noexcept {
    const std::lock_guard lock(mutex_);
    return {waiting_.size() + again_.size(), idle_.size()};
}

// "http://10.0.0.1:80: connection refused"
error client_core::failure(coord_status status, int number, const char* why) const noexcept {
    std::array<char, 512> room;
    if (*why == '\0') why = strerrordesc_np(number);
    if (why == nullptr) why = "unknown failure";
    const auto end = fmt::format_to_n(room.data(), room.size(), "{:.400}: {}", name_, why);
    const auto size = std::min(end.size, room.size());
    // The system's texts begin as sentences do.
    if (char* const first = room.data() + std::min<std::size_t>(name_.size(), 400) + 2;
        first + 1 < room.data() + size && first[0] >= 'A' && first[0] <= 'Z' && first[1] >= 'a')
        first[0] = static_cast<char>(first[0] - 'A' + 'a');
    error made(status, "peers", {room.data(), size});
    return number == 0 ? made : std::move(made).native("errno", number);
}

}  // namespace coord::http
