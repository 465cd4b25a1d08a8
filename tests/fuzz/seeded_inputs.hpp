// Inputs made from seeds: some of them in a row, with a few things wrong.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace coord::fuzz {

inline std::string piece_of(const std::string& text, random& chance) {
    const auto from = chance.below(text.size());
    return text.substr(from, 1 + chance.below(std::min<std::uint64_t>(text.size() - from, 32)));
}

inline void spoil(std::string& input, const std::vector<std::string>& seeds, random& chance) {
    // Bytes at which parsers take turns.
    constexpr std::string_view turning("\0\t\n\r ,:;%#?/0159AaFfZ\x7F\x80\xFF", 24);
    const auto at = chance.below(input.size());
    switch (chance.below(8)) {
        case 0:
            input[at] = static_cast<char>(chance.next());
            break;
        case 1:
            input[at] = turning[chance.below(turning.size())];
            break;
        case 2:
            input.insert(at, 1, turning[chance.below(turning.size())]);
            break;
        case 3:
            input.erase(at, 1 + chance.below(8));
            break;
        case 4:
            input.insert(at, piece_of(input, chance));
            break;
        case 5:
            input.insert(at, piece_of(seeds[chance.below(seeds.size())], chance));
            break;
        case 6:
            input.insert(at, chance.below(600), input[at]);
            break;
        default:
            input.resize(at + 1);
            break;
    }
}

inline std::string made_of(const std::vector<std::string>& seeds,
                           random& chance,
                           std::size_t max_bytes) {
    std::string input;
    for (auto parts = 1 + chance.below(3); parts > 0; --parts)
        input += seeds[chance.below(seeds.size())];
    for (auto wrong = chance.below(6); wrong > 0 && !input.empty(); --wrong)
        spoil(input, seeds, chance);
    if (input.size() > max_bytes) input.resize(max_bytes);
    return input;
}

}  // namespace coord::fuzz
