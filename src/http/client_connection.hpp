// One connection of a client: connects, writes a request, reads its reply, and says what came of
// it.
//
// It always has one owner: the pool while it is idle, the thread that sends, or the operation under
// way and later the io thread that runs its handler. Only the owner calls it; what the pool's lock
// guards is in `place`. Each connect_to() and exchange() leads to one
// call of the pool.
#pragma once

#include <coord/status.h>

#include <boost/intrusive/list_hook.hpp>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "base/handle.hpp"
#include "http/growing_buffer.hpp"
#include "http/resolver.hpp"
#include "http/response_reader.hpp"

namespace boost::asio {
class io_context;
}

namespace coord::http {

class call;
class client_connection;

struct breakage {
    coord_status status = COORD_UNAVAILABLE;
    int number = 0;        // errno, or 0
    const char* why = "";  // static
};

class connection_pool {
  public:
    virtual void connected(client_connection& by) noexcept = 0;
    virtual void not_connected(client_connection& by, int why) noexcept = 0;
    virtual void replied(client_connection& by) noexcept = 0;
    virtual void broke(client_connection& by, const breakage& how) noexcept = 0;

  protected:
    ~connection_pool() = default;
};

class client_connection final : public shared {
  public:
    // Guarded by the pool's lock.
    struct places {
        call* serves = nullptr;
        bool listed = false;
        bool connecting = false;
        bool too_late = false;  // cut while it was connecting
        time_point until{};     // while it connects, or is idle: when that ends
    };

    // Null when memory is short.
    static ref<client_connection> make(std::shared_ptr<connection_pool> owner,
                                       boost::asio::io_context& io,
                                       const response_reader::bounds& within) noexcept;
    ~client_connection() override;

    // 0, and connected() or not_connected() follows on an io thread; or errno. Under the pool's
    // lock.
    int connect_to(const endpoint& where) noexcept;
    // Nothing came since the last reply, not even an end.
    bool is_quiet() const noexcept;
    // Copies the request, so that its caller may be told and go at any time. When memory is short
    // the next exchange says so.
    void load(std::string_view request) noexcept;
    // Writes as much as goes at once. exchange() writes the rest, and reads the reply.
    void write_ahead() noexcept;
    void exchange() noexcept;
    void finish_reply() noexcept;  // its views are not needed any more
    // From any thread, under the pool's lock: what is under way ends soon.
    void cut() noexcept;

    const response_reader& reader() const noexcept { return reader_; }
    // Neither a byte of a reply, nor is this the first request.
    bool died_waiting() const noexcept { return replies_ != 0 && !reader_.began(); }

    boost::intrusive::list_member_hook<> in_all;  // with `place`
    boost::intrusive::list_member_hook<> in_idle;
    places place;
    addresses candidates;       // of the connect under way
    std::size_t candidate = 0;  // the one that is tried
    std::uint64_t heard_before = 0;

  private:
    struct wire;
    client_connection(std::shared_ptr<connection_pool> owner,
                      const response_reader::bounds& within) noexcept;
    void start_write() noexcept;
    void start_read() noexcept;
    void on_read(int failure, bool ended, std::size_t bytes) noexcept;

    const std::shared_ptr<connection_pool> owner_;
    std::unique_ptr<wire> wire_;
    response_reader reader_;
    growing_buffer request_;
    std::size_t request_size_ = 0;
    std::size_t written_ = 0;
    breakage broken_;  // by writing ahead, told by exchange()
    bool is_broken_ = false;
    int descriptor_ = -1;
    std::uint64_t replies_ = 0;
};

}  // namespace coord::http
