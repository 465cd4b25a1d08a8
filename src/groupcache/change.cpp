#include "groupcache/change.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "groupcache/group.hpp"

namespace coord::groupcache {
namespace {

// A name of the host's may be any word.
bool names(std::string_view message, std::string_view url) noexcept {
    return url.find("://") != std::string_view::npos && message.find(url) != std::string_view::npos;
}

}  // namespace

change::change(ref<group> of, const order& what, time_point deadline, ref<changer> who)
    : group_(std::move(of)),
      key_(what.key),
      sets_(what.sets),
      reach_(what.to),
      begun_(group_->time().now()),
      deadline_(deadline),
      who_(std::move(who)) {}

ref<change> change::prepare(
    ref<group> of, picker& by, const order& what, time_point deadline, ref<changer> who) {
    ref<change> round(new change(std::move(of), what, deadline, std::move(who)));
    ref<peer> owner = what.to == reach::everywhere ? by.pick(what.key) : nullptr;
    auto others = by.others();
    round->has_owner_ = owner != nullptr;
    if (owner) {
        // By its name, too: an owner that was told to keep a value must not be told to drop it.
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

void change::begin() noexcept {
    const ref<change> keep(this);
    if (!group_->change_begun(*this))
        return who_->changed(error(COORD_CLOSED, "group", "the group was closed"));
    if (has_owner_)
        ask_owner();
    else
        go_on();
}

void change::ask_owner() noexcept {
    if (is_set()) noted_ = group_->changes_at(key_);
    put(questions_.front());
}

// An owner that hangs must leave time for the others.
time_point change::owners_deadline() const noexcept {
    const auto now = group_->time().now();
    return questions_.size() == 1 || deadline_ <= now ? deadline_ : now + (deadline_ - now) / 2;
}

void change::put(question& to) noexcept {
    intrusive_ptr_add_ref(this);  // for the answer
    const bool is_owner = has_owner_ && &to == &questions_.front();
    const peer_question what{group_->name(), key_, is_owner ? owners_deadline() : deadline_};
    if (is_owner && is_set())
        to.to->set(what, sets_.entry, to);
    else
        to.to->remove(what, to);
}

void change::question::answered(peer_answer what) noexcept {
    const ref<change> mine(round, false);
    if (what.why != peer_answer::fault::none)
        outcome = what.value.has_error() ? what.value.error() : error(COORD_UNAVAILABLE);
    refused = what.why == peer_answer::fault::refused;
    mine->answered(*this);
}

void change::answered(question& by) noexcept {
    if (!has_owner_ || &by != &questions_.front()) {
        if (open_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
        return;
    }
    // Nothing was sent that could have changed anything.
    if (is_set() && by.refused && by.outcome.error().status() == COORD_UNSUPPORTED)
        return tell(by.outcome);
    go_on();
}

// Here only after the owner: a get that still reached the owner's old value is detached now.
void change::go_on() noexcept {
    if (reach_ == reach::everywhere)
        change_here(!has_owner_ || !questions_.front().outcome.has_error());
    if (!here_ && here_.error().status() == COORD_CLOSED) return tell(here_);
    const std::size_t first = has_owner_ ? 1 : 0;
    open_.store(questions_.size() - first + 1, std::memory_order_release);
    for (std::size_t i = first; i < questions_.size(); ++i) put(questions_[i]);
    if (open_.fetch_sub(1, std::memory_order_acq_rel) == 1) end();
}

void change::change_here(bool confirmed) noexcept {
    if (!is_set()) return group_->remove_here(key_);
    if (!has_owner_)
        here_ = group_->set_here(sets_.entry);
    else if (confirmed && sets_.keep_hot)
        group_->keep_hot(sets_.entry, noted_);
    else
        group_->remove_here(key_);
}

void change::end() noexcept {
    const bool all_well =
        here_ && std::all_of(questions_.begin(), questions_.end(), [](const question& one) {
            return !one.outcome.has_error();
        });
    if (all_well) return tell({});
    tell(failure());
}

error change::failure() const noexcept {
    std::size_t failed = 0;
    bool timed_out = true;
    error first;
    for (const auto& one : questions_) {
        if (one.outcome) continue;
        const error why = one.outcome.error();
        timed_out = timed_out && why.status() == COORD_TIMED_OUT;
        if (failed++ == 0) first = why;
    }
    if (failed == 0) return here_.error();
    const bool owner_failed = is_set() && has_owner_ && !questions_.front().outcome;
    // A fixed text: memory may be what is missing.
    std::array<char, limits::max_message_bytes> text;
    char* at = text.data();
    const auto say = [&](auto form, const auto&... args) {
        const auto room = static_cast<std::size_t>(text.data() + text.size() - at);
        at = fmt::format_to_n(at, room, form, args...).out;
    };
    const error mine = here_ ? error() : here_.error();
    if (!here_) say(FMT_STRING("{}; and "), mine.message());
    if (owner_failed)
        say(FMT_STRING("the owner did not confirm the value, which it may have kept; "));
    say(FMT_STRING("not {} everywhere: {} of {} other peers did not confirm"),
        is_set() && here_ ? "set" : "removed",
        failed,
        questions_.size());
    const char* before = ": ";
    for (const auto& one : questions_) {
        if (one.outcome) continue;
        const error why = one.outcome.error();
        const bool says_who = names(why.message(), one.to->url());
        say(FMT_STRING("{}{}{}{}"),
            before,
            says_who ? std::string_view() : std::string_view(one.to->url()),
            says_who ? "" : ": ",
            why.message());
        before = "; ";
    }
    const std::string_view all(text.data(), static_cast<std::size_t>(at - text.data()));
    const bool too_late = timed_out && group_->time().now() >= deadline_;
    coord_status status = too_late ? COORD_TIMED_OUT : COORD_UNAVAILABLE;
    if (!here_) status = mine.status();
    if (owner_failed && first.status() == COORD_EXHAUSTED) status = COORD_EXHAUSTED;
    return error(status, "group", all).because(first);
}

void change::tell(const result<>& outcome) noexcept {
    if (!group_->take_change(*this)) return;
    who_->changed(outcome);
    group_->end_work();
}

void change::cut(const error& why) noexcept {
    who_->changed(why);
    group_->end_work();
}

}  // namespace coord::groupcache
