#include "groupcache/exchange_hook.hpp"

#include <utility>

#include "http/header_text.hpp"
#include "runtime/protect.hpp"

namespace coord::groupcache {
namespace {

error wrong(std::string_view why) noexcept {
    return {COORD_INVALID_ARGUMENT, "request", why};
}

}  // namespace

void exchange_hook::put(subject about, exchange_caller& to) {
    auto& terms = *about.terms;
    const auto deadline = about.deadline;
    const ref<exchange_hook> made(new exchange_hook(std::move(about), to));
    terms.exchanges.put(*made, *terms.owner, terms.exchange, deadline);
}

std::string_view exchange_hook::http(std::string_view field) const noexcept {
    const std::string_view all = about_.request;
    const auto method_end = all.find(' ');
    const auto target_end = all.find(' ', method_end + 1);
    const auto line_end = all.find("\r\n") + 2;
    if (field == "method") return all.substr(0, method_end);
    if (field == "target") return all.substr(method_end + 1, target_end - method_end - 1);
    if (field == "headers") return all.substr(line_end, head_size_ - line_end);
    if (field == "body") return all.substr(head_size_ + 2);
    return {};
}

result<> exchange_hook::set_header(std::string_view name, std::string_view value) {
    constexpr std::size_t around = 4;  // ": " and the end of the line
    if (added_.size() + name.size() + value.size() + around > limits::max_added_header_bytes)
        return wrong("value: all headers set so are more than 8 KiB");
    added_.reserve(added_.size() + name.size() + value.size() + around);
    added_.append(name).append(": ").append(value).append("\r\n");
    return {};
}

result<> exchange_hook::set_response(const message_view& given) {
    if (given.status < 200 || given.status > 599) return wrong("response.status: 200 to 599");
    if (given.headers.size() > limits::max_header_bytes)
        return wrong("response.headers: more than 24 KiB");
    if (given.body.size() > about_.terms->client.max_body_bytes)
        return error(
            COORD_EXHAUSTED, "request", "response.body: larger than max_value_bytes allows");
    auto made = std::make_unique<answer>(
        answer{given.status, std::string(given.headers), {}, std::string(given.body)});
    if (const char* const why = http::read_headers(made->headers, made->lines); why != nullptr)
        return wrong("response.headers: " + std::string(why));
    answer_ = std::move(made);
    return {};
}

void exchange_hook::concluded(result<> outcome, ended_by who) noexcept {
    if (!outcome) return not_sent(outcome.error(), who);
    if (answer_) return to_.replaced({answer_->status, answer_->lines, answer_->body});
    if (!added_.empty() && !protect([&] { about_.request.insert(head_size_, added_); }))
        return not_sent(error(COORD_NO_MEMORY), who);
    to_.go_on(std::move(about_.request));
}

void exchange_hook::not_sent(const error& why, ended_by who) noexcept {
    using enum peer_answer::fault;
    const bool too_late = who == ended_by::us && why.status() == COORD_TIMED_OUT;
    to_.not_sent(why, too_late ? timed_out : unreachable);
}

}  // namespace coord::groupcache
