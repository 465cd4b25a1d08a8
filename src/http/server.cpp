#include "http/server.hpp"

#include <utility>

#include "http/server_core.hpp"

namespace coord::http {

result<std::unique_ptr<server>> server::listen(io_threads& io,
                                               clock& time,
                                               std::shared_ptr<timer_heap> timers,
                                               std::string_view address,
                                               const server_options& wanted,
                                               ref<handler> serves) {
    const auto allowed =
        wanted.loopback_only ? listener::reach::loopback : listener::reach::anywhere;
    auto made = listener::open(io, address, allowed);
    if (!made) return made.error();
    const ref<server_core> core(
        new server_core(io, time, std::move(timers), wanted, std::move(serves)));
    std::unique_ptr<server> serving(new server(core));
    core->open(std::move(*made));
    return serving;
}

server::server(ref<server_core> made) noexcept : core_(std::move(made)) {}

server::~server() {
    close();
}

const std::string& server::address() const noexcept {
    return core_->address();
}

void server::drain() noexcept {
    core_->drain();
}

work_gauge& server::open() noexcept {
    return core_->work;
}

void server::close() noexcept {
    core_->close();
}

server_counters server::read() const noexcept {
    return core_->read();
}

}  // namespace coord::http
