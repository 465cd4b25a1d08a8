// A process of the cluster: one runtime with an admin endpoint, one set of peers, one group. Its
// parent tells it what to do by lines over a socket pair; when that closes, it ends.
#include "node.hpp"

#include <coord/coord.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace demo {
namespace {

void write_line(int to, std::string_view line) {
    auto text = std::string(line) + '\n';
    for (std::size_t sent = 0; sent < text.size();) {
        const auto n = send(to, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw std::system_error(errno, std::generic_category(), "control");
        sent += static_cast<std::size_t>(n);
    }
}

// Empty at the end.
std::string read_line(int from) {
    std::string line;
    for (char one = 0;;) {
        const auto n = read(from, &one, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return {};
        if (one == '\n') return line;
        line += one;
    }
}

std::string counts_line(const coord::group& group) {
    const auto counts = group.stats();
    std::ostringstream line;
    line << counts.gets << ' ' << counts.cache_hits << ' ' << counts.peer_loads << ' '
         << counts.peer_errors;
    return line.str();
}

// The first word says what to do.
std::string obey(const std::string& line,
                 std::size_t number,
                 const subject& about,
                 coord::group& group) {
    std::istringstream words(line);
    std::string what;
    std::size_t key = 0;
    words >> what >> key;
    if (what == "counts") return counts_line(group);
    about.corrected.add(number, key);
    group.set(about.keys[key], about.files.answer(about.keys[key]) + std::string(correction));
    return "set";
}

void serve(std::size_t number, int control, const subject& about) {
    const auto compute = [&](std::string_view key, const coord::context&) {
        auto answer = about.files.answer(key);
        const auto found = std::lower_bound(about.keys.begin(), about.keys.end(), key);
        const auto index = static_cast<std::size_t>(found - about.keys.begin());
        about.computed.add(number, index);
        if (about.corrected.of_all(index) > 0) answer += correction;
        return answer;
    };
    coord::runtime runtime({.admin_listen = "127.0.0.1:0"});
    coord::peers peers(runtime, {.listen = "127.0.0.1:0"});
    coord::group group(runtime, group_name, {.peers = &peers, .load = compute});

    write_line(control, std::string(peers.self_url()) + ' ' + std::string(runtime.admin_address()));
    peers.set(read_line(control));
    write_line(control, "ready");
    for (auto line = read_line(control); !line.empty(); line = read_line(control))
        write_line(control, obey(line, number, about, group));
    runtime.close();
}

[[noreturn]] void be_node(std::size_t number, int control, const subject& about, pid_t parent) {
    // However the parent ends, nobody stays behind.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    std::signal(SIGINT, SIG_IGN);  // Ctrl-C reaches every process of the terminal: the parent acts
    try {
        serve(number, control, about);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "demo: process %zu: %s\n", number + 1, error.what());
        _exit(1);
    }
    _exit(0);
}

}  // namespace

node::node(std::size_t number, const subject& about) {
    int ends[2];
    const auto parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || (pid_ = fork()) < 0)
        throw std::system_error(errno, std::generic_category(), "a process cannot be made");
    if (pid_ == 0) {
        close(ends[0]);
        be_node(number, ends[1], about, parent);
    }
    close(ends[1]);
    control_ = ends[0];
}

node::node(node&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      control_(std::exchange(other.control_, -1)),
      url_(std::move(other.url_)),
      address_(std::move(other.address_)) {}

node::~node() {
    if (pid_ < 0) return;
    kill_now();
    close(control_);
    waitpid(pid_, nullptr, 0);
}

void node::await_address() {
    std::istringstream words(hear());
    words >> url_ >> address_;
}

void node::join(std::string_view list) {
    tell(list);
    hear();
}

node_counts node::counts() {
    tell("counts");
    std::istringstream words(hear());
    node_counts counts;
    words >> counts.gets >> counts.hits >> counts.from_peers >> counts.errors;
    return counts;
}

void node::correct(std::size_t key) {
    tell("correct " + std::to_string(key));
    hear();
}

void node::kill_now() noexcept {
    kill(pid_, SIGKILL);
}

void node::tell(std::string_view line) {
    write_line(control_, line);
}

std::string node::hear() {
    auto line = read_line(control_);
    if (line.empty()) throw std::runtime_error("a process of the cluster ended too early");
    return line;
}

}  // namespace demo
