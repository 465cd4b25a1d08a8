#include "runtime/metrics_text.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/utf8.hpp"

namespace coord {

std::string escape_label(std::string_view value) {
    std::string out;
    for (const char each : to_valid_utf8(value)) {
        if (each == '\\' || each == '"') out += '\\';
        if (each == '\n')
            out += "\\n";
        else
            out += each;
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
