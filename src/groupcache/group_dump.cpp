// What is open in a group. Notes are taken under the locks of the get flow, and written up without.
#include <algorithm>
#include <vector>

#include "groupcache/group.hpp"
#include "runtime/dump_text.hpp"

namespace coord::groupcache {
namespace {

struct flight_note {
    ref<flight> of;
    std::size_t waiters;
    flight::phase stage;
    bool asking, urgent, detached;
};

std::size_t waiters_of(const flight& what) noexcept {
    std::size_t count = 0;
    for (const waiter* one = what.first_waiter; one != nullptr && count < limits::max_dump_waiters;
         one = one->next)
        ++count;
    return count;
}

// How many there are; `notes` has room for as many as are written down.
std::size_t take_notes(const flight_table::shard& from, std::vector<flight_note>& notes) {
    const auto room = notes.size() + limits::max_dump_flights_per_shard;
    notes.reserve(room);
    std::size_t count = 0;
    const std::lock_guard lock(from.mutex);
    for (flight* one = from.oldest; one != nullptr; one = one->newer, ++count) {
        if (notes.size() == room) continue;
        notes.push_back({ref<flight>(one),
                         waiters_of(*one),
                         one->stage(),
                         one->asking,
                         one->urgent,
                         one->detached});
    }
    return count;
}

std::string stage_of(const flight_note& what) {
    if (what.asking)
        return fmt::format("{} {}",
                           what.of->host_decides.load(std::memory_order_relaxed)
                               ? "PEER_ERROR with the host, about"
                               : "asking",
                           what.of->asks->url());
    switch (what.stage) {
        case flight::phase::queued:
            return "stands in line";
        case flight::phase::ready:
            return "waits for a thread";
        case flight::phase::claimed:
            return "with the loader";
    }
    return {};
}

void write(const flight_note& what, time_point now, dump_text& to) {
    to.line("flight {}: {} old, {}, {}, {}{} waiting{}{}",
            shown_key(what.of->key()),
            shown_age(what.of->begun, now),
            shown_deadline(what.of->deadline, now),
            stage_of(what),
            what.waiters,
            what.waiters == limits::max_dump_waiters ? " or more" : "",
            what.urgent ? ", urgent" : "",
            what.detached ? ", detached" : "");
}

void write(const open_changes& from, time_point now, dump_text& to) {
    std::size_t count = 0;
    from.each([&](const change& one) {
        if (count++ < limits::max_dump_changes)
            to.line("{} of {}: {} old, other peers are being told",
                    one.is_set() ? "set" : "removal",
                    shown_key(one.key()),
                    shown_age(one.begun(), now));
    });
    if (count > limits::max_dump_changes)
        to.line("changes left out {}", count - limits::max_dump_changes);
}

}  // namespace

void group::write_dump(dump_text& to) const {
    std::vector<flight_note> notes;
    std::size_t flights_now = 0;
    for (const auto& shard : table_.all()) flights_now += take_notes(shard, notes);
    std::sort(notes.begin(), notes.end(), [](const flight_note& a, const flight_note& b) {
        return a.of->begun < b.of->begun;
    });
    const auto gate = gate_.read();
    to.head("{} {}: flights {}, waiting {}, loading {} of {}, in line {}{}{}",
            options_.nameless ? "flight of" : "group",
            shown_key(name_),
            flights_now,
            waiters_.load(std::memory_order_relaxed),
            gate.taken,
            gate.slots,
            gate.in_line,
            gate.paused ? ", locked" : "",
            is_closed() ? ", closed" : "");
    const auto now = time().now();
    for (const auto& one : notes) {
        if (to.is_full()) return;
        write(one, now, to);
    }
    if (flights_now > notes.size()) to.line("flights left out {}", flights_now - notes.size());
    write(changes_, now, to);
}

}  // namespace coord::groupcache
