"""The cache alone."""

from __future__ import annotations

import sys
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any

import coord


class CacheTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)
        self.left: list[Any] = []

    def cache(self, **options: Any) -> coord.Cache:
        return coord.Cache(evicted=self.evicted, runtime=self.runtime, **options)

    def evicted(self, key: Any, value: coord.View, cause: str) -> None:
        self.left.append((key, bytes(value), cause))

    def test_what_was_set_is_there_until_it_is_removed(self) -> None:
        cache = self.cache()
        self.assertIsNone(cache.get("a"))
        cache.set("a", b"1")
        cache.set(b"\xff", coord.View(b"2"))
        self.assertEqual((cache.get("a"), cache.get(b"\xff"), len(cache)), (b"1", b"2", 2))
        self.assertTrue("a" in cache and "b" not in cache)
        self.assertEqual(cache.get_view("a")[0:], b"1")
        self.assertTrue(cache.remove("a"))
        self.assertFalse(cache.remove("a"))
        self.assertEqual((cache.get("a"), len(cache)), (None, 1))
        self.assertIn("1 items", repr(cache))

    def test_the_least_recently_used_leaves_first(self) -> None:
        cache = self.cache(max_items=20, policy="lru")
        for number in range(22):
            cache.set(f"k{number}", b"v")
        self.assertEqual(self.left, [("k0", b"v", "full"), ("k1", b"v", "full")])
        self.assertEqual(len(cache), 20)
        cache.get("k2")
        self.assertTrue(cache.remove_oldest())
        self.assertEqual(self.left[-1], ("k3", b"v", "removed"))

    def test_each_way_to_leave_is_told(self) -> None:
        cache = self.cache()
        cache.set("a", b"1")
        cache.set("a", b"2")
        cache.remove("a")
        cache.set("b", b"3")
        cache.clear()
        expected = [("a", b"1", "replaced"), ("a", b"2", "removed"), ("b", b"3", "removed")]
        self.assertEqual(self.left, expected)
        self.assertFalse(cache.remove_oldest())
        self.assertEqual(len(cache), 0)

    def test_values_expire(self) -> None:
        cache = self.cache(ttl=1e-9)
        cache.set("a", b"v")
        self.assertIsNone(cache.get("a"))
        self.assertEqual(self.left, [("a", b"v", "expired")])
        when = datetime.now(timezone.utc) + timedelta(hours=1)
        cache.set("b", b"v", expires=when)
        self.assertEqual(cache.get_view("b").expires, when)
        cache.set("c", b"v", ttl=coord.FOREVER)
        self.assertIsNone(cache.get_view("c").expires)

    def test_the_function_may_use_the_cache_and_keep_the_value(self) -> None:
        kept: list[coord.View] = []

        def evicted(key: bytes, value: coord.View, cause: str) -> None:
            kept.append(value)
            cache.set(b"last", key)

        cache = coord.Cache(evicted=evicted, keys=bytes, runtime=self.runtime)
        cache.set("a", b"v" * 1000)
        cache.remove("a")
        self.assertEqual(cache.get("last"), b"a")
        self.assertEqual(kept, [b"v" * 1000])

    def test_what_it_raises_is_told_and_changes_nothing(self) -> None:
        def evicted(*_: Any) -> None:
            raise ZeroDivisionError

        told: list[Any] = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = lambda one: told.append(one.exc_type)
        cache = coord.Cache(evicted=evicted, runtime=self.runtime)
        cache.set("a", b"v")
        self.assertTrue(cache.remove("a"))
        self.assertEqual(told, [ZeroDivisionError])

    def test_it_counts(self) -> None:
        cache = self.cache()
        cache.set("a", b"v")
        cache.get("a"), cache.get("b")
        stats = cache.stats()
        self.assertEqual((stats.items, stats.gets, stats.hits, stats.bytes), (1, 2, 1, 2))

    def test_what_is_too_large_is_refused(self) -> None:
        cache = self.cache(max_bytes=4096)
        with self.assertRaises(coord.Exhausted):
            cache.set("a", b"x" * 5000)
        self.assertIsNone(cache.get("a"))

    def test_wrong_arguments_are_told(self) -> None:
        for error, options in (
            (coord.InvalidArgument, {"max_bytes": 0}),
            (coord.InvalidArgument, {"max_items": -1}),
            (coord.InvalidArgument, {"policy": "random"}),
            (coord.InvalidArgument, {"ttl": 0}),
            (TypeError, {"evicted": 7}),
            (TypeError, {"runtime": "default"}),
        ):
            with self.subTest(options=options), self.assertRaises(error):
                coord.Cache(**options)  # type: ignore[arg-type]
        cache = self.cache()
        for call in (
            lambda: cache.get(7),  # type: ignore[arg-type]
            lambda: cache.set("a", "text"),  # type: ignore[arg-type]
            lambda: cache.remove(None),  # type: ignore[arg-type]
        ):
            with self.assertRaises(TypeError):
                call()
        with self.assertRaises(coord.InvalidArgument):
            cache.set("x" * 70_000, b"v")
        with self.assertRaises(coord.InvalidArgument):
            cache.get("x" * 70_000)


if __name__ == "__main__":
    unittest.main()
