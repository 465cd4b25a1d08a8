"""Wrong arguments, refused where they are passed and by name; and what reprs say."""

from __future__ import annotations

import asyncio
import functools
import unittest
from datetime import timedelta
from fractions import Fraction
from typing import Any

import coord
import coord.aio


def plain(key: str) -> bytes:
    return key.encode()


async def awaited(key: str) -> bytes:
    return key.encode()


class RowLoader:
    async def __call__(self, key: str) -> bytes:
        return key.encode()


class ArgumentsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)

    def group(self, load: Any = plain, **options: Any) -> coord.Group:
        return coord.Group("users", load, runtime=self.runtime, **options)

    def refused(
        self, kind: type[Exception], words: str, call: Any, *given: Any, **named: Any
    ) -> None:
        with self.subTest(words), self.assertRaisesRegex(kind, words):
            call(*given, **named)

    def test_a_decorator_without_a_name_says_how_to_write_it(self) -> None:
        self.refused(TypeError, r"write @coord\.group\('plain'\)", coord.group, plain)
        self.refused(TypeError, r"write @coord\.aio\.group\('awaited'\)", coord.aio.group, awaited)
        self.refused(TypeError, "^name must be str or bytes, not int: 42$", coord.group, 42)
        self.refused(TypeError, "^name must be str or bytes", coord.Group, None)

    def test_a_coroutine_function_is_sent_to_aio(self) -> None:
        decorate = coord.group("users", runtime=self.runtime)
        for load in (awaited, RowLoader(), RowLoader().__call__, functools.partial(awaited, "a")):
            self.refused(TypeError, r"use coord\.aio\.group", decorate, load)
            self.refused(TypeError, r"use coord\.aio\.group", self.group, load)
        self.assertEqual(self.group()("a"), b"a")  # none of them took the name

    def test_a_plain_function_is_sent_away_from_aio(self) -> None:
        decorate = coord.aio.group("users", runtime=self.runtime)
        for load in (plain, lambda key: b"", functools.partial(plain), self.group):
            self.refused(TypeError, r"use coord\.group", decorate, load)
        self.assertEqual(self.group()("a"), b"a")

    def test_what_gives_a_coroutine_is_a_loader_of_aio(self) -> None:
        @functools.wraps(awaited)
        def wrapped(key: str) -> Any:
            return awaited(key)

        decorate = coord.aio.group
        for number, load in enumerate((awaited, wrapped, RowLoader(), functools.partial(awaited))):
            group = decorate(str(number), runtime=self.runtime)(load)
            self.assertEqual(asyncio.run(group.get("a")), b"a")
        adapted = coord.aio.Group("adapted", lambda key: awaited(key + "!"), runtime=self.runtime)
        self.assertEqual(asyncio.run(adapted.get("a")), b"a!")

    def test_a_loader_of_aio_that_gives_no_coroutine_fails_with_what_to_do(self) -> None:
        group = coord.aio.Group("users", plain, runtime=self.runtime)
        with self.assertRaisesRegex(coord.HostFailed, "not bytes: write async def"):
            asyncio.run(group.get("a"))

    def test_what_cannot_be_called_is_no_loader(self) -> None:
        self.refused(TypeError, "^load must be a function, not str: 'x'$", self.group, "x")
        self.refused(TypeError, "^load must be a function", coord.aio.Group, "users", b"x")
        for module in (coord, coord.aio):
            decorate = module.group("users", runtime=self.runtime)
            self.refused(TypeError, "^what is decorated must be a function", decorate, None)

    def test_durations_of_the_wrong_type_are_named(self) -> None:
        for name in ("ttl", "load_timeout"):
            for wrong in ("5m", b"5", [5], True, 1j):
                self.refused(
                    TypeError,
                    rf"^{name} must be seconds \(a number\) or a timedelta, not ",
                    self.group,
                    **{name: wrong},
                )
        users = self.group()
        wrong_timeout = "^timeout must be seconds .* not str: '1s'$"
        self.refused(TypeError, wrong_timeout, users.get, "a", timeout="1s")
        self.refused(TypeError, wrong_timeout, users.remove, "a", timeout="1s")
        self.refused(TypeError, wrong_timeout, users.close, timeout="1s")
        self.refused(TypeError, wrong_timeout, self.runtime.close, timeout="1s")
        self.refused(TypeError, wrong_timeout, coord.Context, timeout="1s")
        self.assertEqual(users("a"), b"a")  # no close took place

    def test_durations_may_be_timedeltas_and_any_real_number(self) -> None:
        def load(key: str) -> coord.Value:
            return coord.Value(b"v", ttl=timedelta(days=1) if key == "long" else Fraction(1, 10**9))

        with self.group(load, ttl=timedelta(minutes=5), load_timeout=timedelta(seconds=9)) as users:
            self.assertEqual(users.get("long", timeout=timedelta(seconds=9)), b"v")
            self.assertEqual(users.get("short", timeout=Fraction(9)), b"v")
            self.assertEqual(users.lookup("long"), b"v")
            self.assertIsNone(users.lookup("short"))
        # The loader may still be about to return, but here nothing was ever loaded.
        coord.Group("idle", plain, runtime=self.runtime).close(timeout=timedelta(0))
        remaining = coord.Context(timeout=timedelta(minutes=1)).remaining
        assert remaining is not None
        self.assertTrue(50 < remaining <= 60, remaining)
        for endless in (timedelta.max, 10**400):
            self.assertIsNone(coord.Context(timeout=endless).remaining)

    def test_durations_that_make_no_sense_are_named(self) -> None:
        for wrong in (timedelta(0), timedelta(seconds=-1), -1):
            self.refused(coord.InvalidArgument, "^ttl must ", self.group, ttl=wrong)
        self.refused(
            coord.InvalidArgument, "^timeout must ", coord.Context, timeout=timedelta(seconds=-1)
        )

    def test_sizes_are_whole_numbers_however_they_are_spelled(self) -> None:
        users = self.group(lambda key: bytes(1000), max_bytes=2e4, max_loads=10.0)
        for number in range(100):
            users(str(number))
        self.assertGreater(users.cache_stats().evicted_full, 0)
        self.assertLessEqual(users.cache_stats().memory_bytes, 20_000)

    def test_sizes_of_the_wrong_kind_are_named(self) -> None:
        for wrong in ("1M", b"1", [1], True):
            self.refused(
                TypeError, "^max_bytes must be a whole number, not ", self.group, max_bytes=wrong
            )
        for wrong in (1.5, float("nan"), float("inf"), -1, 1 << 64, (1 << 64) - 1):
            self.refused(coord.InvalidArgument, "^max_bytes must be ", self.group, max_bytes=wrong)
        self.refused(TypeError, "^max_loads must be ", self.group, max_loads="8")
        self.refused(coord.InvalidArgument, "^max_loads must be ", self.group, max_loads=1 << 32)
        self.refused(TypeError, "^worker_threads must be ", coord.Runtime, "4")
        self.refused(TypeError, "^replicas must be ", coord.Ring, replicas="50")

    def test_words_of_the_wrong_type_are_named(self) -> None:
        self.refused(TypeError, "^policy must be one of 's3fifo', 'lru'", self.group, policy=[])
        self.refused(TypeError, "^on_abandoned must be one of", self.group, on_abandoned=1)
        self.refused(TypeError, "^callbacks must be one of", coord.Runtime, callbacks={})
        self.refused(TypeError, "^profile must be one of", coord.Ring, ["v3-hostport"])
        self.refused(ValueError, "^keys must be the type str or", self.group, keys="bytes")
        self.refused(TypeError, "^log must be a function", coord.Runtime, log="stderr")

    def test_objects_of_the_wrong_type_are_named(self) -> None:
        users = self.group()
        self.refused(TypeError, "^key must be str or bytes, not int: 42$", users.get, 42)
        self.refused(TypeError, "^context must be a coord.Context", users.get, "a", context="x")
        self.refused(TypeError, "^context must be a coord.Context", users.remove, "a", context=1)
        self.refused(TypeError, "^parent must be a coord.Context", coord.Context, parent=users)
        self.refused(TypeError, "^trace must be str", coord.Context, trace=b"00")
        self.refused(TypeError, "^runtime must be a coord.Runtime", coord.Group, "g", runtime=0)
        self.refused(TypeError, "^peers must be several texts", coord.Ring().set, None)
        self.refused(TypeError, "^each of peers must be str", coord.Ring().set, [b"http://a:1"])

    def test_long_arguments_are_told_in_short(self) -> None:
        with self.assertRaises(TypeError) as refused:
            self.group(ttl="5m" * 1000)
        self.assertLess(len(str(refused.exception)), 150)


