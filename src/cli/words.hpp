// A command as words, split as a shell would, with nothing expanded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coord::cli {

// Blanks separate; '...', "..." and backslashes keep together. Nothing when a quote is not closed.
std::optional<std::vector<std::string>> split_into_words(std::string_view command);

}  // namespace coord::cli
