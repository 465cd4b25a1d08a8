// Several nodes in one process that have one list of peers.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "support/node.hpp"

namespace coord::groupcache {

using testing::node;

inline std::string joined(const std::vector<std::string>& urls) {
    std::string list;
    for (const auto& each : urls) list += each + ",";
    return list;
}

class cluster : public ::testing::Test {
  protected:
    node& add(peers_options wanted = node::served(), node::loader load = {}) {
        return *nodes.emplace_back(std::make_unique<node>(std::move(wanted), std::move(load)));
    }
    void meet() {
        std::vector<std::string> urls;
        for (const auto& each : nodes)
            if (!each->peers->options().listen.empty()) urls.push_back(each->url());
        for (const auto& each : nodes) ASSERT_TRUE(each->peers->set(joined(urls)));
    }
    static std::string key_of(const node& who, std::string_view prefix = "key") {
        return who.own_key(prefix);
    }

    std::vector<std::unique_ptr<node>> nodes;
};

}  // namespace coord::groupcache
