// The pool behind a client: calls in line, connections, deadlines.
//
// Rules, all under one lock that is never held while a call is told its end:
// - A call takes the idle connection that was used last; else it stands in line, first come, first
//   served, by whatever connection is free next. A connect is begun when more calls stand in line
//   than connects are under way. While it is not known that the peer is there (at first, and after
//   a failure) only one is under way at a time.
// - When a connect fails, at every address, all who stand in line fail with it, unless the peer was
//   heard from since it began: then another is begun. When the fault is this machine's (no
//   descriptor left, say) and other connections are there, the line waits for those.
// - A call whose reused connection died before a byte of the reply stands in a line of its own,
// which
//   new connections serve first.
// - One timer, never disarmed, for the earliest of all deadlines. Whoever is late is told so, and
// the
//   connection is cut; its owner then finds that nobody is served.
#pragma once

#include <boost/intrusive/list.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "http/client.hpp"
#include "http/client_connection.hpp"

namespace coord::http {

class client_core final : public std::enable_shared_from_this<client_core>,
                          public connection_pool,
                          public name_user,
                          private timer {
  public:
    // May throw bad_alloc.
    static std::shared_ptr<client_core> make(io_threads& io,
                                             clock& time,
                                             std::shared_ptr<timer_heap> timers,
                                             const url& to,
                                             const client_options& wanted,
                                             name_look_up by = &look_up);

    void send(call& what) noexcept;
    void close() noexcept;
    client_counters read() const noexcept;
    struct view {
        std::size_t waiting;  // calls in line
        std::size_t idle;     // connections
    };
    view look() const noexcept;

  private:
    class line {
      public:
        std::size_t size() const noexcept { return size_; }
        call* first() const noexcept { return first_; }
        static call* after(const call& one) noexcept { return one.next_; }
        void push(call& last) noexcept;
        void take(call& one) noexcept;
        call* pop() noexcept;
        void take_all(line& others) noexcept;

      private:
        call* first_ = nullptr;
        call* last_ = nullptr;
        std::size_t size_ = 0;
    };
    // Calls to be told how they failed, once the lock is given up.
    struct verdict {
        line calls;
        error why;
        void tell() noexcept;
    };
    template <boost::intrusive::list_member_hook<> client_connection::*Hook>
    using connections =
        boost::intrusive::list<client_connection,
                               boost::intrusive::member_hook<client_connection,
                                                             boost::intrusive::list_member_hook<>,
                                                             Hook>>;
    using all_connections = connections<&client_connection::in_all>;
    // Each keeps the reference that it had among all.
    using idle_connections = connections<&client_connection::in_idle>;
    struct environment {
        io_threads& io;
        clock& time;
        std::shared_ptr<timer_heap> timers;
    };

    client_core(environment around, const url& to, const client_options& wanted);

    // connection_pool
    void connected(client_connection& by) noexcept override;
    void not_connected(client_connection& by, int why) noexcept override;
    void replied(client_connection& by) noexcept override;
    void broke(client_connection& by, const breakage& how) noexcept override;
    // name_user
    void resolved(const addresses& found) noexcept override;
    // timer
    void on_timer() noexcept override;

    // With the lock.
    ref<client_connection> board(call& what, verdict& untold) noexcept;
    static void serve(client_connection& by, call& next) noexcept;
    static call* leave(client_connection& by) noexcept;
    bool serve_next(client_connection& by) noexcept;
    void rest(client_connection& by) noexcept;
    void unlist(client_connection& gone) noexcept;
    bool needs_connection() const noexcept;
    void connect_more(verdict& untold) noexcept;
    int try_candidates(client_connection& by) noexcept;
    void give_up(client_connection& by, int why, verdict& untold) noexcept;
    void fail_line(error why, bool by_this_machine, verdict& untold) noexcept;
    void watch(time_point when) noexcept;
    void arm() noexcept;
    time_point sweep_connections(time_point now, verdict& late) noexcept;
    time_point sweep_line(line& of, time_point now, verdict& late) noexcept;
    time_point sweep_idle(time_point now, idle_connections& dead) noexcept;

    // Without.
    void park(client_connection& by) noexcept;
    void discard(client_connection& by) noexcept;
    static void drop(idle_connections& dead) noexcept;
    error failure(coord_status status, int number, const char* why) const noexcept;

    const environment around_;
    const client_options options_;
    const std::string name_;                     // of the peer, for messages
    std::shared_ptr<const name_source> source_;  // null when its address is known

    mutable std::mutex mutex_;
    line waiting_;
    line again_;  // on a new connection only
    all_connections all_;
    idle_connections idle_;  // the last used first
    addresses known_;
    std::size_t connecting_ = 0;
    std::uint64_t heard_ = 0;  // connects and replies that came about
    std::uint64_t heard_before_look_up_ = 0;
    bool there_ = false;  // the last connect came about
    bool looking_up_ = false;
    bool closed_ = false;
    time_point watched_ = never;
    bool is_armed_ = true;  // but while on_timer() runs, or memory was short
    client_counters counters_;
    std::shared_ptr<client_core> self_;  // while the timer is armed
};

}  // namespace coord::http
