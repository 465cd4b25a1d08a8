#include <chrono>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/admin_client.hpp"
#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/quantities.hpp"
#include "cli/stop_signals.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

constexpr std::chrono::seconds repaint_every{1};
constexpr std::string_view clear_screen = "\x1b[H\x1b[2J\x1b[3J";

std::vector<std::string> addresses_in(std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty()) {
        const auto end = list.find_first_of(", \t\r\n");
        if (end != 0) all.emplace_back(list.substr(0, end));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return all;
}

std::string hit_rate(const group_figures& of) {
    if (of.gets == 0) return "-";
    return fmt::format("{:.1f}",
                       100.0 * static_cast<double>(of.hits) / static_cast<double>(of.gets));
}

std::string as_table(const std::vector<process_figures>& all) {
    constexpr auto right = table::align::right;
    table shown({{"PEER"},
                 {"STATE"},
                 {"GROUP"},
                 {"ITEMS", right},
                 {"BYTES", right},
                 {"HIT%", right},
                 {"LOADS", right},
                 {"FROM PEERS", right},
                 {"ERRORS", right}});
    for (const auto& one : all) {
        for (const auto& group : one.groups)
            shown.add({one.peer,
                       one.fault.empty() ? "ok" : "down",
                       printable(group.name),
                       grouped(group.items),
                       size_text(group.bytes),
                       hit_rate(group),
                       grouped(group.local_loads),
                       grouped(group.peer_loads),
                       grouped(group.errors)});
        if (one.groups.empty())
            shown.add(
                {one.peer, one.fault.empty() ? "ok" : "down", "-", "-", "-", "-", "-", "-", "-"});
    }
    return shown.text();
}

std::string as_json(const std::vector<process_figures>& all) {
    std::string peers;
    for (const auto& one : all) {
        std::string groups;
        for (const auto& group : one.groups) {
            json_object line;
            line.add("group", group.name);
            line.add("items", group.items);
            line.add("bytes", group.bytes);
            line.add("gets", group.gets);
            line.add("hits", group.hits);
            line.add("loads", group.local_loads);
            line.add("from_peers", group.peer_loads);
            line.add("errors", group.errors);
            groups.append(groups.empty() ? "" : ",").append(line.text());
        }
        json_object peer;
        peer.add("peer", one.peer);
        peer.add("state", one.fault.empty() ? "ok" : "down");
        if (!one.fault.empty()) peer.add("message", one.fault);
        peer.add_raw("groups", "[" + groups + "]");
        peers.append(peers.empty() ? "" : ",").append(peer.text());
    }
    return "{\"peers\":[" + peers + "]}\n";
}

// Whether any of them answered.
bool show(fetcher& by, const std::vector<std::string>& addresses, const stats_options& options) {
    std::vector<process_figures> all;
    bool answered = false;
    for (const auto& address : addresses) {
        all.push_back(ask_admin(by, address, options.group));
        answered = answered || all.back().fault.empty();
    }
    const bool paints = options.watch && !options.json && ::isatty(STDOUT_FILENO) == 1;
    if (paints) put(clear_screen);
    put(options.json ? as_json(all) : as_table(all));
    for (const auto& one : all)
        if (!one.fault.empty()) complain(fmt::format("{}: {}", one.peer, one.fault));
    return answered;
}

}  // namespace

exit_code cache_stats(const stats_options& options) {
    const auto addresses = addresses_in(options.admin);
    if (addresses.empty())
        throw failure(exit_code::usage, "no admin address: give --admin or set COORD_ADMIN");
    begin_fetching();
    fetcher by;
    if (!options.watch)
        return show(by, addresses, options) ? exit_code::done : exit_code::unreachable;
    stop_signals signals;
    do {
        show(by, addresses, options);
    } while (!signals.wait_for(repaint_every));
    return exit_code::done;
}

}  // namespace coord::cli
