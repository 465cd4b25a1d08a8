// An answerer without a network: requests are handed to it, and the exchange keeps what it said.
#pragma once

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/answerer.hpp"
#include "support/driven.hpp"

namespace coord::testing {

class kept_exchange final : public http::exchange {
  public:
    using lines = std::vector<std::pair<std::string, std::string>>;

    kept_exchange(http::method verb, std::string target, lines headers)
        : target_(std::move(target)), lines_(std::move(headers)) {
        for (const auto& [name, value] : lines_) headers_.push_back({name, value});
        request_.verb = verb;
        request_.target = target_;
        request_.headers = headers_;
    }
    const http::request& asked() const noexcept override { return request_; }
    void answer(http::reply with) noexcept override {
        EXPECT_FALSE(reply) << "answered twice";
        reply = std::move(with);
    }

    int status() const { return reply ? reply->status : 0; }
    std::string body() const {
        if (!reply) return {};
        std::string all = reply->before;
        if (reply->value) all += reply->value->value();
        return all + reply->after;
    }
    // "" when there is none.
    std::string header(const std::string& name) const {
        const std::string all = reply ? "\r\n" + reply->headers : "";
        const auto at = all.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 4;
        return all.substr(begin, all.find("\r\n", begin) - begin);
    }
    std::string type() const {
        return reply && reply->content_type != nullptr ? reply->content_type : "";
    }

    std::optional<http::reply> reply;

  private:
    const std::string target_;
    const lines lines_;
    std::vector<http::header> headers_;
    http::request request_;
};

class asked : public ::testing::Test {
  protected:
    ~asked() override {
        for (auto& each : groups_) each->drop_handle();
    }
    ref<groupcache::group> make(groupcache::group_options wanted, std::string_view name = "g") {
        groups_.push_back(world.make_group(std::move(wanted), name));
        return groups_.back();
    }
    // A group that loads when the test says so.
    ref<groupcache::group> make(std::string_view name = "g") { return make(loads.options(), name); }
    // The host gives it back.
    void forget(const ref<groupcache::group>& which) {
        std::erase(groups_, which);
        which->drop_handle();
    }
    ref<kept_exchange> send(http::method verb,
                            std::string target,
                            kept_exchange::lines headers = {{"Host", "127.0.0.1:9090"}}) {
        const ref<kept_exchange> sent(
            new kept_exchange(verb, std::move(target), std::move(headers)));
        serves->handle(sent);
        world.executor.run_all();
        return sent;
    }
    ref<kept_exchange> get(std::string target) {
        return send(http::method::get, std::move(target));
    }
    ref<kept_exchange> remove(std::string target) {
        return send(http::method::remove, std::move(target));
    }
    // Loads the key through the endpoint.
    void fill(std::string target, std::string_view value) {
        const auto sent = get(std::move(target));
        ASSERT_EQ(loads.requests.size(), 1U);
        loads.succeed(0, value);
        ASSERT_EQ(sent->status(), 200);
    }

    driven world;
    kept_loads loads;
    ref<admin::answerer> serves{
        new admin::answerer(*world.owner, admin::known_hosts("127.0.0.1:9090"))};

  private:
    std::vector<ref<groupcache::group>> groups_;
};

}  // namespace coord::testing
