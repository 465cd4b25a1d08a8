#include "http/connection.hpp"

#include <algorithm>
#include <new>
#include <sys/socket.h>
#include <utility>

#include "base/assert.hpp"
#include "http/server_core.hpp"

namespace coord::http {
namespace {

// What a client that is being left may still send before it is cut off.
constexpr std::size_t max_linger_bytes = 64 << 10;

}  // namespace

connection::connection(server_core& owner) noexcept
    : core_(&owner), due_(never.time_since_epoch().count()) {}

ref<connection> connection::make(server_core& owner, int fd, const source& from) noexcept {
    auto wire = wire::make(owner.io, fd);
    if (!wire) return nullptr;
    ref<connection> made(new (std::nothrow) connection(owner));
    if (!made) return nullptr;
    made->wire_ = std::move(wire);
    made->from = from;
    const auto& wanted = owner.options;
    made->reader_ = request_reader::make({wanted.max_header_bytes,
                                          wanted.max_headers,
                                          wanted.max_target_bytes,
                                          wanted.max_body_bytes});
    return made->reader_ ? made : nullptr;
}

connection::~connection() {
    end();
}

void connection::start() noexcept {
    enter(phase::idle, core_->options.idle_timeout);
    wire_->read(reader_->room(), *this, this);
}

void connection::park() noexcept {
    enter(phase::idle, core_->options.idle_timeout);
    is_parked = true;
}

void connection::on_wire(int error, std::size_t bytes) noexcept {
    const auto now = phase_.load();
    if (core_->is_closed()) return end();
    if (now == phase::lingering) return error != 0 || bytes == 0 ? end() : read_lingering(bytes);
    if (now == phase::writing) {
        if (go_on(writer_.write(wire_->fd()))) run(reader_->next());
        return;
    }
    // Posted by who answered: what the next request has of bytes is there already.
    if (now == phase::handling) return run(reader_->next());
    if (error != 0 || bytes == 0) return end();
    run(reader_->take(bytes));
}

void connection::run(request_reader::progress seen) noexcept {
    for (;;) {
        if (seen == request_reader::progress::more) return await_bytes();
        if (seen == request_reader::progress::refused) return refuse(reader_->why());
        if (!serve()) return;
        seen = reader_->next();
    }
}

// True when the request was answered at once, and the connection is still ours.
bool connection::serve() noexcept {
    const auto serves = core_->serving();
    if (!serves) {
        refuse({500, "no further requests are served here"});
        return false;
    }
    enter(phase::handling, duration::max());
    core_->work.begin();
    is_counted_ = true;
    turn_.store(turn::handing);
    serves->handle(this);

    auto seen = turn::handing;
    if (turn_.compare_exchange_strong(seen, turn::asked)) {
        core_->cut_if_closed(*this);
        return false;
    }
    // Somebody else is writing right now: let him go on from there.
    if (seen == turn::answering_inside && turn_.compare_exchange_strong(seen, turn::answering))
        return false;
    turn_.store(turn::io);
    return go_on(sent_);
}

bool connection::claim_answer(turn& as) noexcept {
    auto seen = turn_.load();
    do {
        if (seen == turn::cut) return false;
        COORD_ASSERT(seen == turn::handing || seen == turn::asked);
        as = seen == turn::handing ? turn::answering_inside : turn::answering;
    } while (!turn_.compare_exchange_weak(seen, as));
    return true;
}

void connection::answer(reply with) noexcept {
    const ref<connection> keep(this);
    if (!core_->begin_answer()) return;
    reply sent;  // freed when nobody can wait for us any more: it may call the host
    auto as = turn::io;
    if (claim_answer(as)) {
        const auto last = with.close || !reader_->keeps_alive() || core_->is_draining();
        const auto still =
            reader_->is_old() ? reply_writer::after::go_on_old : reply_writer::after::go_on;
        writer_.begin(
            std::move(with), last ? reply_writer::after::close : still, core_->time.unix_ns());
        sent_ = writer_.write(wire_->fd());
        if (sent_ != reply_writer::progress::blocked) sent = writer_.take();
        auto inside = turn::answering_inside;
        if (as == turn::answering || !turn_.compare_exchange_strong(inside, turn::answered)) {
            turn_.store(turn::io);
            if (go_on(sent_)) await_next();
        }
    }
    core_->end_answer();
}

// The handler is for io threads only: a request that is there already is posted.
void connection::await_next() noexcept {
    if (reader_->has_next()) return wire_->post(*this, this);
    run(reader_->next());
}

// True when the reply is out and the connection goes on, still ours.
bool connection::go_on(reply_writer::progress seen) noexcept {
    if (seen == reply_writer::progress::broken) {
        end();
        return false;
    }
    if (seen == reply_writer::progress::blocked) {
        if (phase_.load() != phase::writing) {
            enter(phase::writing, core_->options.body_timeout);
            moved_before_ = writer_.written();
        }
        allow_for(writer_.written() - moved_before_);
        wire_->await_writable(*this, this);
        return false;
    }
    static_cast<void>(writer_.take());
    end_exchange();
    if (writer_.closes()) begin_linger();
    return !writer_.closes();
}

void connection::await_bytes() noexcept {
    const auto now = phase_.load();
    if (reader_->is_empty()) {
        enter(phase::idle, core_->options.idle_timeout);
        if (core_->is_draining()) return end();
    } else if (reader_->is_in_body()) {
        if (reader_->take_continue() && !send_continue()) return end();
        if (now != phase::body) enter(phase::body, core_->options.body_timeout);
        allow_for(reader_->body_bytes());
    } else if (now != phase::head) {
        enter(phase::head, core_->options.header_timeout);
    }
    const auto room = reader_->room();
    if (room.empty()) return end();
    wire_->read(room, *this, this);
}

void connection::refuse(refusal why) noexcept {
    if (why.status != 500) core_->count_malformed();
    const bool with_body = reader_->asked().verb != method::head;
    writer_.begin_refusal(why, with_body, core_->options.methods, core_->time.unix_ns());
    // It is small, and the client waits for it: what does not go at once is not worth waiting for.
    if (writer_.write(wire_->fd()) == reply_writer::progress::done) return begin_linger();
    end();
}

// To close at once would throw away what the client has not read yet, if it still sends.
void connection::begin_linger() noexcept {
    ::shutdown(wire_->fd(), SHUT_WR);
    enter(phase::lingering, limits::linger_timeout);
    wire_->read(reader_->scratch(), *this, this);
}

void connection::read_lingering(std::size_t arrived) noexcept {
    lingered_bytes_ += arrived;
    if (lingered_bytes_ > max_linger_bytes) return end();
    wire_->read(reader_->scratch(), *this, this);
}

bool connection::send_continue() noexcept {
    constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto sent = ::send(wire_->fd(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == static_cast<ssize_t>(text.size());
}

void connection::enter(phase begun, duration allowed) noexcept {
    phase_.store(begun);
    since_ = core_->now();
    allowed_ = allowed;
    due_.store(due_after(0), std::memory_order_relaxed);
}

void connection::allow_for(std::uint64_t moved_bytes) noexcept {
    due_.store(due_after(moved_bytes), std::memory_order_relaxed);
}

duration::rep connection::due_after(std::uint64_t moved_bytes) const noexcept {
    const auto rate = std::max<std::uint64_t>(1, core_->options.min_bytes_per_second);
    const auto earned = std::chrono::seconds(moved_bytes / rate);
    // Time is known as of the last sweep: one interval more, and nobody is cut early.
    auto when = after(time_point(duration(since_)), core_->sweep_interval());
    when = after(after(when, allowed_), earned);
    return when.time_since_epoch().count();
}

void connection::end_exchange() noexcept {
    if (std::exchange(is_counted_, false)) core_->work.end();
}

void connection::end() noexcept {
    static_cast<void>(writer_.take());
    core_->leave(*this);
    end_exchange();
}

void connection::shut() noexcept {
    due_.store(never.time_since_epoch().count(), std::memory_order_relaxed);  // once is enough
    if (wire_->fd() >= 0) ::shutdown(wire_->fd(), SHUT_RDWR);
}

duration connection::idle_for(time_point now) const noexcept {
    const duration until(due_.load(std::memory_order_relaxed));
    return now.time_since_epoch() - until + core_->options.idle_timeout;
}

bool connection::is_late(time_point now) const noexcept {
    return now.time_since_epoch().count() >= due_.load(std::memory_order_relaxed);
}

bool connection::is_slow() const noexcept {
    const auto now = phase_.load();
    return now == phase::head || now == phase::body || now == phase::writing;
}

void connection::cut_while_asked() noexcept {
    auto seen = turn::asked;
    if (!turn_.compare_exchange_strong(seen, turn::cut)) return;
    release_socket();
    end_exchange();
}

void connection::release_socket() noexcept {
    if (wire_->fd() >= 0) wire_->close();
}

}  // namespace coord::http
