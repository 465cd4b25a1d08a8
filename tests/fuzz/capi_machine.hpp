// What drives the C API in a fuzz target: choices that come from the input, the handles made so
// far, and arguments, right or wrong, that follow from them. One thread; what runs elsewhere is in
// capi_host.hpp.
//
// Never a freed handle, never memory shorter than said: these are undefined by contract.
#pragma once

#include <coord/coord.h>

#include <array>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/capi_host.hpp"
#include "fuzz/fuzz_target.hpp"

namespace coord::fuzz {

enum class kind : std::size_t {
    runtime,
    queue,
    group,
    peers,
    ring,
    cache,
    flight,
    bytes,
    context,
    peer,
    picker,
    many,
    response,
    op,
    request,
    error
};
constexpr std::size_t kinds = 16;

template <class T>
struct kind_of;
#define COORD_KIND(name)                       \
    template <>                                \
    struct kind_of<coord_##name> {             \
        static constexpr kind is = kind::name; \
    };
COORD_KIND(runtime)
COORD_KIND(queue)
COORD_KIND(group)
COORD_KIND(peers)
COORD_KIND(ring)
COORD_KIND(cache)
COORD_KIND(flight)
COORD_KIND(bytes)
COORD_KIND(context)
COORD_KIND(peer)
COORD_KIND(picker)
COORD_KIND(many)
COORD_KIND(response)
COORD_KIND(op)
COORD_KIND(request)
COORD_KIND(error)
#undef COORD_KIND

struct text {
    const char* at;
    std::size_t len;
};
struct memory {
    const void* at;
    std::size_t len;
};
struct user {
    void* at;
    coord_user_free_fn free;
};

class failure;

class machine {
  public:
    machine(const unsigned char* data, std::size_t size);
    ~machine();
    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;

    void run();

    // --- choices: the input's bytes, then what follows from all of them
    std::uint64_t below(std::uint64_t bound) noexcept;
    bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

    // --- handles
    // NULL and handles of other kinds, too.
    template <class T>
    T* some() {
        return static_cast<T*>(pick(kind_of<T>::is));
    }
    // To be given away.
    template <class T>
    T* given() {
        return static_cast<T*>(give(kind_of<T>::is));
    }
    // Of that kind, or NULL.
    template <class T>
    T* own() {
        return static_cast<T*>(take_out(kind_of<T>::is));
    }
    template <class T>
    void keep(T* owned) {
        if (owned != nullptr) add(kind_of<T>::is, owned);
    }
    void keep_events(coord_event* events, std::size_t count);

    // --- arguments
    struct text text(std::string_view name);
    struct memory memory();
    struct user new_user();
    std::int64_t time(bool soon);
    std::int64_t date();
    template <class T>
    T number(std::string_view name) {
        return static_cast<T>(any_number(name));
    }
    // The default, unless the struct it is for is to be an odd one.
    template <class T>
    T option(std::string_view name) {
        // The first field of a message, which is a request or a response.
        if (name == "status") is_response = one_in(2);
        const bool wanted = name == "status" ? is_response : is_odd && one_in(4);
        return wanted ? static_cast<T>(any_option(name)) : T{};
    }
    template <class F>
    F host_function() {
        return !hands_out_users || one_in(3) ? nullptr : function_of(F{});
    }
    void set_user(void*& at, coord_user_free_fn& free, host::whose of = host::whose::anybody);
    void set_any(void*& at) { at = one_in(2) ? this : nullptr; }
    template <class Char>
    void set_text(std::string_view name, const Char*& at, std::size_t& len) {
        const bool of_request = name == "method" || name == "target";
        if (of_request ? is_response && !is_odd : !one_in(is_odd ? 3 : 6)) return;
        const auto chosen = text(name);
        at = chosen.at;
        len = chosen.len;
    }
    // Of the struct that is made now. Cut off: what would free it is not seen.
    bool hands_out_users = true;
    bool is_odd = false;
    bool is_response = false;

    // --- after a call
    void called() { texts_.clear(); }
    void ended(coord_status got, const failure& err);
    void look_at(const void* read, std::size_t len);
    void look_at(const void*) {}
    void look_at(const char* read);

    coord_status last = COORD_INTERNAL;  // what the call gave, when it gave a status

