// Values are what a command writes to stdout. No shell: the command is split once, at start, and a
// key is never more than a part of one argument.
#include <coord/status.h>

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>
#include <vector>

#include "cli/child.hpp"
#include "cli/failure.hpp"
#include "cli/origin.hpp"
#include "cli/text.hpp"
#include "cli/words.hpp"

namespace coord::cli {
namespace {

constexpr int exit_not_found = 3;

// Where posix_spawnp will look for it.
bool can_be_found(const std::string& program) {
    if (program.find('/') != std::string::npos) return ::access(program.c_str(), X_OK) == 0;
    const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread yet
    std::string_view left = path == nullptr ? "/bin:/usr/bin" : path;
    while (true) {
        const auto end = left.find(':');
        const std::string folder(left.substr(0, end));
        const std::string whole = folder.empty() ? "./" + program : folder + "/" + program;
        if (::access(whole.c_str(), X_OK) == 0) return true;
        if (end == std::string_view::npos) return false;
        left.remove_prefix(end + 1);
    }
}

std::vector<std::string> checked_words(std::string_view command) {
    const auto wrong = [](std::string_view what) {
        return failure(exit_code::usage, fmt::format("--origin-command: {}", what));
    };
    auto words = split_into_words(command);
    if (!words) throw wrong("a quote is not closed");
    if (words->empty() || words->front().empty()) throw wrong("it is empty");
    if (words->front().find(key_mark) != std::string::npos)
        throw wrong("{key} cannot be the program itself");
    bool marked = false;
    for (const auto& word : *words) marked = marked || word.find(key_mark) != std::string::npos;
    if (!marked) throw wrong("no {key} in it");
    if (!can_be_found(words->front()))
        throw failure(exit_code::failed,
                      fmt::format("--origin-command: {}: {}",
                                  printable(words->front()),
                                  "there is no such program, or it may not be run"));
    return *std::move(words);
}

class command_origin final : public origin {
  public:
    command_origin(std::string_view command, const origin_limits& limits)
        : limits_(limits), words_(checked_words(command)) {}

    loaded load(std::string_view key, const coord_context* until) override {
        if (key.find('\0') != std::string_view::npos)
            return {COORD_NOT_FOUND, "no argument can hold a key with a NUL"};
        auto words = words_;
        for (auto& word : words) word = with_key(word, key);
        const auto max_output = static_cast<std::size_t>(limits_.max_value_bytes);
        return answer(run_child(words, max_output, until));
    }

  private:
    loaded answer(child_end end) const {
        using reason = child_end::reason;
        switch (end.why) {
            case reason::exited:
                if (end.code == 0) return {COORD_OK, std::move(end.output)};
                if (end.code == exit_not_found)
                    return {COORD_NOT_FOUND, words_or(end, "the origin has no such key")};
                return {COORD_HOST_FAILED,
                        words_or(end, fmt::format("the origin command exited with {}", end.code))};
            case reason::killed:
                return {COORD_HOST_FAILED,
                        fmt::format("the origin command was killed by signal {}", end.code)};
            case reason::too_large:
                return too_large(limits_);
            case reason::cancelled:
                return too_slow(limits_);
            case reason::not_started:
                break;
        }
        return {COORD_HOST_FAILED,
                fmt::format("the origin command did not start: {}", std::strerror(end.code))};
    }
    static std::string words_or(const child_end& end, std::string otherwise) {
        return end.last_words.empty() ? otherwise : printable(end.last_words);
    }

    const origin_limits limits_;
    const std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<origin> make_command_origin(std::string_view command, const origin_limits& limits) {
    return std::make_unique<command_origin>(command, limits);
}

}  // namespace coord::cli
