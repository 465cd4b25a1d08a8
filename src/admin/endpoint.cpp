#include "admin/endpoint.hpp"

#include <fmt/format.h>
#include <utility>

#include "admin/answerer.hpp"
#include "http/url.hpp"

namespace coord::admin {
namespace {

bool is_beyond_loopback(std::string_view address) {
    const auto at = http::parse_listen(address);
    return at && !http::is_loopback(at->host);
}

}  // namespace

endpoint::endpoint(clock& time, std::unique_ptr<http::server> listening) noexcept
    : time_(time), server_(std::move(listening)) {}

endpoint::~endpoint() {
    cut();
}

result<std::unique_ptr<endpoint>> endpoint::start(runtime& of,
                                                  std::string_view address,
                                                  reach allowed) {
    if (of.io() == nullptr)
        return error(COORD_UNSUPPORTED, "admin", "this runtime has no threads for sockets");
    http::server_options wanted;
    wanted.loopback_only = allowed == reach::loopback;
    wanted.max_connections = limits::max_admin_connections;
    wanted.max_body_bytes = limits::max_admin_body_bytes;
    auto made = http::server::listen(*of.io(),
                                     of.time(),
                                     of.shared_timers(),
                                     address,
                                     wanted,
                                     ref<http::handler>(new answerer(of, known_hosts(address))));
    if (!made) return made.error();
    if (is_beyond_loopback((*made)->address()))
        of.log().write(log_level::warn,
                       "admin",
                       fmt::format("{}: who reaches this address can read and remove everything",
                                   (*made)->address()));
    return std::unique_ptr<endpoint>(new endpoint(of.time(), std::move(*made)));
}

void endpoint::end(time_point deadline, context* until) {
    server_->drain();
    server_->open().wait_idle(time_, deadline, until);
    server_->close();
}

void endpoint::cut() noexcept {
    server_->close();
}

}  // namespace coord::admin
