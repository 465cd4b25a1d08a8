// Calls of the C API whose arguments hang together in ways of their own.
#include <unistd.h>

#include "fuzz/capi_machine.hpp"

namespace coord::fuzz {

void by_hand_coord_bytes_new_external(machine& m) {
    auto data = m.memory();
    if (data.at != nullptr && data.len > 1'000'000)
        data.len = 1;  // there is no limit to refuse it by
    const auto user = m.new_user();
    made<coord_bytes> bytes(m);
    failure err(m);
    const auto got =
        coord_bytes_new_external(data.at, data.len, user.at, user.free, bytes.at(), err.at());
    bytes.check(got);
    m.ended(got, err);
}

void by_hand_coord_event_clear(machine& m) {
    coord_event event{};
    event.kind = COORD_EVENT_BYTES;
    event.value = m.own<coord_bytes>();
    event.error = m.own<coord_error>();
    coord_event_clear(&event);
    coord_event_clear(&event);
    require(event.value == nullptr && event.error == nullptr);
    coord_event_clear(nullptr);
}

void by_hand_coord_flight_lock(machine& m) {
    auto* const flight = m.some<coord_flight>();
    failure err(m);
    m.ended(coord_flight_lock(flight, m.one_in(16) ? nullptr : &host::on_lock, nullptr, err.at()),
            err);
}

namespace {

struct many_keys {
    explicit many_keys(machine& m) : count(m.below(5)) {
        std::size_t room = sizeof keys_;
        for (auto& len : lens_) {
            len = m.below(room / 2);
            room -= len;
        }
        if (m.one_in(16)) lens_[m.below(lens_.size())] = 70'000;  // refused before it is read
        if (m.one_in(16)) count = SIZE_MAX - m.below(3);
        at = m.one_in(16) ? nullptr : static_cast<const char*>(keys_);
        lens = m.one_in(16) || count > lens_.size() ? nullptr : lens_.data();
    }
    std::size_t count;
    const char* at;
    const std::size_t* lens;

  private:
    static constexpr char keys_[] = "abcdaabbccddabcdefghijklmnopqrstuvwxyz0123456789";
    std::array<std::size_t, 4> lens_{};
};

}  // namespace

void by_hand_coord_group_remove_many(machine& m) {
    auto* const group = m.some<coord_group>();
    const many_keys keys(m);
    options<coord_call_options> call(m, true);
    made<coord_many> many(m);
    failure err(m);
    const auto got = coord_group_remove_many(
        group, keys.at, keys.lens, keys.count, call.at(), many.at(), err.at());
    many.check(got);
    m.ended(got, err);
}

void by_hand_coord_group_remove_many_start(machine& m) {
    auto* const group = m.some<coord_group>();
    const many_keys keys(m);
    options<coord_call_options> call(m, false);
    auto* const queue = m.some<coord_queue>();
    made<coord_op> op(m);
    failure err(m);
    const auto got = coord_group_remove_many_start(
        group, keys.at, keys.lens, keys.count, call.at(), queue, 7, op.at(), err.at());
    op.check(got);
    m.ended(got, err);
}

void by_hand_coord_options_init(machine& m) {
    std::array<unsigned char, 64> room;
    room.fill(0xEE);
    const auto size = m.below(room.size());
    coord_options_init(room.data(), size);
    require(room[size] == 0xEE);
    coord_options_init(nullptr, size);
}

void by_hand_coord_queue_drain(machine& m) {
    std::array<coord_event, 4> events{};
    const auto cap = m.below(events.size() + 1);
    std::size_t count = 0;
    failure err(m);
    const auto got = coord_queue_drain(m.some<coord_queue>(), events.data(), cap, &count, err.at());
    require(count <= cap && (got == COORD_OK || count == 0));
    m.keep_events(events.data(), count);
    m.ended(got, err);
}

void by_hand_coord_queue_wait(machine& m) {
    std::array<coord_event, 4> events{};
    const auto cap = m.below(events.size() + 1);
    std::size_t count = 0;
    failure err(m);
    auto* const queue = m.some<coord_queue>();
    const auto got = coord_queue_wait(queue, m.time(true), events.data(), cap, &count, err.at());
    require(count <= cap && (got == COORD_OK) == (count != 0));
    m.keep_events(events.data(), count);
    m.ended(got, err);
}

void by_hand_coord_queue_notify_fd(machine& m) {
    std::int32_t fd = 7'777;
    failure err(m);
    const auto got = coord_queue_notify_fd(m.some<coord_queue>(), &fd, err.at());
    require(got == COORD_OK ? fd >= 0 : fd == -1);
    if (got == COORD_OK) ::close(fd);
    m.ended(got, err);
}

// Of the whole process: nothing of it may be left behind.
void by_hand_coord_runtime_default(machine&) {
    require(coord_runtime_default() == coord_runtime_default());
    coord_runtime_free(coord_runtime_default());
}

}  // namespace coord::fuzz
