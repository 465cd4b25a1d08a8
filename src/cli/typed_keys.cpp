#include "cli/typed_keys.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace coord::cli {
namespace {

const CLI::App* find(const CLI::App& in, const std::string& name) {
    const auto is_meant = [&](const CLI::App* one) { return one->get_name() == name; };
    const auto found = in.get_subcommands(is_meant);
    return found.empty() ? nullptr : found.front();
}

bool takes_a_value(const CLI::App& verb, const std::string& flag) {
    const auto* const option = verb.get_option_no_throw(flag);
    return option != nullptr && option->get_items_expected_max() > 0;
}

}  // namespace

std::vector<std::string> take_keys(const CLI::App& program, std::vector<std::string>& words) {
    if (words.size() < 3 || words.front() != "cache") return {};
    const auto* const verb = find(*find(program, "cache"), words[1]);
    if (verb == nullptr || verb->get_option_no_throw("KEY") == nullptr) return {};
    std::vector<std::string> keys;
    std::vector<std::string> others(words.begin(), words.begin() + 2);
    bool flags = true;
    for (std::size_t at = 2; at < words.size(); ++at) {
        const auto& word = words[at];
        const bool is_flag = flags && word.size() > 1 && word.front() == '-';
        if (!is_flag) {
            keys.push_back(word);
        } else if (word == "--") {
            flags = false;
        } else {
            others.push_back(word);
            if (takes_a_value(*verb, word) && at + 1 < words.size()) others.push_back(words[++at]);
        }
    }
    words = std::move(others);
    return keys;
}

}  // namespace coord::cli
