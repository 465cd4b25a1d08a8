// A libcoord node for tests/interop, on default settings, through the C API, driven by lines on
// stdin.
//
//     usage: interop_node <name> <group>...
//
// It listens on a port of the system's choice and says so in its first line. Each line it reads is
// a command in words, each line it writes one JSON object. Keys are hex digits behind an 'x', so
// that every key is a word. tests/interop/go/main.go speaks the same.
#include <coord/coord.h>

#include <cstdlib>
#include <iostream>
#include <iterator>
#include <sstream>
#include <vector>
#include <zlib.h>

#include "loading.hpp"
#include "support/json_line.hpp"

namespace coord::interop {
namespace {

using testing::json_line;

constexpr std::size_t head_bytes = 256;  // of a value, as they stand in an answer

[[noreturn]] void stop(const std::string& why) {
    std::cerr << "interop_node: " << why << '\n';
    std::exit(1);
}

void must(coord_status status, coord_error* err) {
    if (status == COORD_OK) return;
    stop(std::string(coord_status_name(status)) + ": " + coord_error_message(err));
}

json_line failure(coord_status status, coord_error* err) {
    json_line line;
    line.boolean("ok", false).text("status", coord_status_name(status));
    line.text("message", coord_error_message(err));
    coord_error_free(err);
    return line;
}

// OWNED inputs, of which one is null.
json_line answer(coord_status status, coord_bytes* value, coord_error* err) {
    if (status != COORD_OK) return failure(status, err);
    std::size_t len = 0;
    const auto* const data = static_cast<const char*>(coord_bytes_data(value, &len));
    const auto sum = crc32_z(0, reinterpret_cast<const unsigned char*>(data), len);
    json_line line;
    line.boolean("ok", true).number("len", static_cast<std::int64_t>(len));
    line.number("crc32", static_cast<std::int64_t>(sum));
    line.number("expire_ns", coord_bytes_expire_unix_ns(value));
    line.text("head", hex(std::string_view(data, len).substr(0, head_bytes)));
    coord_bytes_free(value);
    return line;
}

class node {
  public:
    explicit node(const std::string& name) : loading_(name) {
        coord_error* err = nullptr;
        coord_peers_options options{};
        options.size = sizeof options;
        options.listen = "127.0.0.1:0";
        options.listen_len = COORD_NUL;
        must(coord_peers_new(runtime_, &options, &peers_, &err), err);
        must(coord_queue_new(runtime_, &queue_, &err), err);
    }

    ~node() {
        for (const auto& one : groups_) coord_group_free(one.second);
        coord_queue_free(queue_);
        must(coord_peers_close(peers_, nullptr, nullptr), nullptr);
        coord_peers_free(peers_);
    }
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    void add_group(const std::string& name) {
        coord_error* err = nullptr;
        coord_group_options options{};
        options.size = sizeof options;
        options.load = &loading::load;
        options.user = &loading_;
        options.peers = peers_;
        must(coord_group_new(runtime_, name.data(), name.size(), &options, &groups_[name], &err),
             err);
    }

    json_line run(const std::vector<std::string>& words);
    const char* url() const { return coord_peers_self_url(peers_, nullptr); }

  private:
    json_line run_on_group(const std::string& verb,
                           coord_group* group,
                           const std::vector<std::string>& keys);
    json_line set(const std::string& verb,
                  coord_group* group,
                  const std::vector<std::string>& words);
    json_line set_peers(const std::string& list);
    json_line owner(const std::string& key);
    json_line loads() const;
    json_line get_all(coord_group* group, const std::vector<std::string>& keys);

