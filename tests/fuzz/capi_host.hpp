// The host's functions in a fuzz target of the C API: loaders that answer, fail, free, keep, and
// pickers and hooks that give whatever. They run on any thread, and know nothing of the input.
#pragma once

#include <coord/coord.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace coord::fuzz {

class host {
  public:
    static host& only() noexcept;
    // Until everything it gave to pickers was freed: nobody is named any more.
    void await_pickers();
    // Until everything was freed, and nothing of it runs. What is kept meanwhile is given back
    // unanswered.
    void await_rest();
    void forget_users();

    // Something that must be freed exactly once.
    enum class whose { anybody, picker };
    void* new_user(std::uint64_t mood, whose of = whose::anybody);
    static void on_free(void* user);

    // What was kept instead of being answered.
    std::vector<coord_request*> take_kept();

    static void on_request(void* user, coord_request* request);
    static void on_event(void* user, coord_event* event);
    static void on_log(
        void* user, int32_t level, const char* component, const char* text, size_t len);
    static coord_peer* on_pick(void* user, const char* key, size_t len);
    static size_t on_pick_all(void* user, coord_peer** peers, size_t cap);
    static uint64_t on_hash(void* user, const void* bytes, size_t len);
    static void on_evict(
        void* user, const char* key, size_t len, const coord_bytes* value, int32_t cause);
    static void on_group(void* user, coord_group* group);
    static void on_start(void* user);
    static coord_picker* on_group_picker(void* user, const char* name, size_t len);
    static void on_lock(void* user);

    // A group for loads that need a value themselves, and the runtime to be woken; both are OWNED,
    // and given back with NULL.
    void set_home(coord_runtime* runtime, coord_group* group);
    coord_group* group();
    // Alive until everything else is gone. Set before anything can ask for them.
    coord_picker* picker = nullptr;
    std::array<coord_peer*, 2> peers{};
    coord_bytes* bytes = nullptr;

  private:
    struct held {
        std::uint64_t mood;
        whose of;
        std::atomic<bool> freed{false};
    };
    class running;
    // Another one at each call.
    std::uint64_t choice(void* user) noexcept;
    void answer(coord_request* request, std::uint64_t how);
    void nested_get(char key);
    void wake();
    void keep(coord_request* request);
    void await(std::unique_lock<std::mutex>& lock);
    coord_peer* any_peer(std::uint64_t how) const noexcept;

    std::atomic<std::uint64_t> calls_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    coord_runtime* runtime_ = nullptr;
    coord_group* group_ = nullptr;
    std::uint64_t users_now_ = 0;
    std::uint64_t pickers_now_ = 0;  // of these
    int inside_ = 0;
    std::vector<coord_request*> kept_;
    // Not deleted before all is at rest, so that a second call of user_free is seen.
    std::vector<std::unique_ptr<held>> users_;
};

}  // namespace coord::fuzz
