#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/fetch.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/quantities.hpp"
#include "cli/server.hpp"
#include "cli/stop_signals.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t patience_with_a_peer_ns = 300 * COORD_MILLISECOND;

std::string place_of(const server& running, const serve_options& options) {
    return running.url() + options.cluster.base_path;
}

void tell_start(const server& running, const serve_options& options, std::size_t peers) {
    const auto& cluster = options.cluster;
    const auto members = peers == 0   ? std::string("no peers")
                         : peers == 1 ? std::string("1 peer")
                                      : fmt::format("{} peers", peers);
    say(fmt::format("serving group {} on {} ({}, ring {}, {})",
                    printable(cluster.group),
                    place_of(running, options),
                    members,
                    cluster.ring,
                    size_text(options.cache_bytes)));
    const auto admin = running.admin();
    if (!admin.empty()) say(fmt::format("admin on http://{}/", admin));
    if (!options.json) return;
    json_object line;
    line.add("group", cluster.group);
    line.add("url", running.url());
    line.add("base_path", cluster.base_path);
    if (admin.empty())
        line.add_null("admin");
    else
        line.add("admin", admin);
    line.add("peers", std::uint64_t{peers});
    line.add("ring", cluster.ring);
    line.add("cache_bytes", options.cache_bytes);
    line.add("pid", std::int64_t{::getpid()});
    put(line.text() + "\n");
}

// A peer that is not up yet is no error: what it owns is loaded here until it is.
// Whether it was told to stop meanwhile.
bool warn_of_absent(const std::vector<std::string>& peers,
                    const std::string& self,
                    stop_signals& signals) {
    fetcher asks;
    for (const auto& url : peers) {
        if (url == self) continue;
        const auto fault = asks.connect(url, patience_with_a_peer_ns);
        if (!fault.empty()) complain(fmt::format("warning: {}: {}", url, printable(fault)));
        if (signals.wait_for(0ns)) return true;
    }
    return false;
}

}  // namespace

exit_code cache_serve(const serve_options& options) {
    // Before there are threads, which must not get them.
    stop_signals signals;
    ::signal(SIGPIPE, SIG_IGN);  // NOLINT(bugprone-unused-return-value): cannot fail
    begin_fetching();
    server running(options);
    const auto peers = running.peers();
    tell_start(running, options, peers.size());
    if (!warn_of_absent(peers, running.url(), signals)) signals.wait();

    signals.end_at_next();
    const auto open = running.stop();
    say(fmt::format("stopped: {} requests open", open));
    // A loader that hangs in the system, on a dead file server say, still uses what would be freed.
    if (running.loads() > 0) ::_exit(static_cast<int>(exit_code::done));
    return exit_code::done;
}

}  // namespace coord::cli
