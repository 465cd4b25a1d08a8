// Bytes: four kinds behind one header, counted exactly.
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

TEST(bytes, a_held_one_has_a_key_of_its_own_and_the_value_of_another) {
    int released = 0;
    const std::string text(1'000, 'x');
    for (const std::size_t key_size : {0U, 1U, 7U, 8U, 9U, 65'535U}) {
        const std::string key(key_size, 'k');
        bytes_ref value(
            bytes::make_external(text, &released, [](void* user) { ++*static_cast<int*>(user); }),
            false);
        bytes_ref entry(bytes::make_held(key, value, 42, 2), false);
        EXPECT_TRUE(entry->is_bytes());
        EXPECT_EQ(entry->key(), key);
        EXPECT_EQ(entry->value().data(), text.data());
        EXPECT_EQ(entry->value().size(), text.size());
        EXPECT_EQ(entry->expire_unix_ns(), 42);
        EXPECT_EQ(entry->value_flags(), 2);
        EXPECT_GT(entry->memory_bytes(), key_size + text.size());
        value.reset();
        EXPECT_EQ(released, 0);
        entry.reset();
        EXPECT_EQ(released, 1);
        released = 0;
    }
}

TEST(bytes, held_ones_of_held_ones_and_slices_hold_what_is_below_them) {
    int released = 0;
    const std::string text = "0123456789";
    bytes_ref latest(
        bytes::make_external(text, &released, [](void* user) { ++*static_cast<int*>(user); }),
        false);
    const bytes_ref first(bytes::make_held("k", latest, 0, 0), false);
    latest = first;
    for (int i = 0; i < 10; ++i) {
        const bytes_ref slice(bytes::make_slice(latest.get(), 0, 9), false);
        latest.reset(bytes::make_held("k", slice, 0, 0), false);
    }
    EXPECT_EQ(latest->value(), "012345678");
    EXPECT_EQ(first->references(), 1U);  // nobody between holds it
    latest.reset();
    EXPECT_EQ(released, 0);
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
