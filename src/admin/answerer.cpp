#include "admin/answerer.hpp"

#include <fmt/format.h>
#include <utility>

#include "admin/documents.hpp"
#include "admin/replies.hpp"
#include "base/utf8.hpp"
#include "runtime/protect.hpp"

namespace coord::admin {
namespace {

using groupcache::group;

// The host's loader may take its time; a caller behind a tunnel should not wait for ever.
time_point deadline_of(const group& of) noexcept {
    return after(of.time().now(), limits::admin_request_timeout);
}

// A group found by name, which counts as one of the host's handles while it is used.
class borrowed {
  public:
    borrowed(runtime& in, std::string_view name) noexcept : found_(in.find<group>(name)) {}
    borrowed(const borrowed&) = delete;
    borrowed& operator=(const borrowed&) = delete;
    ~borrowed() {
        if (found_) found_->drop_handle();
    }
    explicit operator bool() const noexcept { return found_ != nullptr; }
    group& operator*() const noexcept { return *found_; }
    const ref<group>& kept() const noexcept { return found_; }

  private:
    const ref<group> found_;
};

// An exchange that is dropped without an answer is cut, which is all one can do without memory.
template <class Make>
void answer(const ref<http::exchange>& what, Make make) noexcept {
    static_cast<void>(protect([&] { what->answer(make()); }));
}

class pending_get final : public groupcache::asker {
  public:
    explicit pending_get(ref<http::exchange> asked) noexcept : asked_(std::move(asked)) {}
    void told(const result<bytes_ref>& outcome) noexcept override {
        const auto asked = std::move(asked_);
        answer(asked,
               [&] { return outcome ? value_reply(*outcome) : failed_get(outcome.error()); });
    }

  private:
    ref<http::exchange> asked_;
};

class pending_removal final : public groupcache::changer {
  public:
    pending_removal(ref<group> of, ref<http::exchange> asked) noexcept
        : of_(std::move(of)), asked_(std::move(asked)) {}
    void changed(const result<>& outcome) noexcept override {
        const auto asked = std::move(asked_);
        answer(asked, [&] { return outcome ? empty_reply() : failed_removal(outcome.error()); });
    }

  private:
    const ref<group> of_;  // and with it the runtime, for as long as there is an exchange
    ref<http::exchange> asked_;
};

http::reply no_such_group(std::string_view name) {
    return error_reply(
        404, "group-not-found", fmt::format("no such group: {}", to_valid_utf8(name)));
}

http::reply not_allowed(resource what) {
    auto made = text_reply(405, "this method is not for this path");
    made.headers += fmt::format("Allow: {}\r\n", methods_of(what));
    return made;
}

// A page in a browser that sends a removal says where it came from; tools do not.
bool from_a_page(const http::request& asked) noexcept {
    return asked.find("Origin").data() != nullptr;
}

void begin_get(const borrowed& of, std::string_view key, const ref<http::exchange>& what) {
    const ref<groupcache::asker> who(new pending_get(what));
    (*of).ask(key, deadline_of(*of), who, groupcache::asked_by::here);
}

void begin_removal(const borrowed& of, std::string_view key, const ref<http::exchange>& what) {
    const ref<groupcache::changer> who(new pending_removal(of.kept(), what));
    (*of).remove_everywhere(key, deadline_of(*of), who);
}

}  // namespace

void answerer::handle(ref<http::exchange> what) noexcept {
    // What is used here may be the last of its kind: a group's handle is given back below.
    const ref<answerer> me(this);
    const auto in = shared::try_keep(owner_);
    const auto mine = std::move(what);
    if (!in) return;
    static_cast<void>(protect([&] { serve(*in, mine); }));
}

void answerer::serve(runtime& in, const ref<http::exchange>& what) const {
    const auto& asked = what->asked();
    if (!hosts_.has(asked.find("Host")))
        return what->answer(
            error_reply(403, "denied", "the Host header names neither loopback nor this endpoint"));
    const auto to = find_route(asked.target);
    if (!to) {
        const int status = to.error().status() == COORD_NOT_FOUND ? 404 : 400;
        return what->answer(error_reply(
            status, status == 404 ? "no-such-path" : "bad-request", to.error().message()));
    }
    const bool removes = asked.verb == http::method::remove && to->what == resource::key;
    if (!removes && asked.verb != http::method::get) return what->answer(not_allowed(to->what));
    if (removes && from_a_page(asked))
        return what->answer(error_reply(403, "denied", "pages of a browser may not remove"));
    if (to->what != resource::key) return what->answer(shown(in, *to));
    const borrowed of(in, to->group);
    if (!of) return what->answer(no_such_group(to->group));
    removes ? begin_removal(of, to->key, what) : begin_get(of, to->key, what);
}

http::reply answerer::shown(runtime& in, const route& what) const {
    switch (what.what) {
        case resource::groups:
            return json_reply(groups_document(in));
        case resource::peers:
            return json_reply(peers_document(in));
        case resource::health:
            return in.is_closing() ? text_reply(503, "closing") : text_reply(200, "ok");
        case resource::dump:
            return lines_reply(in.dump());
        case resource::metrics:
            return metrics_reply(in.metrics());
        default:
            break;
    }
    const borrowed of(in, what.group);
    if (!of) return no_such_group(what.group);
    return json_reply(what.what == resource::stats ? stats_document(*of)
                                                   : owner_document(*of, what.key));
}

}  // namespace coord::admin
