// Bytes: three kinds behind one header, counted exactly.
#include "base/bytes.hpp"

#include <gtest/gtest.h>
#include <string>

namespace coord {
namespace {

TEST(bytes, an_inline_one_holds_key_and_value_of_any_bytes) {
    const std::string key("k\0y", 3);
    const std::string value("v\0\xFF", 3);
    const bytes_ref made(bytes::make(key, value, 42, 2), false);
    EXPECT_EQ(made->key(), key);
    EXPECT_EQ(made->value(), value);
    EXPECT_EQ(made->expire_unix_ns(), 42);
    EXPECT_EQ(made->value_flags(), 2);
    EXPECT_EQ(made->references(), 1U);
}

TEST(bytes, external_memory_is_released_once_with_the_last_reference) {
    int released = 0;
    bytes* const made =
        bytes::make_external("abc", &released, [](void* user) { ++*static_cast<int*>(user); });
    made->add_ref();
    made->release();
    EXPECT_EQ(released, 0);
    made->release();
    EXPECT_EQ(released, 1);
}

TEST(bytes, a_slice_keeps_its_parent_and_long_chains_unwind_without_recursion) {
    int released = 0;
    const std::string text(1'000, 'x');
    bytes* chain =
        bytes::make_external(text, &released, [](void* user) { ++*static_cast<int*>(user); });
    for (int i = 0; i < 200'000; ++i) {
        bytes* const next = bytes::make_slice(chain, 0, chain->value().size());
        chain->release();
        chain = next;
    }
    EXPECT_EQ(chain->value(), text);
    EXPECT_EQ(released, 0);
    chain->release();
    EXPECT_EQ(released, 1);
}

TEST(bytes, the_ledger_counts_what_left_a_cache_while_held) {
    const auto account = detached_ledger::open();
    ASSERT_NE(account, 0U);
    bytes* const made = bytes::make("k", "value", 0, 0);
    const auto size = made->memory_bytes();
    made->set_place(account);
    made->cache_marks().fetch_or(bytes::detached);
    detached_ledger::add(account, size);
    EXPECT_EQ(detached_ledger::read(account), size);
    made->release();
    EXPECT_EQ(detached_ledger::read(account), 0U);
    detached_ledger::close(account);
}

TEST(bytes, a_closed_account_is_not_reused_while_something_is_held) {
    const auto account = detached_ledger::open();
    detached_ledger::add(account, 10);
    detached_ledger::close(account);
    const auto other = detached_ledger::open();
    EXPECT_NE(other, account);
    detached_ledger::subtract(account, 10);
    detached_ledger::close(other);
}

}  // namespace
}  // namespace coord
