// Counters as Prometheus text: samples of one name together, HELP and TYPE once, labels escaped by
// escape_label.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/component.hpp"

namespace coord {

class metrics_text final : public metric_sink {
  public:
    void add(metric_sample sample) override;
    std::string str() const;

  private:
    std::map<std::string_view, std::vector<metric_sample>> by_name_;
};

// Backslash, quote and line feed escaped; bytes that are not UTF-8 become U+FFFD.
std::string escape_label(std::string_view value);

}  // namespace coord
