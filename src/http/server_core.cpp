#include "http/server_core.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>
#include <utility>

#include "runtime/protect.hpp"

namespace coord::http {
namespace {

// Connections taken in one go, before others of the io thread have their turn.
constexpr int most_at_once = 32;

duration sweep_interval_of(const server_options& wanted) noexcept {
    using namespace std::chrono_literals;
    const duration shortest = std::min({duration(wanted.header_timeout),
                                        duration(wanted.body_timeout),
                                        duration(wanted.idle_timeout),
                                        duration(limits::linger_timeout)});
    return std::clamp<duration>(shortest / 4, 10ms, 250ms);
}

// Who is given addresses is given a whole /64 of IPv6.
bool is_same(const source& a, const source& b) noexcept {
    const bool is_v4 = a.address[10] == 0xFF && a.address[11] == 0xFF;
    return std::equal(a.address.begin(), a.address.begin() + (is_v4 ? 16 : 8), b.address.begin());
}

}  // namespace

server_core::server_core(io_threads& threads,
                         clock& machine,
                         std::shared_ptr<timer_heap> timers,
                         const server_options& wanted,
                         ref<handler> serves)
    : options(wanted),
      time(machine),
      io(threads),
      timers_(std::move(timers)),
      interval_(sweep_interval_of(wanted)),
      handler_(std::move(serves)),
      now_(machine.now().time_since_epoch().count()),
      answering_(0) {}

void server_core::open(std::unique_ptr<listener> made) noexcept {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(made);
    listens_ = true;
    listener_->await(*this, this);
}

void server_core::on_wire(int, std::size_t) noexcept {
    for (int i = 0; i < most_at_once; ++i)
        if (!accept_one()) return;
    const std::lock_guard lock(mutex_);
    if (listens_) listener_->await(*this, this);
}

// False when nothing more is to be accepted now; what comes later is then arranged for.
bool server_core::accept_one() noexcept {
    int fd = -1;
    source from;
    {
        const std::lock_guard lock(mutex_);
        if (!listens_) return false;
        if (linked_ >= options.max_connections) {
            accepting_ = accepting::full;
            return false;
        }
        fd = listener_->accept(from);
        if (fd < 0) {
            if (errno == ECONNABORTED || errno == EINTR) return true;
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                listener_->await(*this, this);
                return false;
            }
            // No descriptors or no memory: to try at once again would only burn time.
            accepting_ = accepting::short_of_descriptors;
            if (!arm_sweep()) resume_accepting();
            return false;
        }
    }
    admit(fd, from);
    return true;
}

void server_core::admit(int fd, const source& from) noexcept {
    const auto made = connection::make(*this, fd, from);
    if (!made) return;
    const std::lock_guard lock(mutex_);
    if (!listens_) return;
    const auto where = place_for(from);
    if (where == place::nowhere || !arm_sweep()) return;
    link(*made);
    if (where == place::running) return made->start();
    made->park();
    intrusive_ptr_add_ref(made.get());
}

// A source that holds all it may has as many wait, so that it cannot take what others need.
server_core::place server_core::place_for(const source& from) const noexcept {
    if (!is_limited(from)) return place::running;
    std::uint32_t running = 0;
    std::uint32_t parked = 0;
    for (const auto* each = first_; each != nullptr; each = each->next)
        if (is_same(each->from, from)) ++(each->is_parked ? parked : running);
    if (running < options.max_connections_per_source) return place::running;
    return parked < options.max_connections_per_source ? place::parked : place::nowhere;
}

bool server_core::is_limited(const source& from) const noexcept {
    return !from.is_loopback || options.limit_loopback;
}

void server_core::resume_accepting() noexcept {
    accepting_ = accepting::yes;
    if (listens_) listener_->await(*this, this);
}

void server_core::link(connection& which) noexcept {
    which.is_listed = true;
    which.previous = last_;
    (last_ != nullptr ? last_->next : first_) = &which;
    last_ = &which;
    open_.store(++linked_, std::memory_order_relaxed);
}

void server_core::unlink(connection& which) noexcept {
    which.is_listed = false;
    (which.previous != nullptr ? which.previous->next : first_) = which.next;
    (which.next != nullptr ? which.next->previous : last_) = which.previous;
    open_.store(--linked_, std::memory_order_relaxed);
}

void server_core::leave(connection& which) noexcept {
    ref<connection> begun;  // let go of outside the lock, which its end takes
    const std::lock_guard lock(mutex_);
    which.release_socket();
    if (!which.is_listed) return;
    unlink(which);
    if (is_limited(which.from)) begun = start_parked(which.from);
    if (accepting_ == accepting::full) resume_accepting();
}

