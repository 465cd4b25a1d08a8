// Every row of the request table over a real socket, while another client goes on being answered.
#include <gtest/gtest.h>

#include "http/request_rows.hpp"
#include "http/server_fixture.hpp"

namespace coord::http {
namespace {

class server_rows : public servers {
  protected:
    void SetUp() override {
        does = [](const ref<exchange>& what) {
            const auto& asked = what->asked();
            what->answer(
                text_reply(std::string(asked.verb_text) + ' ' + std::string(asked.target)));
        };
        server_options wanted;
        wanted.max_body_bytes = usual.max_body_bytes;
        open(wanted);
    }
    // As a row has it: what was served by its body, what was refused by its status.
    static list read_off(std::string_view text) {
        list seen;
        while (!text.empty()) {
            const auto head = text.find("\r\n\r\n");
            if (head == std::string_view::npos || text.substr(0, 9) != "HTTP/1.1 ") {
                seen.emplace_back("not HTTP");
                return seen;
            }
            const std::string status(text.substr(9, 3));
            std::size_t size = 0;
            constexpr std::string_view length = "Content-Length: ";
            if (const auto at = text.substr(0, head).find(length); at != std::string_view::npos)
                size = std::stoul(std::string(text.substr(at + length.size(), 20)));
            const auto body = text.substr(head + 4, size);
            if (status == "200")
                seen.emplace_back(body);
            else if (status != "100")
                seen.push_back(status);
            text.remove_prefix(std::min(text.size(), head + 4 + size));
        }
        return seen;
    }
    void check(const row& each, visitor& honest) {
        visitor one(port);
        one.send(each.bytes);
        one.send_end();
        list expected = each.then;
        if (!expected.empty() && expected.back() == "more") expected.pop_back();
        EXPECT_EQ(read_off(one.read_all()), expected) << each.what;
        EXPECT_EQ(status_of(honest.ask(get("/honest"))), 200) << "beside " << each.what;
    }
};

TEST_F(server_rows, bodies_are_framed_in_one_way_or_refused) {
    visitor honest(port);
    for (const auto& each : framing_rows()) check(each, honest);
}

TEST_F(server_rows, heads_are_read_in_one_way_or_refused) {
    visitor honest(port);
    for (const auto& each : head_rows()) check(each, honest);
}

}  // namespace
}  // namespace coord::http