    coord_runtime* const runtime_ = coord_runtime_default();
    coord_peers* peers_ = nullptr;
    coord_queue* queue_ = nullptr;
    std::map<std::string, coord_group*> groups_;
    loading loading_;
};

std::string key_of(const std::string& word) {
    std::string key;
    if (!parse_key(word, key)) stop("what is the key " + word + "?");
    return key;
}

json_line node::run(const std::vector<std::string>& words) {
    const auto& verb = words.at(0);
    if (verb == "peers") return set_peers(words.at(1));
    if (verb == "loads") return loads();
    if (verb == "owner") return owner(key_of(words.at(1)));
    const auto group = groups_.find(words.at(1));
    if (group == groups_.end()) stop("there is no group " + words[1]);
    std::vector<std::string> keys;
    if (verb == "set" || verb == "set_hot") return set(verb, group->second, words);
    for (std::size_t i = 2; i < words.size(); ++i) keys.push_back(key_of(words[i]));
    return run_on_group(verb, group->second, keys);
}

json_line node::run_on_group(const std::string& verb,
                             coord_group* group,
                             const std::vector<std::string>& keys) {
    if (verb == "get_all") return get_all(group, keys);
    const auto& key = keys.at(0);
    coord_error* err = nullptr;
    if (verb == "get") {
        coord_bytes* value = nullptr;
        const auto status = coord_group_get(group, key.data(), key.size(), nullptr, &value, &err);
        return answer(status, value, err);
    }
    if (verb != "remove") stop("what is " + verb + "?");
    const auto status = coord_group_remove(group, key.data(), key.size(), nullptr, &err);
    return status == COORD_OK ? json_line().boolean("ok", true) : failure(status, err);
}

// A key, a value written like one, and maybe the instant of its expiry.
json_line node::set(const std::string& verb,
                    coord_group* group,
                    const std::vector<std::string>& words) {
    const auto key = key_of(words.at(2));
    const auto value = key_of(words.at(3));
    coord_value_options how{};
    how.size = sizeof how;
    if (verb == "set_hot") how.flags = COORD_VALUE_HOT;
    if (words.size() > 4) how.expire_unix_ns = std::stoll(words[4]);
    coord_error* err = nullptr;
    const auto status = coord_group_set(
        group, key.data(), key.size(), value.data(), value.size(), &how, nullptr, &err);
    return status == COORD_OK ? json_line().boolean("ok", true) : failure(status, err);
}

json_line node::set_peers(const std::string& list) {
    coord_error* err = nullptr;
    const auto status = coord_peers_set(peers_, list.data(), list.size(), &err);
    return status == COORD_OK ? json_line().boolean("ok", true) : failure(status, err);
}

json_line node::owner(const std::string& key) {
    coord_error* err = nullptr;
    coord_bytes* url = nullptr;
    const auto status = coord_peers_owner(peers_, key.data(), key.size(), &url, &err);
    if (status != COORD_OK) return failure(status, err);
    std::size_t len = 0;
    const auto* const text = static_cast<const char*>(coord_bytes_data(url, &len));
    json_line line;
    line.boolean("ok", true).text("owner", {text, len});
    coord_bytes_free(url);
    return line;
}

json_line node::loads() const {
    json_line counts;
    for (const auto& one : loading_.counts()) counts.number(one.first, one.second);
    return json_line().boolean("ok", true).raw("loads", counts.str());
}

// All at once.
json_line node::get_all(coord_group* group, const std::vector<std::string>& keys) {
    coord_error* err = nullptr;
    for (std::size_t i = 0; i < keys.size(); ++i)
        must(coord_group_get_start(
                 group, keys[i].data(), keys[i].size(), nullptr, queue_, i, nullptr, &err),
             err);
    std::vector<std::string> answers(keys.size());
    for (std::size_t told = 0; told < keys.size();) {
        coord_event events[64];
        std::size_t count = 0;
        must(coord_queue_wait(queue_, COORD_FOREVER, events, std::size(events), &count, &err), err);
        for (std::size_t i = 0; i < count; ++i, ++told)
            answers[events[i].token] =
                answer(
                    events[i].status, static_cast<coord_bytes*>(events[i].value), events[i].error)
                    .str();
    }
    std::string list;
    for (const auto& one : answers) list += (list.empty() ? "" : ",") + one;
    return json_line().boolean("ok", true).raw("answers", '[' + list + ']');
}

}  // namespace
}  // namespace coord::interop

int main(int argc, char** argv) {
    using namespace coord::interop;
    if (argc < 3) stop("usage: interop_node <name> <group>...");
    node here(argv[1]);
    for (int i = 2; i < argc; ++i) here.add_group(argv[i]);
    coord::testing::json_line().boolean("ok", true).text("url", here.url()).print();
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        here.run({std::istream_iterator<std::string>(words), {}}).print();
    }
    return 0;
}