  private:
    void* pick(kind of);
    void* give(kind of);
    void* take_out(kind of);
    void add(kind of, void* handle);
    void free_handle(kind of, void* handle);
    void take_kept_requests();
    std::uint64_t any_number(std::string_view name);
    std::uint64_t any_option(std::string_view name);
    static coord_request_fn function_of(coord_request_fn) { return &host::on_request; }
    static coord_event_fn function_of(coord_event_fn) { return &host::on_event; }
    static coord_log_fn function_of(coord_log_fn) { return &host::on_log; }
    static coord_pick_fn function_of(coord_pick_fn) { return &host::on_pick; }
    static coord_pick_all_fn function_of(coord_pick_all_fn) { return &host::on_pick_all; }
    static coord_hash_fn function_of(coord_hash_fn) { return &host::on_hash; }
    static coord_evict_fn function_of(coord_evict_fn) { return &host::on_evict; }
    static coord_group_fn function_of(coord_group_fn) { return &host::on_group; }
    static coord_start_fn function_of(coord_start_fn) { return &host::on_start; }
    static coord_group_picker_fn function_of(coord_group_picker_fn) {
        return &host::on_group_picker;
    }
    void set_up();
    void make_what_hosts_need();
    void make_peers(coord_runtime* runtime);
    void free_all();

    const unsigned char* data_;
    std::size_t left_;
    std::uint64_t state_;
    std::array<std::vector<void*>, kinds> handles_;
    std::deque<std::string> texts_;
};

// --- the arguments of one call

class failure {
  public:
    explicit failure(machine& m) : machine_(m), asked_(!m.one_in(4)) {}
    ~failure() { machine_.keep(error_); }
    failure(const failure&) = delete;
    failure& operator=(const failure&) = delete;
    coord_error** at() { return asked_ ? &error_ : nullptr; }
    // As every function promises.
    void check(coord_status got) const {
        if (!asked_) return;
        if (got == COORD_OK) return require(error_ == nullptr);
        require(error_ == nullptr || coord_error_status(error_) == got);
        require(error_ == nullptr || coord_error_message(error_)[0] != '\0');
    }

  private:
    machine& machine_;
    const bool asked_;
    coord_error* error_ = nullptr;
};

// A handle that a call makes.
template <class T>
class made {
  public:
    explicit made(machine& m) : machine_(m), asked_(!m.one_in(24)) {
        handle_ = reinterpret_cast<T*>(&machine_);  // what a call must replace
    }
    T** at() { return asked_ ? &handle_ : nullptr; }
    void check(coord_status got) {
        if (!asked_) return;
        require(static_cast<void*>(handle_) != &machine_);
        // A call about many gives its handle also when some of them failed.
        const bool may_be = kind_of<T>::is == kind::many;
        require((handle_ != nullptr) == (got == COORD_OK) || may_be);
        machine_.keep(handle_);
    }

  private:
    machine& machine_;
    const bool asked_;
    T* handle_;
};

template <class T>
void fill(machine& m, T& to, bool soon);

// A struct with its size: right, cut off, or from the future. `soon`: what it is for must not wait.
template <class T>
class options {
  public:
    options(machine& m, bool soon) : wanted_(soon || !m.one_in(4)) {
        if (!wanted_) return;
        auto& to = *reinterpret_cast<T*>(room_.data());
        const auto how = m.below(32);
        std::uint32_t size = sizeof(T);
        // Between two fields: half a pointer is no pointer.
        if (how == 0) size = static_cast<std::uint32_t>(8 * m.below(sizeof(T) / 8));
        if (how == 0 && soon) size = static_cast<std::uint32_t>(m.below(4));
        if (how == 1) size += 16;
        if (how == 2) {
            size += 16;
            room_[sizeof(T) + m.below(16)] = 1;
        }
        m.hands_out_users = how != 0;
        m.is_odd = m.one_in(4);
        fill(m, to, soon);
        m.hands_out_users = true;
        to.size = size;
    }
    const T* at() const { return wanted_ ? reinterpret_cast<const T*>(room_.data()) : nullptr; }

  private:
    const bool wanted_;
    alignas(T) std::array<unsigned char, sizeof(T) + 16> room_{};
};

template <class T>
class counters {
  public:
    explicit counters(machine& m) : wanted_(!m.one_in(16)) {
        stats_.size = m.one_in(8) ? static_cast<std::uint32_t>(m.below(sizeof(T)))
                                  : static_cast<std::uint32_t>(sizeof(T));
    }
    T* at() { return wanted_ ? &stats_ : nullptr; }

  private:
    const bool wanted_;
    T stats_{};
};

template <class T>
class number_out {
  public:
    explicit number_out(machine& m) : wanted_(!m.one_in(8)) {}
    T* at() { return wanted_ ? &number_ : nullptr; }
    operator std::size_t() const { return number_; }

  private:
    const bool wanted_;
    T number_ = 0;
};

struct room {
  private:
    std::array<unsigned char, 40> bytes_{};

  public:
    explicit room(machine& m)
        : cap(m.one_in(16) ? 7 : m.below(bytes_.size())),
          at(cap == 7 && m.one_in(2) ? nullptr : bytes_.data()) {}
    const std::size_t cap;

    void* const at;
};

struct call_kind {
    const char* name;
    void (*make)(machine&);
};
// Generated from the headers.
const std::vector<call_kind>& every_call();
// For the count of calls, and of what each of them can come to.
void count_call(const call_kind& made, coord_status got) noexcept;

}  // namespace coord::fuzz
