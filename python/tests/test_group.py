"""Groups, one caller at a time."""

from __future__ import annotations

import gc
import threading
import unittest
import weakref

import coord


class GroupTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)
        self.loaded: list[object] = []

    def load(self, key: str) -> bytes:
        self.loaded.append(key)
        return b"row/" + key.encode()

    def group(self, **options: object) -> coord.Group:
        options.setdefault("load", self.load)
        return coord.Group("users", runtime=self.runtime, **options)

    def test_a_miss_loads_and_a_hit_does_not(self) -> None:
        users = self.group()
        self.assertEqual(users("42"), b"row/42")
        self.assertEqual(users.get("42"), b"row/42")
        self.assertEqual(self.loaded, ["42"])

    def test_gets_are_counted_once_whether_they_hit_or_miss(self) -> None:
        users = self.group()
        for key in ("a", "b", "a", "a"):
            users(key)
        users.lookup("a")
        users.lookup("never")
        counted = users.stats()
        self.assertEqual(counted.gets, 6)
        self.assertEqual(counted.cache_hits, 3)
        self.assertEqual(counted.loads, 2)
        self.assertEqual(counted.local_loads, 2)
        self.assertEqual(counted.local_load_errors, 0)

    def test_lookup_gives_what_is_in_memory_or_none(self) -> None:
        users = self.group()
        self.assertIsNone(users.lookup("42"))
        users("42")
        self.assertEqual(users.lookup("42"), b"row/42")
        self.assertEqual(self.loaded, ["42"])

    def test_a_removed_key_is_loaded_again(self) -> None:
        users = self.group()
        users("42")
        users.remove("42")
        self.assertIsNone(users.lookup("42"))
        users("42")
        self.assertEqual(self.loaded, ["42", "42"])
        users.remove("was never there")

    def test_keys_and_values_hold_any_bytes(self) -> None:
        users = self.group(load=lambda key: key + b"\x00\xff", keys=bytes)
        self.assertEqual(users(b"a\x00b"), b"a\x00b\x00\xff")
        self.assertEqual(users.lookup(b"a\x00b"), b"a\x00b\x00\xff")
        self.assertIsNone(users.lookup(b"a"))
        self.assertEqual(users(b""), b"\x00\xff")

    def test_texts_are_utf8_and_undecodable_bytes_survive(self) -> None:
        users = self.group()
        self.assertEqual(users("größe"), "row/größe".encode())
        with_bad_byte = coord.Group(
            "files",
            lambda key: key.encode("utf-8", "surrogateescape"),
            runtime=self.runtime,
        )
        self.assertEqual(with_bad_byte(b"\xff.txt"), b"\xff.txt")
        self.assertEqual(with_bad_byte.lookup("\udcff.txt"), b"\xff.txt")

    def test_values_may_be_empty_large_or_any_buffer(self) -> None:
        answers = {"empty": b"", "large": bytes(1 << 20), "array": bytearray(b"a")}
        answers["view"] = memoryview(b"view")[1:]
        users = self.group(load=answers.__getitem__)
        for key, answer in answers.items():
            self.assertEqual(users(key), bytes(answer))
            self.assertEqual(users.lookup(key), bytes(answer))

    def test_a_value_can_ask_not_to_be_kept(self) -> None:
        def load(key: str) -> coord.Value:
            self.loaded.append(key)
            return coord.Value(b"fresh", store=False)

        users = self.group(load=load)
        users("a")
        self.assertIsNone(users.lookup("a"))
        users("a")
        self.assertEqual(self.loaded, ["a", "a"])

    def test_values_without_ttl_stay_and_with_one_go(self) -> None:
        def load(key: str) -> coord.Value:
            return coord.Value(b"v", ttl=1e-9 if key == "short" else coord.FOREVER)

        users = self.group(load=load, ttl=coord.FOREVER)
        users("short")
        users("long")
        self.assertIsNone(users.lookup("short"))
        self.assertEqual(users.lookup("long"), b"v")

    def test_a_group_may_keep_nothing(self) -> None:
        users = self.group(max_bytes=0)
        users("a")
        self.assertIsNone(users.lookup("a"))
        self.assertEqual(users.cache_stats().items, 0)

    def test_a_small_group_evicts_and_says_so(self) -> None:
        users = self.group(load=lambda key: bytes(1000), max_bytes=20_000, policy="lru")
        for number in range(100):
            users(str(number))
        counted = users.cache_stats("main")
        self.assertLessEqual(counted.memory_bytes, 20_000)
        self.assertGreater(counted.evicted_full, 0)
        self.assertEqual(counted.items + counted.evictions, 100)
        self.assertEqual(users.cache_stats("hot").items, 0)

    def test_a_loader_gets_its_context_when_it_asks_by_name(self) -> None:
        seen: list[coord.Context] = []

        def load(key: str, context: coord.Context) -> bytes:
            seen.append(context)
            return b""

        self.group(load=load, load_timeout=20)("a")
        remaining = seen[0].remaining
        assert remaining is not None
        self.assertTrue(0 < remaining <= 20, remaining)

    def test_without_a_loader_a_miss_is_unavailable(self) -> None:
        users = self.group(load=None)
        self.assertIsNone(users.lookup("a"))
        with self.assertRaises(coord.Unavailable):
            users("a")

    def test_a_name_is_taken_until_its_group_closes(self) -> None:
        users = self.group()
        with self.assertRaises(coord.AlreadyExists):
            self.group()
        self.assertEqual(users.name, "users")
        users.close()
        with self.group() as again:
            self.assertEqual(again("a"), b"row/a")
        with self.assertRaises(coord.Closed):
            again("a")
        with self.assertRaises(coord.Closed):
            again.lookup("a")

    def test_a_forgotten_group_frees_its_name_and_its_loader(self) -> None:
        class Rows:
            def load(self, key: str) -> bytes:
                return key.encode()

        rows = Rows()
        gone = threading.Event()
        weakref.finalize(rows, gone.set)
        users = self.group(load=rows.load)
        self.assertEqual(users("a"), b"a")
        del users, rows
        gc.collect()
        # The thread that ran the loader may still be on its way out of it.
        self.assertTrue(gone.wait(20))
        self.group()

    def test_the_decorator_makes_a_group_of_a_function(self) -> None:
        @coord.group("pages", runtime=self.runtime)
        def page(key: str) -> bytes:
            """A page."""
            return b"<" + key.encode() + b">"

        self.assertIsInstance(page, coord.Group)
        self.assertEqual(page("p"), b"<p>")
        self.assertEqual(page.__doc__, "A page.")
        self.assertEqual(page.__name__, "page")
        self.assertEqual(page.name, "pages")

    def test_options_that_make_no_sense_are_refused(self) -> None:
        for options in (
            {"ttl": 0},
            {"ttl": -1},
            {"ttl": float("nan")},
            {"load_timeout": -0.5},
            {"max_loads": 0},
            {"max_bytes": -1},
            {"policy": "fifo"},
            {"on_abandoned": "panic"},
            {"keys": int},
        ):
            with self.subTest(options), self.assertRaises(ValueError):
                self.group(**options)
        users = self.group()
        with self.assertRaises(coord.InvalidArgument):
            users.get("a", timeout=-1)
        with self.assertRaises(TypeError):
            users.get(42)
        with self.assertRaises(coord.InvalidArgument):
            users.cache_stats("cold")
        with self.assertRaises(coord.InvalidArgument):
            users.get("k" * 65_536)


if __name__ == "__main__":
    unittest.main()
