// The part of the pool that finds the peer: names, addresses, and what a failed connect means.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "http/client_core.hpp"

namespace coord::http {
namespace {

// Says nothing about the peer.
bool is_of_this_machine(int why) noexcept {
    return why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM || why == EAGAIN;
}

}  // namespace

bool client_core::needs_connection() const noexcept {
    return !closed_ && !looking_up_ && connecting_ < waiting_.size() + again_.size() &&
           all_.size() < std::max<std::size_t>(options_.max_connections, 1) &&
           (there_ || connecting_ == 0);
}

void client_core::connect_more(verdict& untold) noexcept {
    while (needs_connection()) {
        if (known_.count == 0) {
            heard_before_look_up_ = heard_;
            looking_up_ = start_look_up(source_, weak_from_this());
            if (!looking_up_) fail_line(failure(COORD_UNAVAILABLE, errno, ""), true, untold);
            return;
        }
        const auto made =
            client_connection::make(shared_from_this(),
                                    around_.io.context(),
                                    {options_.max_header_bytes, options_.max_body_bytes});
        if (!made)
            return fail_line(
                failure(COORD_NO_MEMORY, 0, "there is no memory to connect"), true, untold);
        intrusive_ptr_add_ref(made.get());
        made->place.listed = made->place.connecting = true;
        all_.push_back(*made);
        ++connecting_;
        made->candidates = known_;
        made->heard_before = heard_;
        if (const int why = try_candidates(*made); why != 0) return give_up(*made, why, untold);
    }
}

// 0 when one is being tried.
int client_core::try_candidates(client_connection& by) noexcept {
    int why = EADDRNOTAVAIL;
    for (; by.candidate < by.candidates.count; ++by.candidate) {
        why = by.connect_to(by.candidates.list[by.candidate]);
        if (why == 0) {
            by.place.too_late = false;
            by.place.until = after(around_.time.now(), options_.connect_timeout);
            watch(by.place.until);
            return 0;
        }
        if (is_of_this_machine(why)) return why;
    }
    return why;
}

void client_core::connected(client_connection& by) noexcept {
    verdict untold;
    bool next = false;
    bool too_late = false;
    {
        const std::lock_guard lock(mutex_);
        if (!by.place.listed) return;
        too_late = by.place.too_late;
        if (!too_late) {
            by.place.connecting = false;
            --connecting_;
            ++heard_;
            there_ = true;
            known_.prefer(by.candidates.list[by.candidate]);
            call* const first = again_.pop();
            if (first != nullptr) serve(by, *first);
            next = first != nullptr || serve_next(by);
            if (!next) rest(by);
            connect_more(untold);
        }
    }
    untold.tell();
    if (next)
        by.exchange();
    else if (too_late)
        not_connected(by, ETIMEDOUT);
}

void client_core::not_connected(client_connection& by, int why) noexcept {
    verdict untold;
    {
        const std::lock_guard lock(mutex_);
        if (!by.place.listed) return;
        if (by.place.too_late) why = ETIMEDOUT;
        if (++by.candidate < by.candidates.count) {
            why = try_candidates(by);
            if (why == 0) return;
        }
        give_up(by, why, untold);
    }
    untold.tell();
}

void client_core::give_up(client_connection& by, int why, verdict& untold) noexcept {
    const bool heard_since = heard_ != by.heard_before;
    by.place.connecting = false;
    --connecting_;
    unlist(by);
    there_ = false;
    if (source_) known_.count = 0;
    if (heard_since) return connect_more(untold);
    fail_line(failure(COORD_UNAVAILABLE, why, ""), is_of_this_machine(why), untold);
}

void client_core::fail_line(error why, bool by_this_machine, verdict& untold) noexcept {
    untold.why = std::move(why);
    untold.calls.take_all(again_);
    if (!by_this_machine || all_.empty()) untold.calls.take_all(waiting_);
    counters_.failures += untold.calls.size();
}

void client_core::resolved(const addresses& found) noexcept {
    verdict untold;
    {
        const std::lock_guard lock(mutex_);
        looking_up_ = false;
        if (closed_) return;
        known_ = found;
        if (found.count == 0 && heard_ == heard_before_look_up_)
            fail_line(failure(COORD_UNAVAILABLE, 0, found.failure), true, untold);
        else if (found.count != 0 || all_.empty())  // else the next reply or end asks again
            connect_more(untold);
    }
    untold.tell();
}

}  // namespace coord::http