class ReprTest(unittest.TestCase):
    def test_groups_show_their_names(self) -> None:
        with coord.Runtime() as runtime:
            self.assertEqual(repr(coord.Group("größe", runtime=runtime)), "<coord.Group 'größe'>")
            decorated = coord.aio.group("pages", runtime=runtime)(awaited)
            self.assertEqual(repr(decorated), "<coord.aio.Group 'pages'>")

    def test_contexts_show_what_is_left(self) -> None:
        self.assertEqual(repr(coord.Context()), "<coord.Context: no deadline>")
        limited = coord.Context(timeout=1000)
        self.assertRegex(repr(limited), r"^<coord\.Context: [0-9]+\.[0-9]{3} s left>$")
        limited.cancel()
        self.assertEqual(repr(limited), "<coord.Context: ended>")

    def test_rings_show_how_they_place_keys(self) -> None:
        ring = coord.Ring("v3-hostport", 7)
        self.assertEqual(repr(ring), "<coord.Ring 'v3-hostport', 7 replicas>")

    def test_runtimes_show_their_threads_and_that_they_are_closed(self) -> None:
        shown = "coord.Runtime callbacks='lent', worker_threads=3"
        with coord.Runtime(3) as runtime:
            self.assertEqual(repr(runtime), f"<{shown}>")
        self.assertEqual(repr(runtime), f"<{shown}, closed>")
        with coord.Runtime(callbacks="workers") as runtime:
            self.assertIn("worker_threads=None", repr(runtime))


if __name__ == "__main__":
    unittest.main()
