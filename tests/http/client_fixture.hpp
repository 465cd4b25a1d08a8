// A client with real sockets and a clock that a test moves.
#pragma once

#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/client_core.hpp"
#include "support/fake_peer.hpp"
#include "support/virtual_clock.hpp"

namespace coord::http {

struct outcome {
    int status = 0;  // of HTTP; 0 when it failed
    std::string body;
    std::string kind;  // the header "Kind"
    coord_status failure = COORD_OK;
    std::string message;
    std::int64_t native = 0;
};

// A call whose end a test awaits. Told twice, the promise ends the program.
class asked final : public call {
  public:
    explicit asked(std::string text = "GET /x HTTP/1.1\r\nHost: peer\r\n\r\n",
                   time_point until = never) {
        request = std::move(text);
        deadline = until;
    }
    void answered(const response& what) noexcept override {
        outcome seen;
        seen.status = what.status;
        seen.body = what.body;
        seen.kind = what.find("kind");
        told_.set_value(std::move(seen));
    }
    void failed(error why) noexcept override {
        outcome seen;
        seen.failure = why.status();
        seen.message = why.message();
        if (why.info() != nullptr) seen.native = why.info()->native_code;
        told_.set_value(std::move(seen));
    }
    outcome wait() { return future_.get(); }
    bool is_told() const {
        return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

  private:
    std::promise<outcome> told_;
    std::future<outcome> future_ = told_.get_future();
};

class clients : public ::testing::Test {
  protected:
    ~clients() override { stop(); }

    std::shared_ptr<client_core> make(const std::string& to, const client_options& wanted = {}) {
        return make(to, wanted, &look_up);
    }
    std::shared_ptr<client_core> make(const std::string& to,
                                      const client_options& wanted,
                                      name_look_up by) {
        made_.push_back(
            client_core::make(*io, time, deadlines, *parse_url(to), wanted, std::move(by)));
        return made_.back();
    }
    // The clients, then the threads.
    void stop() {
        for (const auto& each : made_) each->close();
        made_.clear();
        io.reset();
    }
    // One call, from beginning to end; and its connection idle, or gone.
    outcome ask(const std::shared_ptr<client_core>& of) {
        asked one;
        of->send(one);
        auto told = one.wait();
        while (of->look().idle != of->read().connections) std::this_thread::yield();
        return told;
    }
    void advance(duration by) {
        time.advance(by);
        deadlines->fire_due(time.now());
    }
    static void await_connections(const client_core& of, std::uint64_t count) {
        while (of.read().connections != count) std::this_thread::yield();
    }

    testing::virtual_clock time;
    // The io threads look at another heap, on the machine's clock: only the test fires this one.
    std::shared_ptr<timer_heap> deadlines = std::make_shared<timer_heap>(std::function<void()>());
    std::unique_ptr<io_threads> io = *io_threads::make(
        1, machine_clock(), std::make_shared<timer_heap>(std::function<void()>()));

  private:
    std::vector<std::shared_ptr<client_core>> made_;
};

// Answers everything with the number of the connection.
inline void number_each(testing::fake_peer::session& with) {
    while (!with.request().empty()) with.send(testing::reply_of(std::to_string(with.number)));
}

}  // namespace coord::http
