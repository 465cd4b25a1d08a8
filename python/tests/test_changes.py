"""Setting, removing many, and the verbs that concern this process alone."""

from __future__ import annotations

import asyncio
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any

import coord
import coord.aio
from cluster import ClusterCase, spread


class Message:
    """What messages of protobuf can do."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def SerializeToString(self) -> bytes:  # noqa: N802
        return b"\x0a" + self.text.encode()

    @classmethod
    def FromString(cls, content: bytes) -> Message:  # noqa: N802
        if content[:1] != b"\x0a":
            raise ValueError("no message")
        return cls(content[1:].decode())


class Parsed(Message):
    """One that only parses into itself."""

    FromString = None  # type: ignore[assignment]


class SetTest(ClusterCase):
    def test_a_set_is_what_every_node_gets_without_a_load(self) -> None:
        here, there = self.cluster()
        for key in spread(6):
            here.group.get(key), there.group.get(key)
            for by, value in ((here, b"first"), (there, b"second")):
                by.group.set(key, value)
                self.assertEqual((here.group.get(key), there.group.get(key)), (value, value))
        self.assertEqual(len(here.loaded) + len(there.loaded), 6)

    def test_a_hot_copy_stays_where_it_was_set(self) -> None:
        here, there = self.cluster()
        key = here.key_of(there.peers.self_url)
        here.group.set(key, b"v")
        self.assertIsNone(here.group.lookup(key))
        here.group.set(key, coord.View(b"w"), hot=True)
        self.assertEqual(here.group.lookup(key), b"w")
        self.assertEqual(here.group.cache_stats("hot").items, 1)

    def test_it_is_kept_as_long_as_one_says(self) -> None:
        [node] = self.cluster()[:1]
        when = datetime.now(timezone.utc) + timedelta(hours=2)
        key = node.key_of(node.peers.self_url)
        node.group.set(key, b"v", expires=when)
        self.assertEqual(node.group.get_view(key).expires, when)
        node.group.set(key, b"v", ttl=60)
        self.assertLess(node.group.get_view(key).expires, when)
        node.group.set(key, b"v")
        self.assertIsNone(node.group.get_view(key).expires)

    def test_an_unreachable_owner_is_named(self) -> None:
        node, dead, key = self.lonely()
        with self.assertRaises(coord.Error) as caught:
            node.group.set(key, b"v", timeout=5)
        self.assertIn(caught.exception.status, (coord.Status.UNAVAILABLE, coord.Status.UNSUPPORTED))
        self.assertIn(dead, str(caught.exception))

    def test_wrong_arguments_are_told(self) -> None:
        group = coord.Group("g", runtime=coord.Runtime(worker_threads=2), max_bytes=4096)
        now = datetime.now(timezone.utc)
        for error, named in (
            (TypeError, {"value": "text"}),
            (TypeError, {"value": Message}),
            (TypeError, {"value": b"", "expires": 5}),
            (coord.InvalidArgument, {"value": b"", "expires": now.replace(tzinfo=None)}),
            (coord.InvalidArgument, {"value": b"", "expires": now, "ttl": 5}),
            (coord.InvalidArgument, {"value": b"", "expires": now.replace(year=1969)}),
            (coord.InvalidArgument, {"value": b"", "ttl": -1}),
            (coord.Exhausted, {"value": b"x" * 5000}),
        ):
            with self.subTest(named=named), self.assertRaises(error):
                group.set("a", **named)  # type: ignore[arg-type]
        self.assertIsNone(group.lookup("a"))
        group.close()
        with self.assertRaises(coord.Closed):
            group.set("a", b"v")


class RemoveManyTest(ClusterCase):
    def test_each_key_is_loaded_again(self) -> None:
        here, there = self.cluster()
        keys = spread(10)
        for key in keys:
            here.group.get(key)
        self.assertIsNone(here.group.remove_many(keys[:7]))
        self.assertIsNone(here.group.remove_many([]))
        self.assertIsNone(here.group.remove_many(key for key in keys[:1]))
        self.assertEqual([here.group.lookup(key) is None for key in keys], [True] * 7 + [False] * 3)
        self.assertTrue(all(there.group.lookup(key) is None for key in keys[:7]))
        stats = here.group.stats()
        self.assertEqual((stats.remove_many_calls, stats.remove_many_keys), (3, 8))

    def test_those_that_failed_are_named_each_with_its_error(self) -> None:
        node, dead, lost = self.lonely()
        mine = node.key_of(node.peers.self_url)
        node.group.get(mine)
        with self.assertRaises(coord.Unavailable) as caught:
            node.group.remove_many([mine, lost.encode()], timeout=10)
        self.assertIn(lost.encode(), caught.exception.failed)
        for error in caught.exception.failed.values():
            self.assertIn(dead, str(error))
        self.assertIsNone(node.group.lookup(mine))

    def test_wrong_keys_are_refused_with_nothing_done(self) -> None:
        group = coord.Group("g", lambda key: b"v", runtime=coord.Runtime(worker_threads=2))
        group.get("a")
        for keys in ("a", 7, ["a", 7], None):
            with self.assertRaises(TypeError):
                group.remove_many(keys)  # type: ignore[arg-type]
        with self.assertRaises(coord.InvalidArgument):
            group.remove_many(["a", "x" * 70_000])
        self.assertEqual(group.lookup("a"), b"v")


class LocalTest(ClusterCase):
    def test_local_verbs_ask_and_tell_nobody(self) -> None:
        here, there = self.cluster()
        key = here.key_of(there.peers.self_url)
        self.assertEqual(here.group.local_get(key), b"row/" + key.encode())
        self.assertEqual((here.loaded, there.loaded), ([key], []))
        here.group.local_set(key, b"mine", ttl=60)
        self.assertEqual(here.group.lookup(key), b"mine")
        self.assertEqual(there.group.get(key), b"row/" + key.encode())
        here.group.local_remove(key)
        self.assertIsNone(here.group.lookup(key))
        self.assertIsNotNone(there.group.lookup(key))

    def test_a_local_group_has_no_peers_though_the_runtime_has_a_picker(self) -> None:
        here, there = self.cluster()
        key = here.key_of(there.peers.self_url)
        here.runtime.set_picker(lambda name: here.peers)
        alone = coord.Group("alone", lambda key: b"here", local=True, runtime=here.runtime)
        self.assertEqual(alone.get(key), b"here")
        self.assertEqual(alone.stats().peer_errors, 0)
        other = coord.Group("other", lambda key: b"here", runtime=here.runtime)
        other.get(key)
        self.assertEqual(other.stats().peer_errors + other.stats().peer_loads, 1)


class HotTest(ClusterCase):
    def test_copies_of_what_others_own_are_kept_as_one_says(self) -> None:
        for hot, one_in, least, most in (
            ("always", None, 200, 200),
            ("never", None, 0, 0),
            ("one_in", 4, 1, 150),
        ):
            with self.subTest(hot=hot):
                here, there = self.cluster(None, None, hot=hot, hot_one_in=one_in)
                keys = [
                    key for key in spread(2000) if here.peers.owner(key) == there.peers.self_url
                ]
                for key in keys[:200]:
                    here.group.get(key)
                items = here.group.cache_stats("hot").items
                self.assertTrue(least <= items <= most, items)

    def test_other_words_are_refused(self) -> None:
        for options, named in (
            ({"hot": "sometimes"}, "^hot must"),
            ({"hot": "one_in", "hot_one_in": 0}, "^hot_one_in must"),
            ({"hot_one_in": 4}, "^hot_one_in is for hot='one_in' only"),
        ):
            with self.assertRaisesRegex(coord.InvalidArgument, named):
                coord.Group("g", **options)  # type: ignore[arg-type]


class SinkTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)

    def test_a_value_goes_into_a_buffer_as_far_as_that_reaches(self) -> None:
        group = coord.Group("g", lambda key: b"0123456789", runtime=self.runtime)
        for room in (100, 10, 6, 0):
            for _ in ("a miss", "a hit"):
                buffer = bytearray(b"#" * room)
                self.assertEqual(group.get_into(f"of {room}", buffer), 10)
                self.assertEqual(bytes(buffer), b"0123456789"[:room].ljust(room, b"#"))
            self.assertEqual(group(f"of {room}"), b"0123456789")
        with self.assertRaisesRegex(TypeError, "^buffer"):
            group.get_into("new", b"read-only")
        self.assertIsNone(group.lookup("new"))

    def test_a_value_is_a_message_both_ways(self) -> None:
        group = coord.Group("g", Message, runtime=self.runtime)
        for wanted in (Message, Parsed):
            if wanted is Parsed:
                wanted = type("Parsing", (), {"ParseFromString": _parse})
            self.assertEqual(group.get_message("hello", wanted).text, "hello")
        raw = coord.Group("raw", lambda key: b"?", runtime=self.runtime)
        with self.assertRaisesRegex(ValueError, "no message"):
            raw.get_message("a", Message)
        with self.assertRaisesRegex(TypeError, "^message must be a class"):
            raw.get_message("a", bytes)

    def test_a_loader_that_returns_a_class_of_messages_fails(self) -> None:
        group = coord.Group("g", lambda key: Message, runtime=self.runtime)
        with self.assertRaises(coord.HostFailed):
            group("a")


def _parse(self: Any, content: bytes) -> None:
    self.text = content[1:].decode()


class AioChangesTest(unittest.TestCase):
    def test_the_same_verbs_awaited(self) -> None:
        async def load(key: str) -> Any:
            return Message(key)

        async def main(runtime: coord.Runtime) -> None:
            async with coord.aio.Group("g", load, runtime=runtime) as group:
                self.assertEqual((await group.get_view("a"))[1:], b"a")
                self.assertEqual((await group.get_message("a", Message)).text, "a")
                await group.set("b", b"\nset", ttl=60)
                self.assertEqual(await group.get("b"), b"\nset")
                buffer = bytearray(2)
                self.assertEqual((await group.get_into("b", buffer), buffer), (4, b"\ns"))
                self.assertIsNotNone((await group.local_get_view("b")).expires)
                await group.remove_many(["a", "b"])
                self.assertEqual((group.lookup("a"), group.lookup("b")), (None, None))
                self.assertEqual(await group.local_get("c"), b"\nc")
                group.local_set("c", b"d")
                self.assertEqual(group.lookup("c"), b"d")
                group.local_remove("c")
                self.assertIsNone(group.lookup("c"))
                with self.assertRaises(coord.InvalidArgument):
                    await group.remove_many(["x" * 70_000])

        with coord.Runtime(worker_threads=2) as runtime:
            asyncio.run(main(runtime))


if __name__ == "__main__":
    unittest.main()
