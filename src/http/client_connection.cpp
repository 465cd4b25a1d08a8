#include "http/client_connection.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <new>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "runtime/op_room.hpp"
#include "runtime/protect.hpp"

namespace coord::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using socket_type = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

}  // namespace

struct client_connection::wire {
    explicit wire(asio::io_context& io) : socket(io) {}
    op_room room;
    socket_type socket;
};

client_connection::client_connection(std::shared_ptr<connection_pool> owner,
                                     const response_reader::bounds& within) noexcept
    : owner_(std::move(owner)), reader_(within) {}

client_connection::~client_connection() = default;

ref<client_connection> client_connection::make(std::shared_ptr<connection_pool> owner,
                                               asio::io_context& io,
                                               const response_reader::bounds& within) noexcept {
    ref<client_connection> made(new (std::nothrow) client_connection(std::move(owner), within));
    if (!made) return nullptr;
    const bool enough = protect([&] { made->wire_ = std::make_unique<wire>(io); });
    return enough ? made : nullptr;
}

int client_connection::connect_to(const endpoint& where) noexcept {
    error_code ec;
    wire_->socket.close(ec);
    descriptor_ = -1;
    // Not by Asio, which would let children of the host inherit it.
    const int made = ::socket(where.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0) return errno;
    const int on = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto family = where.family() == AF_INET ? asio::ip::tcp::v4() : asio::ip::tcp::v6();
    const bool enough = protect([&] { wire_->socket.assign(family, made, ec); });
    if (!enough) ec = asio::error::no_memory;
    if (ec) {
        ::close(made);
        return ec.value();
    }
    descriptor_ = made;
    asio::ip::tcp::endpoint to;
    std::memcpy(to.data(), &where.room, where.size);
    to.resize(where.size);
    wire_->socket.async_connect(
        to,
        asio::bind_allocator(op_allocator<std::byte>(wire_->room),
                             [self = ref<client_connection>(this)](const error_code& failure) {
                                 if (failure)
                                     self->owner_->not_connected(*self, failure.value());
                                 else
                                     self->owner_->connected(*self);
                             }));
    return 0;
}

bool client_connection::is_quiet() const noexcept {
    char byte = 0;
    const auto got = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

void client_connection::load(std::string_view request) noexcept {
    written_ = 0;
    request_size_ = request.size();
    is_broken_ = !request_.reserve(request.size());
    if (is_broken_)
        broken_ = {COORD_NO_MEMORY, 0, "there is no memory for the request"};
    else if (!request.empty())
        std::memcpy(request_.data(), request.data(), request.size());
}

void client_connection::write_ahead() noexcept {
    while (!is_broken_ && written_ < request_size_) {
        const auto wrote = ::send(descriptor_,
                                  request_.data() + written_,
                                  request_size_ - written_,
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
        if (wrote >= 0) {
            written_ += static_cast<std::size_t>(wrote);
        } else if (errno != EINTR) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) return;
            is_broken_ = true;
            broken_ = {COORD_UNAVAILABLE, errno, ""};
        }
    }
}

void client_connection::exchange() noexcept {
    write_ahead();
    if (is_broken_)
        owner_->broke(*this, broken_);
    else if (written_ < request_size_)
        start_write();
    else
        start_read();
}

void client_connection::start_write() noexcept {
    wire_->socket.async_write_some(
        asio::const_buffer(request_.data() + written_, request_size_ - written_),
        asio::bind_allocator(
            op_allocator<std::byte>(wire_->room),
            [self = ref<client_connection>(this)](const error_code& failure, std::size_t bytes) {
                self->written_ += bytes;
                if (failure)
                    self->owner_->broke(*self, {COORD_UNAVAILABLE, failure.value(), ""});
                else
                    self->exchange();
            }));
}

void client_connection::start_read() noexcept {
    const auto room = reader_.room();
    if (room.empty()) {
        owner_->broke(*this, {COORD_NO_MEMORY, 0, "there is no memory for the reply"});
        return;
    }
    wire_->socket.async_read_some(
        asio::mutable_buffer(room.data(), room.size()),
        asio::bind_allocator(
            op_allocator<std::byte>(wire_->room),
            [self = ref<client_connection>(this)](const error_code& failure, std::size_t bytes) {
                const bool ended = failure == asio::error::eof;
                self->on_read(ended ? 0 : failure.value(), ended, bytes);
            }));
}

void client_connection::on_read(int failure, bool ended, std::size_t bytes) noexcept {
    using progress = response_reader::progress;
    if (failure != 0) return owner_->broke(*this, {COORD_UNAVAILABLE, failure, ""});
    switch (ended ? reader_.ended() : reader_.received(bytes)) {
        case progress::more:
            return start_read();
        case progress::done:
            ++replies_;
            return owner_->replied(*this);
        case progress::failed:
            return owner_->broke(*this, {reader_.failure(), ended ? ECONNRESET : 0, reader_.why()});
    }
}

void client_connection::finish_reply() noexcept {
    reader_.begin();
}

void client_connection::cut() noexcept {
    if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace coord::http
