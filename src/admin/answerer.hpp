// Answers the requests of the admin endpoint, on the io thread that read them; gets and removals
// are answered when they end, by whoever ends them. Nothing here waits.
#pragma once

#include "admin/known_hosts.hpp"
#include "admin/route.hpp"
#include "groupcache/group.hpp"
#include "http/server.hpp"
#include "runtime/runtime.hpp"

namespace coord::admin {

class answerer final : public http::handler {
  public:
    // `of` is not kept alive, but its io threads end before it does.
    answerer(runtime& of, known_hosts hosts) : owner_(&of), hosts_(std::move(hosts)) {}

    void handle(ref<http::exchange> what) noexcept override;

  private:
    // May throw bad_alloc with nothing begun.
    void serve(runtime& in, const ref<http::exchange>& what) const;
    http::reply shown(runtime& in, const route& what) const;

    runtime* const owner_;
    const known_hosts hosts_;
};

}  // namespace coord::admin
