#include "http/wire.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <new>
#include <optional>
#include <unistd.h>
#include <utility>

#include "runtime/op_room.hpp"
#include "runtime/protect.hpp"

namespace coord::http {
namespace {

namespace asio = boost::asio;
using descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

struct telling {
    wire_user* who;
    ref<const shared> kept;
    void operator()() const noexcept { who->on_wire(0, 0); }
    void operator()(boost::system::error_code why) const noexcept { who->on_wire(why.value(), 0); }
    void operator()(boost::system::error_code why, std::size_t bytes) const noexcept {
        // The end of a stream is an error of Asio's own category.
        who->on_wire(why == asio::error::eof ? 0 : why.value(), bytes);
    }
};

}  // namespace

struct wire::impl {
    explicit impl(io_threads& io) noexcept : context(io.context()) {}
    auto tell(wire_user& who, ref<const shared>&& kept) noexcept {
        return asio::bind_allocator(op_allocator<std::byte>(room), telling{&who, std::move(kept)});
    }
    asio::io_context& context;
    op_room room;
    // Gone once closed: it must not outlive the context, but who holds this may.
    std::optional<descriptor> watched;
};

wire::wire() noexcept = default;
wire::~wire() = default;

std::unique_ptr<wire> wire::make(io_threads& io, int fd) noexcept {
    std::unique_ptr<wire> made(new (std::nothrow) wire);
    if (made) made->impl_.reset(new (std::nothrow) impl(io));
    boost::system::error_code why;
    const bool there = made && made->impl_ && protect([&] {
                           made->impl_->watched.emplace(io.context());
                           made->impl_->watched->assign(fd, why);
                       });
    if (!there || why) {
        ::close(fd);
        return nullptr;
    }
    made->fd_ = fd;
    return made;
}

void wire::read(std::span<char> into, wire_user& who, ref<const shared> kept) noexcept {
    impl_->watched->async_read_some(asio::buffer(into.data(), into.size()),
                                    impl_->tell(who, std::move(kept)));
}

void wire::await_readable(wire_user& who, ref<const shared> kept) noexcept {
    impl_->watched->async_wait(descriptor::wait_read, impl_->tell(who, std::move(kept)));
}

void wire::await_writable(wire_user& who, ref<const shared> kept) noexcept {
    impl_->watched->async_wait(descriptor::wait_write, impl_->tell(who, std::move(kept)));
}

void wire::post(wire_user& who, ref<const shared> kept) noexcept {
    asio::post(impl_->context, impl_->tell(who, std::move(kept)));
}

void wire::close() noexcept {
    fd_ = -1;
    impl_->watched.reset();
}

}  // namespace coord::http
