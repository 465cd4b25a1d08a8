#include "cli/failure.hpp"

#include <array>
#include <utility>

#include "cli/handles.hpp"
#include "cli/text.hpp"

namespace coord::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> option_names{{
    {"listen", "--listen"},
    {"self_url", "--self"},
    {"list", "--peers"},
    {"base_path", "--base-path"},
    {"ring_replicas", "--replicas"},
    {"max_value_bytes", "--max-value"},
    {"max_bytes", "--cache-bytes"},
    {"ttl_ns", "--ttl"},
    {"admin_listen", "--admin"},
}};

// Messages of the library begin with the option at fault, by its name there.
std::string in_words_of_the_program(std::string text) {
    constexpr std::string_view prefix = "options.";
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    for (const auto& [ours, theirs] : option_names) {
        if (!text.starts_with(std::string(ours) + ":")) continue;
        text.replace(0, ours.size(), theirs);
        break;
    }
    constexpr std::string_view allow = "; allow it, or ";
    if (const auto at = text.find(allow); at != std::string::npos)
        text.replace(at, allow.size(), "; allow it with --allow-insecure-bind, or ");
    return text;
}

bool somebody_answered(const coord_error* why) noexcept {
    for (; why != nullptr; why = coord_error_cause(why))
        if (std::string_view(coord_error_native_domain(why)) == "http") return true;
    return false;
}

}  // namespace

std::string describe(coord_status what, const coord_error* why) {
    std::string text = coord_status_name(what);
    std::string_view said = coord_error_message(why);
    if (!said.empty()) text.append(": ").append(said);
    for (why = coord_error_cause(why); why != nullptr; why = coord_error_cause(why)) {
        const std::string_view more = coord_error_message(why);
        if (more.empty() || more == said) continue;
        text.append(" (").append(coord_error_component(why)).append(": ").append(more).append(")");
        said = more;
    }
    return printable(text);
}

exit_code code_of_answer(coord_status what, const coord_error* why) noexcept {
    switch (what) {
        case COORD_OK:
            return exit_code::done;
        case COORD_NOT_FOUND:
            return exit_code::not_found;
        case COORD_UNAVAILABLE:
            return exit_code::unreachable;
        case COORD_EXHAUSTED:
            return exit_code::no_slot;
        case COORD_TIMED_OUT:
            // An owner that says so was reached: what took too long is its loader.
            return somebody_answered(why) ? exit_code::failed : exit_code::unreachable;
        default:
            return exit_code::failed;
    }
}

void check_setup(coord_status what, coord_error* owned) {
    const error_handle why(owned);
    if (what == COORD_OK) return;
    const bool mistyped = what == COORD_INVALID_ARGUMENT || what == COORD_UNSUPPORTED;
    std::string text = coord_error_message(why.get());
    if (text.empty()) text = coord_status_name(what);
    throw failure(mistyped ? exit_code::usage : exit_code::failed,
                  printable(in_words_of_the_program(std::move(text))));
}

}  // namespace coord::cli
