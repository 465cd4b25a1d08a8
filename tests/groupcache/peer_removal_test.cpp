// What a reply of a peer to a removal means.
#include "groupcache/asking.hpp"

namespace coord::groupcache {
namespace {

using namespace std::string_literals;
using fault = peer_answer::fault;

TEST_F(asking, a_removal_is_confirmed_by_200_and_by_a_peer_without_the_group) {
    EXPECT_EQ(remove_of(reply(200, "", "")).why, fault::none);
    EXPECT_EQ(remove_of(reply(404, "", "no such group: g\n")).why, fault::none);
    EXPECT_EQ(remove_of(reply(404, "", "group not found: \"g\"\n")).why, fault::none);
    EXPECT_EQ(remove_of(reply(500, "Coord-Error-Type: group-not-found\r\n", "x\n")).why,
              fault::none);
}

TEST_F(asking, a_removal_that_is_not_confirmed_says_what_the_peer_said) {
    struct row {
        int status;
        std::string headers;
        coord_status expected;
    };
    const row table[] = {
        {404, "", COORD_UNAVAILABLE},
        {404, "Coord-Error-Type: bad-request\r\n", COORD_UNAVAILABLE},
        {500, "", COORD_UNAVAILABLE},
        {204, "", COORD_UNAVAILABLE},
        {503, "", COORD_UNAVAILABLE},
        {403, "Coord-Error-Type: denied\r\n", COORD_DENIED},
    };
    for (const auto& [status, headers, expected] : table) {
        const auto body = status == 204 ? "" : "not today\n";
        const auto text =
            status == 204 ? "HTTP/1.1 204 No Content\r\n\r\n"s : reply(status, headers, body);
        const auto got = remove_of(text);
        EXPECT_EQ(got.why, fault::unreachable) << status;
        const auto& why = got.value.error();
        EXPECT_EQ(why.status(), expected) << status;
        EXPECT_EQ(std::string(why.message()).find("http " + std::to_string(status) + " from http"),
                  0U)
            << why.message();
        if (status != 204) {
            EXPECT_NE(why.message().find(": not today"), std::string_view::npos) << why.message();
        }
    }
}

}  // namespace
}  // namespace coord::groupcache
