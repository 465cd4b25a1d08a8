#include "fuzz/capi_host.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "fuzz/fuzz_target.hpp"

namespace coord::fuzz {
namespace {

constexpr std::int64_t soon_ns = 20'000;
constexpr std::size_t max_kept = 32;

void read_all(const char* text, std::size_t len) {
    static std::atomic<unsigned> sum;
    unsigned now = 0;
    for (std::size_t i = 0; i < len; ++i) now += static_cast<unsigned char>(text[i]);
    sum.fetch_add(now, std::memory_order_relaxed);
}

void look_at(const coord_request* request) {
    std::size_t len = 0;
    read_all(coord_request_key(request, 0, &len), len);
    const char* const group = coord_request_group(request, &len);
    require(group[len] == '\0');
    const char* const peer = coord_request_peer(request, &len);
    require(peer[len] == '\0');
    for (const char* field : {"method", "target", "headers", "body"}) {
        const char* const part = coord_request_http(request, field, COORD_NUL, &len);
        require(part != nullptr || len == 0);
        read_all(part, len);
    }
    read_all(static_cast<const char*>(coord_bytes_data(coord_request_value(request, 0), &len)),
             len);
    (void)coord_error_message(coord_error_cause(coord_request_error(request)));
    (void)coord_context_is_cancelled(coord_request_context(request));
    (void)coord_request_user(request, 0);
}

}  // namespace

class host::running {
  public:
    running() noexcept { count(1); }
    ~running() { count(-1); }
    running(const running&) = delete;
    running& operator=(const running&) = delete;

