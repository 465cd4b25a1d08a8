#include "runtime/metrics_text.hpp"

#include <fmt/format.h>
#include <utility>

namespace coord {
namespace {

// Length of the valid UTF-8 sequence at the front, 0 when there is none.
std::size_t sequence_at(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i) {
        return i < text.size() && (byte(i) & 0xC0U) == 0x80U;
    };
    if (byte(0) < 0x80U) return 1;
    if (byte(0) >= 0xC2U && byte(0) <= 0xDFU && follows(1)) return 2;
    if ((byte(0) & 0xF0U) == 0xE0U && follows(1) && follows(2)) {
        const bool overlong = byte(0) == 0xE0U && byte(1) < 0xA0U;
        const bool surrogate = byte(0) == 0xEDU && byte(1) >= 0xA0U;
        return overlong || surrogate ? 0 : 3;
    }
    if (byte(0) >= 0xF0U && byte(0) <= 0xF4U && follows(1) && follows(2) && follows(3)) {
        const bool overlong = byte(0) == 0xF0U && byte(1) < 0x90U;
        const bool too_large = byte(0) == 0xF4U && byte(1) >= 0x90U;
        return overlong || too_large ? 0 : 4;
    }
    return 0;
}

}  // namespace

std::string escape_label(std::string_view value) {
    std::string out;
    while (!value.empty()) {
        const auto size = sequence_at(value);
        if (size == 0) {
            out += "\xEF\xBF\xBD";
        } else if (value[0] == '\\' || value[0] == '"') {
            out += '\\';
            out += value[0];
        } else if (value[0] == '\n') {
            out += "\\n";
        } else {
            out += value.substr(0, size);
        }
        value.remove_prefix(size == 0 ? 1 : size);
    }
    return out;
}

void metrics_text::add(metric_sample sample) {
    by_name_[sample.name].push_back(std::move(sample));
}

std::string metrics_text::str() const {
    std::string out;
    for (const auto& [name, samples] : by_name_) {
        const auto& first = samples.front();
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n",
                           name,
                           first.help,
                           name,
                           first.is_counter ? "counter" : "gauge");
        for (const auto& sample : samples)
            out += sample.labels.empty()
                       ? fmt::format("{} {}\n", name, sample.value)
                       : fmt::format("{}{{{}}} {}\n", name, sample.labels, sample.value);
    }
    return out;
}

}  // namespace coord