ref<connection> server_core::start_parked(const source& of) noexcept {
    for (auto* each = first_; each != nullptr; each = each->next) {
        if (!each->is_parked || !is_same(each->from, of)) continue;
        each->is_parked = false;
        each->start();
        return ref<connection>(each, false);
    }
    return nullptr;
}

// Lets go of those whose time is up. One after the other: their end takes the lock.
void server_core::drop_parked(time_point now) noexcept {
    for (;;) {
        ref<connection> late;
        const std::lock_guard lock(mutex_);
        auto* each = first_;
        while (each != nullptr && !(each->is_parked && each->is_late(now))) each = each->next;
        if (each == nullptr) return;
        late = ref<connection>(each, false);
        unlink(*each);
        if (accepting_ == accepting::full) resume_accepting();
    }
}

// Who keeps a connection without using it gives way to who waits for one. With the lock.
void server_core::make_room(time_point now) noexcept {
    for (auto* each = first_; each != nullptr; each = each->next)
        if (each->is_parked) static_cast<void>(shut_idlest(&each->from, now));
    if (accepting_ != accepting::full) return;
    for (int i = 0; i < most_at_once && shut_idlest(nullptr, now); ++i) {
    }
}

bool server_core::shut_idlest(const source* of, time_point now) noexcept {
    connection* idlest = nullptr;
    duration longest = limits::idle_before_giving_way;
    for (auto* each = first_; each != nullptr; each = each->next) {
        if (each->is_parked || each->is_leaving || !each->is_idle()) continue;
        if (of != nullptr && !is_same(each->from, *of)) continue;
        const auto idle = each->idle_for(now);
        if (idle < longest) continue;
        longest = idle;
        idlest = each;
    }
    if (idlest == nullptr) return false;
    idlest->is_leaving = true;
    idlest->shut();
    return true;
}

bool server_core::arm_sweep() noexcept {
    if (armed_) return true;
    const auto seen = time.now();
    now_.store(seen.time_since_epoch().count(), std::memory_order_relaxed);
    armed_ = this;
    if (protect([&] { timers_->arm(*this, after(seen, interval_)); })) return true;
    armed_.reset();
    return false;
}

void server_core::on_timer() noexcept {
    const auto seen = time.now();
    now_.store(seen.time_since_epoch().count(), std::memory_order_relaxed);
    drop_parked(seen);
    ref<server_core> self;
    const std::lock_guard lock(mutex_);
    self = std::move(armed_);
    if (closed_.load()) return;
    for (auto* each = first_; each != nullptr; each = each->next) {
        if (each->is_parked || !each->is_late(seen)) continue;
        if (each->is_slow()) timed_out_.fetch_add(1, std::memory_order_relaxed);
        each->shut();
    }
    make_room(seen);
    if (accepting_ == accepting::short_of_descriptors) resume_accepting();
    if (first_ != nullptr) static_cast<void>(arm_sweep());
}

ref<handler> server_core::serving() noexcept {
    const std::lock_guard lock(mutex_);
    if (draining_.load() || !handler_) return nullptr;
    requests_.fetch_add(1, std::memory_order_relaxed);
    return handler_;
}

bool server_core::begin_answer() noexcept {
    answering_.fetch_add(1);
    if (!closed_.load()) return true;
    end_answer();
    return false;
}

void server_core::end_answer() noexcept {
    if (answering_.fetch_sub(1) == 1 && closed_.load()) answering_.notify_all();
}

void server_core::cut_if_closed(connection& which) noexcept {
    if (!closed_.load()) return;
    const std::lock_guard lock(mutex_);
    which.cut_while_asked();
}

void server_core::drain() noexcept {
    draining_.store(true);
    {
        const std::lock_guard lock(mutex_);
        stop_listening();
        for (auto* each = first_; each != nullptr; each = each->next)
            if (!each->is_parked && each->is_idle()) each->shut();
    }
    drop_parked(never);
}

void server_core::stop_listening() noexcept {
    if (std::exchange(listens_, false)) listener_->close();
}

void server_core::close() noexcept {
    closed_.store(true);
    drain();
    {
        ref<handler> gone;
        ref<server_core> self;
        const std::lock_guard lock(mutex_);
        gone = std::move(handler_);
        if (timers_->cancel(*this)) self = std::move(armed_);
        while (first_ != nullptr) {
            connection& each = *first_;
            unlink(each);
            each.shut();
            each.cut_while_asked();
        }
    }
    // They are on their way out, and wait for nothing.
    while (const auto threads = answering_.load()) answering_.wait(threads);
}

server_counters server_core::read() const noexcept {
    server_counters all;
    all.requests = requests_.load(std::memory_order_relaxed);
    all.malformed = malformed_.load(std::memory_order_relaxed);
    all.timed_out = timed_out_.load(std::memory_order_relaxed);
    all.connections = open_.load(std::memory_order_relaxed);
    return all;
}

}  // namespace coord::http
