// What the program says: data to stdout, words to stderr.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coord::cli {

// To stderr, with a LF, in one write; nobody is told when that fails.
void say(std::string_view line);
// To stderr as "coord: ...".
void complain(std::string_view line);
// To stdout as it is; throws failure when it cannot be written.
void put(std::string_view bytes);

// Columns as wide as they need to be, two blanks apart.
class table {
  public:
    enum class align : unsigned char { left, right };
    struct column {
        std::string title;
        align to = align::left;
    };
    explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}
    // As many cells as columns.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    std::string text() const;

  private:
    std::vector<column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace coord::cli
