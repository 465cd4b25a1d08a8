#include "http/client.hpp"

#include <utility>

#include "http/client_core.hpp"

namespace coord::http {

client::client(std::shared_ptr<client_core> made) noexcept : core_(std::move(made)) {}

client::~client() {
    close();
}

std::unique_ptr<client> client::make(io_threads& io,
                                     clock& time,
                                     std::shared_ptr<timer_heap> timers,
                                     const url& to,
                                     const client_options& wanted) {
    const auto core = client_core::make(io, time, std::move(timers), to, wanted);
    // Its timer keeps it until it is closed, also when there is no memory for the rest.
    const auto close = [](client_core* made) { made->close(); };
    std::unique_ptr<client_core, decltype(close)> unfinished(core.get(), close);
    std::unique_ptr<client> made(new client(core));
    unfinished.release();
    return made;
}

void client::send(call& what) noexcept {
    core_->send(what);
}

void client::close() noexcept {
    core_->close();
}

client_counters client::read() const noexcept {
    return core_->read();
}

}  // namespace coord::http
