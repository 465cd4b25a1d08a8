#include <coord/peer.h>

#include "base/limits.hpp"
#include "capi/arguments.hpp"
#include "capi/bytes.hpp"
#include "capi/guard.hpp"
#include "capi/kinds.hpp"
#include "capi/operations.hpp"
#include "capi/user_guard.hpp"
#include "groupcache/host_peer.hpp"
#include "groupcache/peer_ask.hpp"

using coord::bytes_ref;
using coord::error;
using coord::host_user;
using coord::queue;
using coord::ref;
using coord::result;
using coord::runtime;
using coord::groupcache::host_peer;
using coord::groupcache::host_peer_options;
using coord::groupcache::peer_ask;
using coord::groupcache::peer_handle;
using coord::groupcache::reached_by;
using namespace coord::capi;

namespace {

namespace limits = coord::limits;

constexpr const char* component = "peer";

result<> read_callbacks(const coord_peer_options& given, host_peer_options& wanted) {
    if ((given.flags & COORD_PEER_TAKES_SET) != 0)
        return invalid(component,
                       "options.flags: COORD_PEER_TAKES_SET is for requests; a peer_set says so");
    if (given.peer_get == nullptr) return invalid(component, "options.peer_get: must not be NULL");
    if (given.peer_remove == nullptr)
        return invalid(component, "options.peer_remove: must not be NULL");
    wanted.get.call = given.peer_get;
    wanted.set.call = given.peer_set;
    wanted.remove.call = given.peer_remove;
    return {};
}

result<> read_requests(const coord_peer_options& given, host_peer_options& wanted) {
    if (given.peer_get != nullptr || given.peer_set != nullptr || given.peer_remove != nullptr)
        return invalid(component, "options.requests: set callbacks or requests, not both");
    auto requests = read_requests_queue(given.requests);
    if (!requests) return requests.error();
    wanted.requests = std::move(*requests);
    coord::host_handler to;
    to.requests = wanted.requests.get();
    to.token = given.requests_token;
    wanted.get = wanted.remove = to;
    if ((given.flags & COORD_PEER_TAKES_SET) != 0) wanted.set = to;
    return {};
}

result<> make(coord_runtime* in,
              const char* url,
              std::size_t url_len,
              const coord_peer_options* opts,
              coord_peer** out) {
    const auto known = known_part(opts);
    user_guard undo(known.user_free, known.user);
    if (opts == nullptr) return invalid(component, "options: must not be NULL");
    const auto given = read_options(opts, component);
    if (!given) return given.error();
    const auto owner = need<runtime>(in);
    if (!owner) return owner.error();
    if (out == nullptr) return invalid(component, "peer: must not be NULL");
    const auto text = read_text(url, url_len, limits::max_name_bytes, component, "url");
    if (!text) return text.error();
    if (text->empty()) return invalid(component, "url: must not be empty");
    if ((given->flags & ~std::uint32_t{COORD_PEER_TAKES_SET}) != 0)
        return invalid(component, "options.flags: unknown flag");
    host_peer_options wanted;
    auto read =
        given->requests != nullptr ? read_requests(*given, wanted) : read_callbacks(*given, wanted);
    if (!read) return read;
    wanted.get.user = wanted.set.user = wanted.remove.user = given->user;
    wanted.user = ref<host_user>(new host_user(given->user, given->user_free));
    undo.taken();
    const auto made = host_peer::make(ref<runtime>(*owner), *text, std::move(wanted));
    if (!made) return made.error();
    *out = hand_out<coord_peer>(*made);
    return {};
}

// A question as the host gave it: who is asked for what, and how long that may take.
struct asking {
    ref<peer_handle> whom;
    std::string_view group;
    std::string_view key;
    call how;
    bytes_ref value;

    peer_ask as(peer_ask::verb verb) const {
        return {verb, *whom->of, group, key, value, how.deadline};
    }
};

result<> check_group(std::string_view group, reached_by way) {
    if (way == reached_by::host) return {};
    if (group.find('/') != std::string_view::npos)
        return invalid(component, "group: must not have a '/', at which a path is split");
    if (group.size() > limits::max_peer_group_bytes)
        return invalid(component, "group: at most 256 bytes for a peer that is asked over HTTP");
    return {};
}

struct text_argument {
    const char* text;
    std::size_t size;
};

result<asking> read_asking(coord_peer* of,
                           const text_argument& group,
                           const text_argument& key,
                           const coord_call_options* call) {
    const auto found = need<peer_handle>(of);
    if (!found) return found.error();
    auto& whom = **found;
    if (whom.in->is_closing()) return error(COORD_CLOSED, "runtime", "the runtime was closed");
    const auto name = read_text(group.text, group.size, limits::max_name_bytes, component, "group");
    if (!name) return name.error();
    if (auto may = check_group(*name, whom.way); !may) return may.error();
    const auto text = read_text(key.text, key.size, limits::max_key_bytes, component, "key");
    if (!text) return text.error();
    auto how =
        read_call(call, whom.in->time(), limits::default_ask_timeout, off::invalid, component);
    if (!how) return how.error();
    return asking{ref<peer_handle>(&whom), *name, *text, std::move(*how), nullptr};
}

result<> read_value(const void* data,
                    std::size_t len,
                    const coord_value_options* opts,
                    asking& to) {
    const auto memory = read_memory(data, len, limits::max_value_bytes, component, "data");
    if (!memory) return memory.error();
    const auto terms = read_terms(opts, component);
    if (!terms) return terms.error();
    if (terms->flags != 0)
        return invalid(component, "value.flags: have no meaning for a value that a peer keeps");
    const auto expire = terms->expiry(coord::duration::max(), to.whom->in->time());
    to.value = bytes_ref(coord::bytes::make(to.key, *memory, expire, 0), false);
    if (!to.value) return error(COORD_NO_MEMORY);
    return {};
}

result<> wait_for(const asking& what, peer_ask::verb verb, bytes_ref* value) {
    auto& time = what.whom->in->time();
    auto got = coord::groupcache::ask_and_wait(what.as(verb), time, what.how.owner.get());
    if (!got) return got.error();
    if (value != nullptr) *value = std::move(*got);
    return {};
}

result<> start(const asking& what,
               peer_ask::verb verb,
               coord_queue* answers,
               std::uint64_t token,
               coord_op** op) {
    const auto to = need_open(answers);
    if (!to) return to.error();
    return hand_over(
        coord::groupcache::start_asking(what.as(verb), what.how.owner, ref<queue>(*to), token), op);
}

}  // namespace

