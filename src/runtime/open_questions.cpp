#include "runtime/open_questions.hpp"

#include "runtime/dump_text.hpp"
#include "runtime/host_question.hpp"

namespace coord {
namespace {

const char* name_of(request_kind kind) noexcept {
    switch (kind) {
        case request_kind::load:
            return "LOAD";
        case request_kind::peer_error:
            return "PEER_ERROR";
        case request_kind::exchange:
            return "EXCHANGE";
        case request_kind::accept:
            return "ACCEPT";
        case request_kind::server_error:
            return "SERVER_ERROR";
        case request_kind::peer_get:
            return "PEER_GET";
        case request_kind::peer_set:
            return "PEER_SET";
        case request_kind::peer_remove:
            return "PEER_REMOVE";
    }
    return "request";
}

}  // namespace

void open_questions::add(host_question& what) noexcept {
    const std::lock_guard lock(mutex_);
    what.is_listed_ = true;
    what.older_ = newest_;
    (newest_ != nullptr ? newest_->newer_ : oldest_) = &what;
    newest_ = &what;
    ++count_;
}

void open_questions::remove(host_question& what) noexcept {
    const std::lock_guard lock(mutex_);
    if (!what.is_listed_) return;
    what.is_listed_ = false;
    (what.older_ != nullptr ? what.older_->newer_ : oldest_) = what.newer_;
    (what.newer_ != nullptr ? what.newer_->older_ : newest_) = what.older_;
    --count_;
}

// What is in the list has not ended, so it is there, and what is read here does not change.
void open_questions::write_dump(dump_text& to, time_point now) const {
    const std::lock_guard lock(mutex_);
    std::size_t shown = 0;
    for (const auto* one = oldest_; one != nullptr && shown < limits::max_dump_questions;
         one = one->newer_, ++shown) {
        std::string about;
        if (const auto group = one->group_name(); !group.empty())
            about += fmt::format(" of group {}", shown_key(group));
        if (one->count() != 0) about += fmt::format(" for {}", shown_key(one->key(0)));
        if (const auto url = one->peer_url(); !url.empty()) about += fmt::format(" to {}", url);
        to.line("{} request{}: {} old, {}, {}",
                name_of(one->which()),
                about,
                shown_age(one->put_at_, now),
                shown_deadline(one->deadline_, now),
                one->was_given_.load(std::memory_order_relaxed) ? "with the host"
                : one->to_.call != nullptr                      ? "waits for a thread for callbacks"
                                                                : "waits in its queue");
    }
    if (count_ > shown) to.line("requests left out {}", count_ - shown);
}

}  // namespace coord
