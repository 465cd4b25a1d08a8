#include "cli/server.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/member.hpp"
#include "cli/output.hpp"
#include "cli/process_groups.hpp"

namespace coord::cli {
namespace {

// For what was cancelled, to notice it.
constexpr std::int64_t last_timeout_ns = 3 * COORD_SECOND;
// A load's own deadline comes after its origin's, whose message says more.
constexpr std::int64_t after_origin_ns = COORD_SECOND;
// Beside those that load: what a peer error needs decided must not stand in line behind loads.
constexpr std::uint32_t more_workers = 2;
constexpr std::uint32_t most_workers = 1'024;

origin_limits limits_of(const serve_options& options) noexcept {
    return {options.origin_timeout_ns, options.max_value_bytes};
}

std::unique_ptr<origin> make_origin(const serve_options& options) {
    const auto limits = limits_of(options);
    const int given = (options.origin_url.empty() ? 0 : 1) + (options.origin_dir.empty() ? 0 : 1) +
                      (options.origin_command.empty() ? 0 : 1);
    if (given != 1)
        throw failure(exit_code::usage,
                      "give one of --origin-url, --origin-dir and --origin-command");
    if (!options.origin_url.empty()) return make_url_origin(options.origin_url, limits);
    if (!options.origin_dir.empty()) return make_directory_origin(options.origin_dir, limits);
    return make_command_origin(options.origin_command, limits);
}

void write_log(void*, std::int32_t level, const char* component, const char* text, std::size_t) {
    say(fmt::format(
        "coord: {}: {}: {}", level == COORD_LOG_ERROR ? "error" : "warning", component, text));
}

coord_runtime* make_runtime(const serve_options& options) {
    coord_runtime_options how{};
    how.size = sizeof how;
    how.flags = options.allow_insecure_bind ? COORD_RUNTIME_ALLOW_INSECURE_BIND : 0;
    how.worker_threads = std::min(options.max_loads + more_workers, most_workers);
    how.log = write_log;
    how.admin_listen = options.admin.empty() ? nullptr : options.admin.data();
    how.admin_listen_len = options.admin.size();
    coord_runtime* made = nullptr;
    coord_error* err = nullptr;
    const auto status = coord_runtime_new(&how, &made, &err);
    check_setup(status, err);
    return made;
}

}  // namespace

server::server(const serve_options& options)
    : stop_timeout_ns_(options.stop_timeout_ns),
      loads_(make_origin(options), limits_of(options)),
      runtime_(make_runtime(options)) {
    join(options);
    open_group(options);
}

void server::join(const serve_options& options) {
    auto how = native_options(options.cluster);
    how.flags = options.allow_insecure_bind ? COORD_PEERS_ALLOW_INSECURE_BIND : 0;
    how.listen = options.listen.data();
    how.listen_len = options.listen.size();
    how.self_url = options.self.empty() ? nullptr : options.self.data();
    how.self_url_len = options.self.size();
    how.max_value_bytes = options.max_value_bytes;
    coord_peers* made = nullptr;
    coord_error* err = nullptr;
    const auto status = coord_peers_new(runtime_.get(), &how, &made, &err);
    peers_.reset(made);
    check_setup(status, err);
}

void server::open_group(const serve_options& options) {
    coord_group_options how{};
    how.size = sizeof how;
    how.max_bytes = options.cache_bytes;
    how.ttl_ns = options.ttl_ns;
    how.load_timeout_ns = options.origin_timeout_ns + after_origin_ns;
    how.max_loads = options.max_loads;
    how.load = &loading::load;
    how.user = &loads_;
    how.peers = peers_.get();
    const auto& name = options.cluster.group;
    coord_group* made = nullptr;
    coord_error* err = nullptr;
    const auto status =
        coord_group_new(runtime_.get(), name.data(), name.size(), &how, &made, &err);
    group_.reset(made);
    check_setup(status, err);
}

std::vector<std::string> server::peers() const {
    return urls_of(*peers_);
}

std::size_t server::stop() {
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = stop_timeout_ns_;
    // Everything stops accepting at once: peers and the admin port alike. What still runs when the
    // time is over, in whatever line it stands.
    std::size_t open = 0;
    if (coord_runtime_close(runtime_.get(), &call, nullptr) != COORD_OK) open = loads_.running();
    process_groups::kill_all();
    loads_.wait_for_none(last_timeout_ns);
    return open;
}

}  // namespace coord::cli
