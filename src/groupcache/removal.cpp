#include "groupcache/removal.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "groupcache/group.hpp"

namespace coord::groupcache {

ref<removal> removal::prepare(
    ref<group> of, picker& peers, std::string_view key, time_point deadline, ref<remover> who) {
    ref<removal> round(new removal(std::move(of), key, deadline, std::move(who)));
    ref<peer> owner = peers.pick(key);
    auto others = peers.others();
    round->has_owner_ = owner != nullptr;
    if (owner) {
        const auto same = [&](const ref<peer>& one) { return one->url() == owner->url(); };
        others.erase(std::remove_if(others.begin(), others.end(), same), others.end());
        others.insert(others.begin(), std::move(owner));
    }
    round->questions_.resize(others.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
        round->questions_[i].round = round.get();
        round->questions_[i].to = std::move(others[i]);
    }
    return round;
}

void removal::begin() noexcept {
    const ref<removal> keep(this);
    if (has_owner_)
        put(questions_.front(), owners_deadline());
    else
        go_on();
}

// An owner that hangs must leave time for the others.
time_point removal::owners_deadline() const noexcept {
    const auto now = group_->time().now();
    return questions_.size() == 1 || deadline_ <= now ? deadline_ : now + (deadline_ - now) / 2;
}

void removal::put(question& to, time_point deadline) noexcept {
    intrusive_ptr_add_ref(this);  // for the answer
    to.to->remove({group_->name(), key_, deadline}, to);
}

void removal::question::answered(peer_answer what) noexcept {
    const ref<removal> mine(round, false);
    if (what.why != peer_answer::fault::none)
        outcome = what.value.has_error() ? what.value.error() : error(COORD_UNAVAILABLE);
    mine->answered(*this);
}

void removal::answered(question& by) noexcept {
    if (has_owner_ && &by == &questions_.front()) return go_on();
    if (open_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
}

// Here only after the owner: a get that still reached the owner's old value is detached now.
void removal::go_on() noexcept {
    group_->remove_here(key_);
    const std::size_t first = has_owner_ ? 1 : 0;
    open_.store(questions_.size() - first + 1, std::memory_order_release);
    for (std::size_t i = first; i < questions_.size(); ++i) put(questions_[i], deadline_);
    if (open_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
}

void removal::end() noexcept {
    std::size_t failed = 0;
    bool timed_out = true;
    error first;
    for (const auto& one : questions_) {
        if (one.outcome) continue;
        const error why = one.outcome.error();
        timed_out = timed_out && why.status() == COORD_TIMED_OUT;
        if (failed++ == 0) first = why;
    }
    if (failed == 0) return who_->removed({});
    timed_out = timed_out && group_->time().now() >= deadline_;
    // A fixed text: memory may be what is missing.
    std::array<char, limits::max_message_bytes> text;
    char* at = text.data();
    const auto say = [&](auto form, const auto&... args) {
        const auto room = static_cast<std::size_t>(text.data() + text.size() - at);
        at = fmt::format_to_n(at, room, form, args...).out;
    };
    say(FMT_STRING("not removed everywhere: {} of {} other peers did not confirm"),
        failed,
        questions_.size());
    const char* before = ": ";
    for (const auto& one : questions_) {
        if (one.outcome) continue;
        const error why = one.outcome.error();
        const bool says_who = why.message().find(one.to->url()) != std::string_view::npos;
        say(FMT_STRING("{}{}{}{}"),
            before,
            says_who ? std::string_view() : std::string_view(one.to->url()),
            says_who ? "" : ": ",
            why.message());
        before = "; ";
    }
    const std::string_view all(text.data(), static_cast<std::size_t>(at - text.data()));
    who_->removed(
        error(timed_out ? COORD_TIMED_OUT : COORD_UNAVAILABLE, "group", all).because(first));
}

}  // namespace coord::groupcache
