// One connection of a server, and the exchange that is under way on it.
//
// It has one owner at a time: the io thread, or the operation that will call it there; the handler,
// which is to answer; or the thread that is answering. `turn_` passes it on. It keeps itself alive
// by what is under way; the server's list is weak, but for connections that wait for their turn.
#pragma once

#include <atomic>
#include <cstdint>

#include "http/listener.hpp"
#include "http/reply_writer.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"
#include "http/wire.hpp"

namespace coord::http {

class server_core;

class connection final : public exchange, private wire_user {
  public:
    // Takes the descriptor. Null when memory is short.
    static ref<connection> make(server_core& owner, int fd, const source& from) noexcept;
    ~connection() override;

    // Begins to read; once.
    void start() noexcept;
    // Waits for start(); the server's list then holds a reference.
    void park() noexcept;
    const request& asked() const noexcept override { return reader_->asked(); }
    void answer(reply with) noexcept override;

    // --- of the server, under its lock, while the connection is in its list
    connection* previous = nullptr;
    connection* next = nullptr;
    source from;
    bool is_listed = false;
    bool is_parked = false;   // accepted, but not read yet: too many of its source
    bool is_leaving = false;  // shut, to make room
    // What is under way ends soon.
    void shut() noexcept;
    bool is_idle() const noexcept { return phase_.load() == phase::idle; }
    // Of an idle one.
    duration idle_for(time_point now) const noexcept;
    bool is_late(time_point now) const noexcept;
    // Rather than idle, or told to go.
    bool is_slow() const noexcept;
    // Takes the socket from under a handler that has not answered; nothing in other states.
    void cut_while_asked() noexcept;
    void release_socket() noexcept;

  private:
    enum class phase : std::uint8_t { idle, head, body, handling, writing, lingering };
    enum class turn : std::uint8_t {
        io,                // an io thread's, or of the operation under way
        handing,           // the io thread is inside handle()
        answering_inside,  // the same, and meanwhile somebody answers
        answered,          // the same, and somebody did
        asked,             // the handler's
        answering,
        cut,  // nobody's: the server closed meanwhile
    };
    explicit connection(server_core& owner) noexcept;

    void on_wire(int error, std::size_t bytes) noexcept override;
    void run(request_reader::progress seen) noexcept;
    bool serve() noexcept;
    void refuse(refusal why) noexcept;
    bool claim_answer(turn& as) noexcept;
    bool go_on(reply_writer::progress seen) noexcept;
    void await_next() noexcept;
    void await_bytes() noexcept;
    void begin_linger() noexcept;
    void read_lingering(std::size_t arrived) noexcept;
    bool send_continue() noexcept;
    void enter(phase begun, duration allowed) noexcept;
    void allow_for(std::uint64_t moved_bytes) noexcept;
    duration::rep due_after(std::uint64_t moved_bytes) const noexcept;
    void end_exchange() noexcept;
    void end() noexcept;

    const ref<server_core> core_;
    std::unique_ptr<wire> wire_;
    std::unique_ptr<request_reader> reader_;
    reply_writer writer_;
    reply_writer::progress sent_ = reply_writer::progress::done;
    std::uint64_t moved_before_ = 0;  // of a reply, when it first had to wait
    std::size_t lingered_bytes_ = 0;
    bool is_counted_ = false;
    // Passes ownership on: acq_rel, so that who takes over sees what was done.
    std::atomic<turn> turn_{turn::io};
    // Written by the owner, read under the server's lock by its sweep. seq_cst with the server's
    // draining flag: either the drain sees an idle connection, or the connection sees the drain.
    std::atomic<phase> phase_{phase::idle};
    std::atomic<duration::rep> due_;  // relaxed: early or late by one sweep does not matter
    duration::rep since_ = 0;         // when the phase began
    duration allowed_{};
};

}  // namespace coord::http
