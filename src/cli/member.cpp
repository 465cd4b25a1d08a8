#include "cli/member.hpp"

#include "cli/failure.hpp"

namespace coord::cli {
namespace {

std::string text_of(const coord_bytes* bytes) {
    std::size_t size = 0;
    const auto* const start = static_cast<const char*>(coord_bytes_data(bytes, &size));
    return {start, size};
}

}  // namespace

coord_peers_options native_options(const cluster_options& from) noexcept {
    coord_peers_options native{};
    native.size = sizeof native;
    native.list = from.peers.data();
    native.list_len = from.peers.size();
    native.base_path = from.base_path.data();
    native.base_path_len = from.base_path.size();
    native.ring_profile = from.ring_profile;
    native.ring_replicas = from.replicas;
    native.dialect = from.dialect;
    return native;
}

std::vector<std::string> urls_of(coord_peers& peers) {
    coord_bytes* list = nullptr;
    coord_error* err = nullptr;
    const auto status = coord_peers_list(&peers, &list, &err);
    const bytes_handle owned(list);
    check_setup(status, err);
    std::vector<std::string> urls;
    std::string_view left;
    const std::string text = text_of(list);
    for (left = text; !left.empty();) {
        const auto end = left.find('\n');
        urls.emplace_back(left.substr(0, end));
        left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    }
    return urls;
}

member::member(const member_options& options) {
    if (options.cluster.peers.empty())
        throw failure(exit_code::usage, "no peers: give --peers or set COORD_PEERS");
    coord_error* err = nullptr;

    coord_runtime* runtime = nullptr;
    coord_runtime_options threads{};
    threads.size = sizeof threads;
    threads.worker_threads = 2;
    const auto begun = coord_runtime_new(&threads, &runtime, &err);
    runtime_.reset(runtime);
    check_setup(begun, err);

    coord_peers* peers = nullptr;
    const auto cluster = native_options(options.cluster);
    const auto joined = coord_peers_new(runtime, &cluster, &peers, &err);
    peers_.reset(peers);
    check_setup(joined, err);

    coord_group* group = nullptr;
    coord_group_options how{};
    how.size = sizeof how;
    how.load_timeout_ns = options.timeout_ns;
    how.peers = peers;
    const auto& name = options.cluster.group;
    const auto made = coord_group_new(runtime, name.data(), name.size(), &how, &group, &err);
    group_.reset(group);
    check_setup(made, err);
}

std::string member::owner_of(std::string_view key) const {
    coord_bytes* url = nullptr;
    coord_error* err = nullptr;
    const auto status = coord_peers_owner(peers_.get(), key.data(), key.size(), &url, &err);
    const bytes_handle owned(url);
    check_setup(status, err);
    return text_of(url);
}

}  // namespace coord::cli
