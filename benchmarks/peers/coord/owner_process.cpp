#include "owner_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "outcome.hpp"

namespace coord::bench {
namespace {

void load(void* user, coord_request* request) {
    const auto* const value = static_cast<const std::string*>(user);
    coord_request_succeed(request, value->data(), value->size(), nullptr);
}

[[noreturn]] void stop(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct pipe_ends {
    int from = -1;
    int to = -1;
};

pipe_ends make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) stop("pipe2");
    return {ends[0], ends[1]};
}

std::string read_line(int from) {
    std::string line;
    for (char one = 0; one != '\n'; line += one)
        if (read(from, &one, 1) != 1) stop("the owner did not begin");
    line.pop_back();
    return line;
}

}  // namespace

int own(const settings& wanted) {
    std::string value;
    for (std::uint64_t i = 0; i < wanted.value_bytes; ++i) value.push_back(static_cast<char>(i));
    coord_runtime* const runtime = coord_runtime_default();
    coord_peers_options place{};
    place.size = sizeof place;
    place.listen = "127.0.0.1:0";
    place.listen_len = COORD_NUL;
    coord_peers* peers = nullptr;
    must(coord_peers_new(runtime, &place, &peers, nullptr), "coord_peers_new");
    std::size_t len = 0;
    const char* const self = coord_peers_self_url(peers, &len);
    must(coord_peers_set(peers, self, len, nullptr), "coord_peers_set");
    coord_group_options options{};
    options.size = sizeof options;
    options.max_bytes = 1U << 30;
    options.load = &load;
    options.user = &value;
    options.peers = peers;
    coord_group* group = nullptr;
    must(coord_group_new(runtime, "bench", COORD_NUL, &options, &group, nullptr),
         "coord_group_new");
    std::puts(self);
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    must(coord_peers_close(peers, nullptr, nullptr), "coord_peers_close");
    must(coord_runtime_close(runtime, nullptr, nullptr), "coord_runtime_close");
    coord_group_free(group);
    coord_peers_free(peers);
    return 0;
}

owner_process::owner_process(const settings& wanted) {
    const auto input = make_pipe();
    const auto output = make_pipe();
    const std::string bytes = "value_bytes=" + std::to_string(wanted.value_bytes);
    const char* const arguments[] = {"coord_peer", "own", bytes.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.from, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.to, STDOUT_FILENO);
    const int failed = posix_spawn(
        &pid_, "/proc/self/exe", &actions, nullptr, const_cast<char* const*>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) stop("posix_spawn");
    close(input.from);
    close(output.to);
    stdin_ = input.to;
    url_ = read_line(output.from);
    close(output.from);
}

owner_process::~owner_process() {
    close(stdin_);
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_ || status != 0) stop("the owner failed");
}

std::uint64_t owner_process::processor_ns() const {
    clockid_t of{};
    timespec used{};
    if (clock_getcpuclockid(pid_, &of) != 0 || clock_gettime(of, &used) != 0) stop("clock_gettime");
    return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(used.tv_nsec);
}

}  // namespace coord::bench
