// What the connections of a server share: the list of them, the limits, and the sweep that ends
// slow ones. One lock, never held while the handler runs.
#pragma once

#include <atomic>
#include <mutex>

#include "http/connection.hpp"
#include "http/listener.hpp"
#include "http/server.hpp"
#include "runtime/timers.hpp"

namespace coord::http {

class server_core final : public shared, private timer, private wire_user {
  public:
    server_core(io_threads& io,
                clock& time,
                std::shared_ptr<timer_heap> timers,
                const server_options& wanted,
                ref<handler> serves);
    void open(std::unique_ptr<listener> made) noexcept;

    void drain() noexcept;
    void close() noexcept;
    server_counters read() const noexcept;
    const std::string& address() const noexcept { return listener_->address(); }

    // --- for connections
    const server_options options;
    clock& time;
    io_threads& io;
    work_gauge work;
    // Null when no further request is to be served.
    ref<handler> serving() noexcept;
    bool is_draining() const noexcept { return draining_.load(); }
    bool is_closed() const noexcept { return closed_.load(); }
    // Time as of the last sweep: good enough for deadlines, and free.
    duration::rep now() const noexcept { return now_.load(std::memory_order_relaxed); }
    duration sweep_interval() const noexcept { return interval_; }
    void count_malformed() noexcept { malformed_.fetch_add(1, std::memory_order_relaxed); }
    // Between these Asio's context is certain to be there, though another thread closes the server.
    bool begin_answer() noexcept;
    void end_answer() noexcept;
    // Closes its socket, and lets another of its source begin.
    void leave(connection& which) noexcept;
    void cut_if_closed(connection& which) noexcept;

  private:
    enum class accepting : std::uint8_t { yes, full, short_of_descriptors };
    enum class place : std::uint8_t { running, parked, nowhere };

    void on_wire(int error, std::size_t bytes) noexcept override;
    bool accept_one() noexcept;
    void admit(int fd, const source& from) noexcept;
    place place_for(const source& from) const noexcept;
    bool is_limited(const source& from) const noexcept;
    void resume_accepting() noexcept;
    void link(connection& which) noexcept;
    void unlink(connection& which) noexcept;
    ref<connection> start_parked(const source& of) noexcept;
    void drop_parked(time_point now) noexcept;
    void make_room(time_point now) noexcept;
    bool shut_idlest(const source* of, time_point now) noexcept;
    void stop_listening() noexcept;
    bool arm_sweep() noexcept;
    void on_timer() noexcept override;

    const std::shared_ptr<timer_heap> timers_;
    const duration interval_;
    std::mutex mutex_;
    std::unique_ptr<listener> listener_;  // its address stays when it is closed
    bool listens_ = false;
    accepting accepting_ = accepting::yes;
    ref<handler> handler_;
    connection* first_ = nullptr;
    connection* last_ = nullptr;
    std::uint32_t linked_ = 0;
    ref<server_core> armed_;  // itself, while the sweep's timer is armed

    std::atomic<duration::rep> now_;        // relaxed
    std::atomic<bool> draining_{false};     // seq_cst, see connection::phase_
    std::atomic<bool> closed_{false};       // seq_cst, pairs with answering_
    std::atomic<std::uint32_t> answering_;  // threads between begin_answer() and end_answer()
    // relaxed: counts
    std::atomic<std::uint64_t> requests_{0};
    std::atomic<std::uint64_t> malformed_{0};
    std::atomic<std::uint64_t> timed_out_{0};
    std::atomic<std::uint64_t> open_{0};
};

}  // namespace coord::http