extern "C" {

coord_status coord_peer_new(coord_runtime* in,
                            const char* url,
                            size_t url_len,
                            const coord_peer_options* opts,
                            coord_peer** out,
                            coord_error** err) {
    if (out != nullptr) *out = nullptr;
    return guard(err, [&] { return make(in, url, url_len, opts, out); });
}

coord_peer* coord_peer_ref(coord_peer* from) {
    return add_reference<peer_handle>(from);
}

void coord_peer_free(coord_peer* from) {
    drop_reference<peer_handle>(from);
}

const char* coord_peer_url(const coord_peer* of, size_t* len) {
    const auto* const found = inside<peer_handle>(of);
    if (len != nullptr) *len = found != nullptr ? found->of->url().size() : 0;
    return found != nullptr ? found->of->url().c_str() : "";
}

coord_status coord_peer_get(coord_peer* of,
                            const char* group,
                            size_t group_len,
                            const char* key,
                            size_t key_len,
                            const coord_call_options* call,
                            coord_bytes** value,
                            coord_error** err) {
    if (value != nullptr) *value = nullptr;
    return guard(err, [&]() -> result<> {
        const auto what = read_asking(of, {group, group_len}, {key, key_len}, call);
        if (!what) return what.error();
        if (value == nullptr) return invalid(component, "value: must not be NULL");
        bytes_ref got;
        if (auto done = wait_for(*what, peer_ask::verb::get, &got); !done) return done;
        *value = hand_out(std::move(got));
        return {};
    });
}

coord_status coord_peer_get_start(coord_peer* of,
                                  const char* group,
                                  size_t group_len,
                                  const char* key,
                                  size_t key_len,
                                  const coord_call_options* call,
                                  coord_queue* answers,
                                  uint64_t token,
                                  coord_op** op,
                                  coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto what = read_asking(of, {group, group_len}, {key, key_len}, call);
        if (!what) return what.error();
        return start(*what, peer_ask::verb::get, answers, token, op);
    });
}

coord_status coord_peer_set(coord_peer* of,
                            const char* group,
                            size_t group_len,
                            const char* key,
                            size_t key_len,
                            const void* data,
                            size_t len,
                            const coord_value_options* opts,
                            const coord_call_options* call,
                            coord_error** err) {
    return guard(err, [&]() -> result<> {
        auto what = read_asking(of, {group, group_len}, {key, key_len}, call);
        if (!what) return what.error();
        if (auto read = read_value(data, len, opts, *what); !read) return read;
        return wait_for(*what, peer_ask::verb::set, nullptr);
    });
}

coord_status coord_peer_set_start(coord_peer* of,
                                  const char* group,
                                  size_t group_len,
                                  const char* key,
                                  size_t key_len,
                                  const void* data,
                                  size_t len,
                                  const coord_value_options* opts,
                                  const coord_call_options* call,
                                  coord_queue* answers,
                                  uint64_t token,
                                  coord_op** op,
                                  coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        auto what = read_asking(of, {group, group_len}, {key, key_len}, call);
        if (!what) return what.error();
        if (auto read = read_value(data, len, opts, *what); !read) return read;
        return start(*what, peer_ask::verb::set, answers, token, op);
    });
}

coord_status coord_peer_remove(coord_peer* of,
                               const char* group,
                               size_t group_len,
                               const char* key,
                               size_t key_len,
                               const coord_call_options* call,
                               coord_error** err) {
    return guard(err, [&]() -> result<> {
        const auto what = read_asking(of, {group, group_len}, {key, key_len}, call);
        if (!what) return what.error();
        return wait_for(*what, peer_ask::verb::remove, nullptr);
    });
}

coord_status coord_peer_remove_start(coord_peer* of,
                                     const char* group,
                                     size_t group_len,
                                     const char* key,
                                     size_t key_len,
                                     const coord_call_options* call,
                                     coord_queue* answers,
                                     uint64_t token,
                                     coord_op** op,
                                     coord_error** err) {
    if (op != nullptr) *op = nullptr;
    return guard(err, [&]() -> result<> {
        const auto what = read_asking(of, {group, group_len}, {key, key_len}, call);
        if (!what) return what.error();
        return start(*what, peer_ask::verb::remove, answers, token, op);
    });
}
}
