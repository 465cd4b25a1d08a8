#include "cli/words.hpp"

#include <cstddef>

namespace coord::cli {
namespace {

constexpr std::string_view blanks = " \t\n\r";

class splitter {
  public:
    explicit splitter(std::string_view text) noexcept : left_(text) {}

    std::optional<std::vector<std::string>> all() {
        std::vector<std::string> words;
        while (skip_blanks()) {
            std::string word;
            if (!read_word(word)) return std::nullopt;
            words.push_back(std::move(word));
        }
        return words;
    }

  private:
    bool skip_blanks() noexcept {
        const auto first = left_.find_first_not_of(blanks);
        left_ = first == std::string_view::npos ? std::string_view() : left_.substr(first);
        return !left_.empty();
    }
    char take() noexcept {
        const char one = left_.front();
        left_.remove_prefix(1);
        return one;
    }
    bool read_word(std::string& word) {
        while (!left_.empty() && blanks.find(left_.front()) == std::string_view::npos) {
            const char one = take();
            bool closed = true;
            if (one == '\'')
                closed = read_plain(word);
            else if (one == '"')
                closed = read_escaped(word);
            else if (one != '\\')
                word.push_back(one);
            else if ((closed = !left_.empty()))
                word.push_back(take());
            if (!closed) return false;
        }
        return true;
    }
    bool read_plain(std::string& word) {
        const auto end = left_.find('\'');
        if (end == std::string_view::npos) return false;
        word.append(left_.substr(0, end));
        left_.remove_prefix(end + 1);
        return true;
    }
    bool read_escaped(std::string& word) {
        constexpr std::string_view special = "\"\\$`";
        while (!left_.empty()) {
            const char one = take();
            if (one == '"') return true;
            const bool escapes =
                one == '\\' && !left_.empty() && special.find(left_.front()) != special.npos;
            word.push_back(escapes ? take() : one);
        }
        return false;
    }

    std::string_view left_;
};

}  // namespace

std::optional<std::vector<std::string>> split_into_words(std::string_view command) {
    return splitter(command).all();
}

}  // namespace coord::cli
