// Keys among the arguments. They are any bytes, and CLI11 takes a word in brackets or braces for a
// list: so it never sees them.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace coord::cli {

// Takes the keys out of `words`, when they are those of a verb of cache that has a KEY.
std::vector<std::string> take_keys(const CLI::App& program, std::vector<std::string>& words);

}  // namespace coord::cli
