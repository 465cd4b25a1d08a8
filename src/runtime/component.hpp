// What a runtime knows of the things made from it: enough to close them all, and to show their
// counters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/handle.hpp"

namespace coord {

class context;
class dump_text;

// One line of the Prometheus text format, gathered by name so that each name has one HELP and one
// TYPE.
struct metric_sample {
    const char* name;
    const char* help;
    bool is_counter;
    std::string labels;  // `group="users"`, escaped
    std::uint64_t value;
};

class metric_sink {
  public:
    virtual void add(metric_sample sample) = 0;

  protected:
    ~metric_sink() = default;
};

// A place in the runtime's list: a component, or the marker of a walk under way.
struct component_link {
    component_link* previous = nullptr;
    component_link* next = nullptr;
    class component* what = nullptr;  // null: a marker
};

void link_after(component_link& at, component_link& what) noexcept;
void unlink(component_link& what) noexcept;

class component {
  public:
    // The object itself, so that a walk over all components can keep it while it is called.
    virtual shared& self() const noexcept = 0;
    // New calls are refused from now on.
    virtual void stop_intake() noexcept = 0;
    // Blocks until what others are being answered is done, or until the deadline; true = all of it.
    virtual bool await_idle(time_point, context*) { return true; }
    // What is open ends now, with COORD_CANCELLED; how much that was.
    virtual std::size_t cancel_all() noexcept = 0;
    // Returns once everybody whom cancel_all() or an ending load took off was told. Short: no code
    // of the host runs meanwhile.
    virtual void await_told() noexcept = 0;
    // May throw bad_alloc.
    virtual void write_metrics(metric_sink& to) const = 0;
    // What is open, for a person who looks for what hangs; keys by shown_key(), no values. May
    // throw bad_alloc.
    virtual void write_dump(dump_text&) const {}

    component_link in_runtime{nullptr, nullptr, this};

  protected:
    ~component() = default;
};

}  // namespace coord
