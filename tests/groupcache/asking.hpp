// One peer that says what a test wants, and somebody who asks it.
#pragma once

#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "groupcache/peer_client.hpp"
#include "support/fake_peer.hpp"

namespace coord::groupcache {

using testing::fake_peer;

inline std::string reply(int status, std::string_view headers, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline fake_peer::script saying(std::string text) {
    return [text = std::move(text)](fake_peer::session& with) {
        while (!with.request().empty()) with.send(text);
    };
}

struct caller final : peer_caller {
    void answered(peer_answer what) noexcept override { outcome.set_value(std::move(what)); }
    std::promise<peer_answer> outcome;
};

class asking : public ::testing::Test {
  protected:
    asking() {
        runtime::options threads;
        threads.worker_threads = 1;
        owner = *runtime::make(threads);
        owner->to_host();
    }
    ~asking() override { owner->drop_handle(); }

    std::shared_ptr<peer_terms> terms(dialect speaks = dialect::mailgun) const {
        auto made = std::make_shared<peer_terms>(owner);
        made->speaks = speaks;
        made->base_path = "/_groupcache/";
        return made;
    }
    static ref<http_peer> reach(const std::shared_ptr<peer_terms>& by, const std::string& url) {
        return ref<http_peer>(new http_peer(by, *http::parse_url(url)));
    }
    static peer_answer get(http_peer& from, time_point deadline = never) {
        caller who;
        from.get({"g", "key", deadline}, who);
        return who.outcome.get_future().get();
    }
    static peer_answer remove(http_peer& from) {
        caller who;
        from.remove({"g", "key", never}, who);
        return who.outcome.get_future().get();
    }
    peer_answer get_of(std::string text, dialect speaks = dialect::mailgun) const {
        const fake_peer there(saying(std::move(text)));
        return get(*reach(terms(speaks), there.url()));
    }
    peer_answer remove_of(std::string text) const {
        const fake_peer there(saying(std::move(text)));
        return remove(*reach(terms(), there.url()));
    }

    ref<runtime> owner;
};

}  // namespace coord::groupcache
