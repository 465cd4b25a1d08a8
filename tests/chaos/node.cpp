// One of several processes that share a cache, under load of its own; tests/chaos/chaos_test.py
// kills, stops and restarts them.
//
//     usage: chaos_node <loader> <listen> <list of peers>
//
// Says "ok" in its first line when it serves. Then, by lines on stdin, each answered by one JSON
// object:
//     load <threads> <deadline in ms> <seed>
//     window <ms>                      what came of the gets in it, and since the window before
//     await <loader> <unix ns> <ms>    until a value arrived that it loaded after that moment
//     dump                             what is pending
#include <coord/coord.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>

#include "load.hpp"

namespace coord::chaos {
namespace {

using testing::json_line;

// Short, so that owners are asked all the time.
constexpr std::int64_t ttl_ns = 300 * COORD_MILLISECOND;

void must(coord_status status, coord_error* err) {
    if (status == COORD_OK) return;
    std::cerr << "chaos_node: " << coord_error_message(err) << '\n';
    std::exit(1);
}

void load_value(void* user, coord_request* request) {
    std::size_t len = 0;
    const char* const key = coord_request_key(request, 0, &len);
    const auto now = coord_runtime_now_unix_ns(coord_runtime_default());
    const origin from{*static_cast<const std::string*>(user), now, now + ttl_ns};
    const auto value = make_value({key, len}, from);
    coord_value_options keep{};
    keep.size = sizeof keep;
    keep.expire_unix_ns = from.expires_unix_ns;
    coord_request_succeed(request, value.data(), value.size(), &keep);
}

class node {
  public:
    node(std::string loader, const char* listen, const char* list) : loader_(std::move(loader)) {
        coord_error* err = nullptr;
        coord_peers_options place{};
        place.size = sizeof place;
        place.listen = listen;
        place.listen_len = COORD_NUL;
        place.list = list;
        place.list_len = COORD_NUL;
        must(coord_peers_new(runtime_, &place, &peers_, &err), err);
        coord_group_options options{};
        options.size = sizeof options;
        options.load = &load_value;
        options.user = &loader_;
        options.peers = peers_;
        must(coord_group_new(runtime_, "chaos", COORD_NUL, &options, &group_, &err), err);
    }

    // Stops the load and leaves the cluster, while the others go on.
    ~node() {
        load_.reset();
        must(coord_group_close(group_, nullptr, nullptr), nullptr);
        coord_group_free(group_);
        must(coord_peers_close(peers_, nullptr, nullptr), nullptr);
        coord_peers_free(peers_);
    }
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    json_line run(const std::string& line);

  private:
    std::string dump() const;

    coord_runtime* const runtime_ = coord_runtime_default();
    std::string loader_;
    coord_peers* peers_ = nullptr;
    coord_group* group_ = nullptr;
    std::unique_ptr<load> load_;
};

std::string node::dump() const {
    coord_error* err = nullptr;
    coord_bytes* text = nullptr;
    must(coord_runtime_dump(runtime_, &text, &err), err);
    std::size_t len = 0;
    const auto* const data = static_cast<const char*>(coord_bytes_data(text, &len));
    std::string copy(data, len);
    coord_bytes_free(text);
    return copy;
}

json_line node::run(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    json_line answer;
    answer.boolean("ok", true).number("now_ns", coord_runtime_now_unix_ns(runtime_));
    if (verb == "load") {
        load_settings wanted;
        std::int64_t deadline_ms = 0;
        words >> wanted.threads >> deadline_ms >> wanted.seed;
        wanted.deadline = std::chrono::milliseconds(deadline_ms);
        load_ = std::make_unique<load>(runtime_, group_, wanted);
        return answer;
    }
    if (verb == "window") {
        std::int64_t ms = 0;
        words >> ms;
        return load_->results().window(std::chrono::milliseconds(ms));
    }
    if (verb == "dump") return answer.text("dump", dump());
    std::string loader;
    std::int64_t after = 0;
    std::int64_t most_ms = 0;
    words >> loader >> after >> most_ms;
    const auto most = std::chrono::milliseconds(most_ms);
    return answer.boolean("arrived", load_->results().await(loader, after, most));
}

}  // namespace
}  // namespace coord::chaos

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: chaos_node <loader> <listen> <list of peers>\n";
        return 1;
    }
    coord::chaos::node here(argv[1], argv[2], argv[3]);
    coord::testing::json_line().boolean("ok", true).print();
    for (std::string line; std::getline(std::cin, line);) here.run(line).print();
    return 0;
}
