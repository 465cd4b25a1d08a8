// A request that is answered at once costs the server no memory of its own, and a connection
// little.
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "http/server_fixture.hpp"

namespace {

thread_local std::uint64_t allocations = 0;

void* counted(std::size_t size) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* const memory = counted(size)) return memory;
    std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return counted(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace coord::http {
namespace {

class server_allocations : public servers {};

TEST_F(server_allocations, a_request_that_is_answered_at_once_allocates_nothing) {
    struct counting final : handler {
        void handle(ref<exchange> what) noexcept override {
            seen = allocations;  // of the io thread
            reply made;
            made.content_type = "application/x-protobuf";
            made.before = "\x0A\x04";
            made.value = value;
            made.after = std::string_view("\x18\x00", 2);
            what->answer(std::move(made));
        }
        const bytes_ref value{bytes::make("text"), false};
        std::atomic<std::uint64_t> seen{0};
    };
    const ref<counting> handler(new counting);
    auto made = server::listen(*io, clock, timers, "127.0.0.1:0", {}, handler);
    ASSERT_TRUE(made);
    serving = std::move(*made);
    visitor one(port_of(*serving));
    const auto request = get("/_groupcache/g/key", "User-Agent: Go-http-client/1.1\r\n");
    EXPECT_EQ(status_of(one.ask(request)), 200);
    const auto before = handler->seen.load();
    for (int i = 0; i < 1'000; ++i) EXPECT_EQ(status_of(one.ask(request)), 200);
    EXPECT_EQ(handler->seen.load(), before);
    EXPECT_GT(before, 0U) << "the connection itself was counted";
}

}  // namespace
}  // namespace coord::http
