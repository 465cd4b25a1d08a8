// Two files are alike when they share many phrases of three words; a phrase is a file's own when no
// other file has it. Both questions compare a file with all others.
#include "corpus.hpp"

#include <coord/coord.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>

namespace demo {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view likeness = "most like ";
constexpr std::string_view phrases = "own phrases of ";

bool is_source(const fs::path& path) {
    static const std::set<std::string> known{".c", ".h", ".cpp", ".hpp", ".py", ".md", ".go"};
    return known.contains(path.extension().string());
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> words_of(std::string_view text) {
    const auto is_part = [](char one) {
        return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '_';
    };
    std::vector<std::string> words;
    for (auto from = std::find_if(text.begin(), text.end(), is_part); from != text.end();) {
        const auto to = std::find_if_not(from, text.end(), is_part);
        words.emplace_back(from, to);
        from = std::find_if(to, text.end(), is_part);
    }
    return words;
}

std::vector<std::uint64_t> phrases_of(std::string_view text) {
    const auto words = words_of(text);
    std::vector<std::uint64_t> found;
    for (std::size_t i = 2; i < words.size(); ++i)
        found.push_back(
            std::hash<std::string>{}(words[i - 2] + ' ' + words[i - 1] + ' ' + words[i]));
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

// Below hidden directories and what builds leave behind there is nothing to read.
void collect(const fs::path& directory, std::vector<fs::path>& found) {
    for (const auto& entry : fs::directory_iterator(directory)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with('.') || name == "build" || entry.is_symlink()) continue;
        if (entry.is_directory())
            collect(entry.path(), found);
        else if (is_source(entry.path()))
            found.push_back(entry.path());
    }
}

}  // namespace

corpus corpus::read(const fs::path& top, std::size_t most) {
    std::vector<fs::path> found;
    collect(top, found);
    std::sort(found.begin(), found.end());
    const auto count = std::min(most, found.size());
    corpus read;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& path = found[i * found.size() / count];  // evenly spread
        read.files_.push_back(
            {path.lexically_relative(top).string(), phrases_of(content_of(path))});
    }
    std::sort(read.files_.begin(), read.files_.end(), [](const auto& a, const auto& b) {
        return a.path < b.path;
    });
    return read;
}

std::vector<std::string> corpus::keys_about_likeness() const {
    std::vector<std::string> keys;
    for (const auto& file : files_) keys.push_back(std::string(likeness) + file.path);
    return keys;
}

std::vector<std::string> corpus::keys_about_phrases() const {
    std::vector<std::string> keys;
    for (const auto& file : files_) keys.push_back(std::string(phrases) + file.path);
    return keys;
}

std::string corpus::answer(std::string_view key) const {
    if (key.starts_with(likeness)) return most_alike(find(key.substr(likeness.size())));
    if (key.starts_with(phrases)) return own_phrases(find(key.substr(phrases.size())));
    throw coord::error(coord::status::not_found, "no such question");
}

const corpus::source_file& corpus::find(std::string_view path) const {
    const auto found =
        std::lower_bound(files_.begin(), files_.end(), path, [](const auto& file, auto wanted) {
            return file.path < wanted;
        });
    if (found == files_.end() || found->path != path)
        throw coord::error(coord::status::not_found, "no such file");
    return *found;
}

std::string corpus::most_alike(const source_file& file) const {
    const source_file* best = nullptr;
    std::size_t best_shared = 0;
    std::vector<std::uint64_t> shared;
    for (const auto& other : files_) {
        if (&other == &file) continue;
        shared.clear();
        std::set_intersection(file.phrases.begin(),
                              file.phrases.end(),
                              other.phrases.begin(),
                              other.phrases.end(),
                              std::back_inserter(shared));
        if (best != nullptr && shared.size() <= best_shared) continue;
        best = &other;
        best_shared = shared.size();
    }
    if (best == nullptr) return "none";
    return best->path + " shares " + std::to_string(best_shared) + " of its " +
           std::to_string(file.phrases.size()) + " phrases";
}

std::string corpus::own_phrases(const source_file& file) const {
    auto own = file.phrases;
    std::vector<std::uint64_t> left;
    for (const auto& other : files_) {
        if (&other == &file) continue;
        left.clear();
        std::set_difference(own.begin(),
                            own.end(),
                            other.phrases.begin(),
                            other.phrases.end(),
                            std::back_inserter(left));
        own.swap(left);
    }
    return std::to_string(own.size()) + " of " + std::to_string(file.phrases.size());
}

}  // namespace demo
