// A runtime whose time and order a test decides, and what a test usually wants beside it.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "groupcache/group.hpp"
#include "support/seeded_executor.hpp"
#include "support/virtual_clock.hpp"

namespace coord::testing {

class driven {
  public:
    explicit driven(std::uint64_t seed = 1) : chance(seed) {
        const auto made = runtime::make_driven({}, {&clock, &executor, chance.next()});
        made->to_host();
        owner = made;
        answers = *queue::make_polled(owner);
        answers->to_host();
    }
    ~driven() {
        answers->drop_handle();
        owner->drop_handle();
        executor.run_all();
    }
    driven(const driven&) = delete;
    driven& operator=(const driven&) = delete;

    ref<groupcache::group> make_group(groupcache::group_options wanted,
                                      std::string_view name = "g") {
        auto made = groupcache::group::make(owner, name, std::move(wanted));
        (*made)->to_host();
        return *made;
    }
    void advance(duration by) {
        clock.advance(by);
        owner->timers().fire_due(clock.now());
    }
    // What ended since the last look: token, status, and the value's text.
    struct ended {
        std::uint64_t token;
        coord_status status;
        std::string value;
    };
    std::vector<ended> drain() {
        std::vector<ended> all;
        std::array<event, 16> room;
        for (;;) {
            const auto got = answers->drain(room);
            for (std::size_t i = 0; i < got.count; ++i) {
                std::string value;
                if (room[i].kind == event_kind::bytes && room[i].value != nullptr)
                    value = static_cast<bytes*>(room[i].value)->value();
                all.push_back({room[i].token, room[i].status, value});
                clear(room[i]);
            }
            if (got.count < room.size()) return all;
        }
    }

    random chance;
    virtual_clock clock;
    seeded_executor executor{chance};
    ref<runtime> owner;
    ref<queue> answers;
};

// A loader that keeps its requests until the test answers them.
class kept_loads {
  public:
    static void load(void* user, ::coord_request* given) {
        auto* const made = static_cast<request*>(reinterpret_cast<handle*>(given));
        static_cast<kept_loads*>(user)->requests.push_back(made);
    }
    groupcache::group_options options() {
        groupcache::group_options wanted;
        wanted.load = &kept_loads::load;
        wanted.user = this;
        return wanted;
    }
    void succeed(std::size_t i, std::string_view value, const value_terms& terms = {}) {
        request* const mine = take(i);
        static_cast<void>(mine->set(0, value, terms));
        mine->succeed();
    }
    void fail(std::size_t i, coord_status status, std::string_view message = "failed") {
        take(i)->fail(error(status, "test", message));
    }
    request* take(std::size_t i) {
        request* const mine = requests[i];
        requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(i));
        return mine;
    }
    std::vector<request*> requests;
};

}  // namespace coord::testing
