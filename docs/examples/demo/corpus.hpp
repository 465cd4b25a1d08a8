// What the demo computes results from: the source files below a directory, read once, and two
// questions about each of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

// Immutable once made.
class corpus {
  public:
    // The same files in each run, at most so many.
    static corpus read(const std::filesystem::path& top, std::size_t most);

    std::size_t size() const noexcept { return files_.size(); }
    // Keys of results: one of each kind for each file.
    std::vector<std::string> keys_about_likeness() const;
    std::vector<std::string> keys_about_phrases() const;

    // Computes a result, which takes some milliseconds. Throws coord::error with not_found for
    // what is no key.
    std::string answer(std::string_view key) const;

  private:
    struct source_file {
        std::string path;
        std::vector<std::uint64_t> phrases;  // of three words, as hashes; sorted, each once
    };

    const source_file& find(std::string_view path) const;
    std::string most_alike(const source_file& file) const;
    std::string own_phrases(const source_file& file) const;

    std::vector<source_file> files_;  // sorted by path
};

}  // namespace demo