  private:
    static void count(int by) {
        const std::lock_guard lock(only().mutex_);
        only().inside_ += by;
        only().changed_.notify_all();
    }
};

host& host::only() noexcept {
    static host one;
    return one;
}

void* host::new_user(std::uint64_t mood, whose of) {
    auto made = std::make_unique<held>();
    made->mood = mood;
    made->of = of;
    const std::lock_guard lock(mutex_);
    ++users_now_;
    if (of == whose::picker) ++pickers_now_;
    users_.push_back(std::move(made));
    return users_.back().get();
}

void host::on_free(void* user) {
    auto* const mine = static_cast<held*>(user);
    require(mine != nullptr && !mine->freed.exchange(true));
    host& all = only();
    const std::lock_guard lock(all.mutex_);
    --all.users_now_;
    if (mine->of == whose::picker) --all.pickers_now_;
    all.changed_.notify_all();
}

void host::forget_users() {
    const std::lock_guard lock(mutex_);
    users_.clear();
}

// For something to happen.
void host::await(std::unique_lock<std::mutex>& lock) {
    if (kept_.empty()) {
        const auto told = changed_.wait_for(lock, std::chrono::seconds(20));
        return require(told == std::cv_status::no_timeout);
    }
    const auto kept = std::exchange(kept_, {});
    lock.unlock();
    for (auto* const each : kept) coord_request_free(each);
    lock.lock();
}

void host::await_pickers() {
    std::unique_lock lock(mutex_);
    while (pickers_now_ != 0) await(lock);
}

void host::await_rest() {
    std::unique_lock lock(mutex_);
    while (users_now_ != 0 || inside_ != 0 || !kept_.empty()) await(lock);
}

std::vector<coord_request*> host::take_kept() {
    const std::lock_guard lock(mutex_);
    return std::exchange(kept_, {});
}

void host::set_home(coord_runtime* runtime, coord_group* group) {
    {
        const std::lock_guard lock(mutex_);
        std::swap(runtime_, runtime);
        std::swap(group_, group);
    }
    coord_group_free(group);
    coord_runtime_free(runtime);
}

coord_group* host::group() {
    const std::lock_guard lock(mutex_);
    return coord_group_ref(group_);
}

void host::keep(coord_request* request) {
    {
        const std::lock_guard lock(mutex_);
        if (kept_.size() < max_kept) {
            kept_.push_back(request);
            return changed_.notify_all();
        }
    }
    coord_request_free(request);
}

std::uint64_t host::choice(void* user) noexcept {
    auto* const mine = static_cast<held*>(user);
    // Nothing is called after it was freed.
    require(mine == nullptr || !mine->freed.load());
    auto mixed = calls_.fetch_add(1) * 0x9E3779B97F4A7C15ULL + (mine != nullptr ? mine->mood : 0);
    mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9ULL;
    return mixed ^ (mixed >> 32);
}

void host::on_request(void* user, coord_request* request) {
    const running now;
    const auto how = only().choice(user);
    require(coord_request_kind(request) != 0);
    look_at(request);
    only().answer(request, how);
}

void host::answer(coord_request* request, std::uint64_t how) {
    const auto more = how >> 8U;
    // The rarer ones are for whoever drives this.
    const auto asked = coord_request_kind(request);
    if (asked >= COORD_REQUEST_EXCHANGE && asked <= COORD_REQUEST_SERVER_ERROR && more % 2 == 0)
        return keep(request);
    switch (how % 14) {
        case 0:
            return coord_request_fail(request, static_cast<coord_status>(more % 11), "no", 2);
        case 1:
            return coord_request_free(request);
        case 2:
        case 3:
            return keep(request);
        case 4:
            (void)coord_request_set_bytes(request, 0, bytes, nullptr, nullptr);
            return coord_request_succeed(request, nullptr, 0, nullptr);
        case 5: {
            coord_http_message reply{};
            reply.size = sizeof reply;
            reply.status = static_cast<std::int32_t>(more % 700);
            reply.body = "\x0A\x01v\x18";
            reply.body_len = more % 5;
            (void)coord_request_set_header(request, "A", 1, "b", 1, nullptr);
            (void)coord_request_set_response(request, &reply, nullptr);
            return coord_request_succeed(request, nullptr, 0, nullptr);
        }
        case 6:
            (void)coord_request_set_user(request, new_user(more), &host::on_free, nullptr);
            return coord_request_succeed(request, nullptr, 0, nullptr);
        case 7: {
            // A load that needs another value, perhaps its own.
            nested_get("abcd"[more % 4]);
            return coord_request_succeed(request, "nested", 6, nullptr);
        }
        case 8:
            if (asked == COORD_REQUEST_SERVER_ERROR)
                return coord_peers_default_server_error(nullptr, request);
            return coord_peers_default_peer_error(nullptr, request);
        case 9:
            wake();
            return coord_request_succeed(request, nullptr, 0, nullptr);
        default:
            return coord_request_succeed(request, "value", more % 6, nullptr);
    }
}

void host::nested_get(char key) {
    coord_call_options call{};
    call.size = sizeof call;
    call.timeout_ns = soon_ns;
    coord_group* const from = group();
    coord_bytes* got = nullptr;
    (void)coord_group_get(from, &key, 1, &call, &got, nullptr);
    coord_bytes_free(got);
    coord_group_free(from);
}

void host::wake() {
    coord_runtime* runtime = nullptr;
    {
        const std::lock_guard lock(mutex_);
        runtime = coord_runtime_ref(runtime_);
    }
    coord_runtime_wake(runtime);
    coord_runtime_free(runtime);
}

void host::on_event(void* user, coord_event* event) {
    const running now;
    const auto how = only().choice(user);
    if (event->kind == COORD_EVENT_REQUEST && how % 4 != 0) {
        only().answer(static_cast<coord_request*>(event->value), how >> 2U);
        event->value = nullptr;
    }
    if (how % 3 == 0) coord_event_clear(event);
}

void host::on_log(void* user, int32_t, const char* component, const char* text, size_t len) {
    const running now;
    (void)only().choice(user);
    require(component != nullptr && text[len] == '\0');
}

// No peer, one of the two, or what is none.
coord_peer* host::any_peer(std::uint64_t how) const noexcept {
    if (how % 4 == 0) return nullptr;
    if (how % 16 == 1) return reinterpret_cast<coord_peer*>(bytes);
    return peers[how / 16 % peers.size()];
}

coord_peer* host::on_pick(void* user, const char* key, size_t len) {
    const running now;
    read_all(key, len);
    return only().any_peer(only().choice(user));
}

size_t host::on_pick_all(void* user, coord_peer** peers, size_t cap) {
    const running now;
    const auto how = only().choice(user);
    const auto count = how % 5;
    for (size_t i = 0; i < cap && i < count; ++i) peers[i] = only().any_peer(how >> (8 + 4 * i));
    if (how % 64 == 0) return SIZE_MAX;
    return how % 8 == 0 ? count + 3 : count;
}

uint64_t host::on_hash(void* user, const void* bytes, size_t len) {
    const running now;
    (void)only().choice(user);
    uint64_t sum = 14'695'981'039'346'656'037U;
    for (size_t i = 0; i < len; ++i)
        sum = sum * 1'099'511'628'211 ^ static_cast<const unsigned char*>(bytes)[i];
    return sum;
}

void host::on_evict(
    void* user, const char* key, size_t len, const coord_bytes* value, int32_t cause) {
    const running now;
    (void)only().choice(user);
    read_all(key, len);
    require(value != nullptr && cause >= COORD_EVICTED_FULL && cause <= COORD_EVICTED_REPLACED);
    auto* const kept = coord_bytes_ref(const_cast<coord_bytes*>(value));
    coord_bytes_free(kept);
}

void host::on_group(void* user, coord_group* group) {
    const running now;
    (void)only().choice(user);
    size_t len = 0;
    require(group != nullptr && coord_group_name(group, &len)[len] == '\0');
}

void host::on_start(void* user) {
    const running now;
    (void)only().choice(user);
}

coord_picker* host::on_group_picker(void* user, const char* name, size_t len) {
    const running now;
    read_all(name, len);
    const auto how = only().choice(user);
    if (how % 8 == 0) return reinterpret_cast<coord_picker*>(only().bytes);
    return how % 2 == 0 ? nullptr : only().picker;
}

void host::on_lock(void*) {
    const running now;
    only().nested_get('l');
}

}  // namespace coord::fuzz
