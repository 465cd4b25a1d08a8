#include "groupcache/flight.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "groupcache/group.hpp"

namespace coord::groupcache {

ref<flight> flight::make(group& owner,
                         std::uint64_t hash,
                         std::string_view key,
                         time_point begun,
                         time_point deadline,
                         ref<peer> asks) noexcept {
    void* const memory = std::malloc(sizeof(flight) + key.size() + 1);
    if (memory == nullptr) return nullptr;
    return ref<flight>(new (memory) flight(owner, hash, key, begun, deadline, std::move(asks)));
}

void flight::operator delete(void* memory) noexcept {
    std::free(memory);
}

flight::flight(group& of,
               std::uint64_t key_hash,
               std::string_view key,
               time_point start,
               time_point end,
               ref<peer> asked) noexcept
    : owner(&of),
      hash(key_hash),
      begun(start),
      deadline(end),
      asks(std::move(asked)),
      asking(asks != nullptr),
      key_size_(key.size()),
      answer_(bytes_ref()) {
    char* const text = reinterpret_cast<char*>(this + 1);
    if (!key.empty()) std::memcpy(text, key.data(), key.size());
    text[key.size()] = '\0';
}

flight::~flight() = default;

load_frame flight::frame(const load_frame* outer) const noexcept {
    return {this, owner.get(), outer};
}

std::string_view flight::group_name() const noexcept {
    return owner->name();
}

context* flight::work_context() noexcept {
    return context_.get(owner->time(), deadline);
}

void flight::cancel_work() noexcept {
    context_.cancel();
}

result<> flight::answer_with(std::size_t item, bytes_ref made) noexcept {
    if (item != 0) return error(COORD_INVALID_ARGUMENT, "request", "item: a load has item 0 only");
    if (!made) return error(COORD_NO_MEMORY);
    answer_ = std::move(made);
    return {};
}

result<> flight::set(std::size_t item, std::string_view value, const value_terms& terms) noexcept {
    return answer_with(item, owner->make_value(key(), value, terms));
}

result<> flight::set_bytes(std::size_t item, bytes_ref value, const value_terms& terms) noexcept {
    return answer_with(item, owner->make_held_value(key(), value, terms));
}

result<> flight::set_error(std::size_t item, error why) noexcept {
    if (item != 0) return error(COORD_INVALID_ARGUMENT, "request", "item: a load has item 0 only");
    answer_ = std::move(why);
    return {};
}

void flight::succeed() noexcept {
    if (answer_ && !*answer_) {
        // No answer was set: the empty value.
        if (auto made = set(0, {}, {}); !made) answer_ = made.error();
    }
    end(std::move(answer_));
}

void flight::fail(error why) noexcept {
    end(std::move(why));
}

void flight::end(result<bytes_ref> outcome) noexcept {
    kind = handle_kind::dead;  // a second ending is recognised for as long as anybody else holds
                               // the flight
    const ref<flight> hosts(this, false);
    owner->end_load(*this, std::move(outcome));
}

void flight::answered(peer_answer got) noexcept {
    const ref<flight> exchange(this, false);
    owner->peer_answered(*this, std::move(got));
}

void flight::taken() noexcept {
    intrusive_ptr_release(this);
}

bool flight::offer_to(queue& requests, std::uint64_t token) noexcept {
    intrusive_ptr_add_ref(this);  // for the queue
    intrusive_ptr_add_ref(this);  // for the host
    what.kind = event_kind::request;
    what.token = token;
    what.value = static_cast<handle*>(this);
    if (requests.push_if_open(*this)) return true;
    what = event{};
    intrusive_ptr_release(this);
    intrusive_ptr_release(this);
    return false;
}

void flight::load_task::run() noexcept {
    const ref<flight> keep(&me, false);
    me.posted_.exchange(false, std::memory_order_acq_rel);
    if (me.claim()) me.owner->run_load(me);
}

void flight::load_task::discard() noexcept {
    const ref<flight> keep(&me, false);
    me.posted_.exchange(false, std::memory_order_acq_rel);
    if (me.claim())
        me.owner->end_load(
            me, error(COORD_CANCELLED, "group", "the runtime was closed before the load began"));
}

}  // namespace coord::groupcache
