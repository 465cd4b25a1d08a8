"""Peers and pickers of one's own: any transport can carry a ring."""

from __future__ import annotations

import asyncio
import gc
import threading
import unittest
import weakref
import zlib
from typing import Any

import coord
import coord.aio
from watching import Task, program, until


class Neighbour:
    """What another process would be: it counts, and does as it is told."""

    def __init__(self, name: str, runtime: coord.Runtime, broken: bool = False) -> None:
        self.asked = 0
        self.broken = broken
        self.kept: dict[str, bytes] = {}
        self.peer = coord.Peer(
            name, get=self.get, set=self.set, remove=self.remove, runtime=runtime
        )

    def get(self, group: str, key: str) -> Any:
        self.asked += 1
        if self.broken:
            raise coord.Unavailable("it is down")
        return self.kept.get(key) or coord.Value(f"{group}/{key}".encode(), ttl=60)

    def set(self, group: str, key: str, value: coord.View) -> None:
        self.kept[key] = bytes(value)

    def remove(self, group: str, key: str) -> None:
        self.kept.pop(key, None)


class PickerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)
        self.slots: list[Neighbour | None] = [
            Neighbour(f"test://{number}", self.runtime) for number in range(3)
        ]
        self.slots.append(None)  # this process
        self.local = 0

    def load(self, key: str) -> bytes:
        self.local += 1
        return b"local/" + key.encode()

    def pick(self, key: str) -> coord.Peer | None:
        slot = self.slots[zlib.crc32(key.encode()) % 4]
        return None if slot is None else slot.peer

    def everybody(self) -> list[coord.Peer]:
        return [slot.peer for slot in self.slots if slot is not None]

    def group(self, **options: Any) -> coord.Group:
        picker = coord.Picker(self.pick, self.everybody, runtime=self.runtime)
        return coord.Group("g", self.load, picker=picker, **options)

    def counts(self, group: coord.Group) -> list[int]:
        """How often this process and each peer were asked for 200 keys."""
        self.local = 0
        for slot in self.slots[:3]:
            if slot is not None:
                slot.asked = 0
        for number in range(200):
            group.get(f"key-{number}")
        return [self.local, *(0 if slot is None else slot.asked for slot in self.slots[:3])]

    def test_each_key_is_asked_of_the_peer_that_was_picked_and_kept(self) -> None:
        group = self.group()
        self.assertEqual(self.counts(group), [49, 51, 49, 51])
        self.assertEqual(self.counts(group), [0, 0, 0, 0])

    def test_what_nobody_owns_is_loaded_here(self) -> None:
        self.slots[0] = None
        self.assertEqual(self.counts(self.group(max_bytes=0)), [100, 0, 49, 51])

    def test_a_peer_that_fails_is_asked_and_then_the_value_is_loaded_here(self) -> None:
        assert self.slots[0] is not None
        self.slots[0].broken = True
        group = self.group(max_bytes=0)
        self.assertEqual(self.counts(group), [100, 51, 49, 51])
        self.assertEqual(group.stats().peer_errors, 51)

    def test_changes_go_to_the_owner_and_to_all_others(self) -> None:
        group = self.group()
        for slot in self.slots[:3]:
            assert slot is not None
            slot.kept["key-0"] = b"old"
        owner = self.pick("key-0")
        group.set("key-0", b"new")
        kept = [slot.kept.get("key-0") for slot in self.slots if slot is not None]
        self.assertEqual(
            kept, [b"new" if slot and slot.peer is owner else None for slot in self.slots[:3]]
        )
        self.assertEqual(group.get("key-0"), b"new")
        group.remove("key-0")
        self.assertTrue(all(not slot.kept for slot in self.slots if slot is not None))

    def test_without_functions_this_process_owns_everything(self) -> None:
        group = coord.Group("g", self.load, picker=coord.Picker(runtime=self.runtime))
        self.assertEqual(group("a"), b"local/a")
        group.remove("a")

    def test_what_pick_raises_or_gives_wrongly_fails_the_call(self) -> None:
        def broken(key: str) -> Any:
            raise ZeroDivisionError("in pick")

        other = Neighbour("test://other", coord.Runtime(worker_threads=2))
        for pick, cause in (
            (broken, ZeroDivisionError),
            (lambda key: "a text", TypeError),
            (lambda key: other.peer, type(None)),
        ):
            picker = coord.Picker(pick, runtime=self.runtime)
            with coord.Group("g", self.load, picker=picker) as group:
                for call in (group.get, group.remove, lambda key: group.set(key, b"v")):
                    with self.assertRaises(coord.Error) as caught:
                        call("a")
                    error = caught.exception
                    if not isinstance(error, coord.HostFailed):  # of a remove: who did not confirm
                        error = error.cause
                    self.assertIsInstance(error, coord.HostFailed)
                    self.assertIsInstance(error.cause, cause)
        self.assertEqual(self.local, 0)

    def test_groups_of_an_event_loop_take_pickers_too(self) -> None:
        async def load(key: str) -> bytes:
            return b"local/" + key.encode()

        def pick(key: str) -> coord.Peer | None:
            return self.everybody()[1 // len(key)] if key != "here" else None

        async def main() -> None:
            picker = coord.Picker(pick, self.everybody, runtime=self.runtime)
            async with coord.aio.Group("g", load, picker=picker) as group:
                self.assertEqual(
                    [await group("key"), await group("here")], [b"g/key", b"local/here"]
                )
                await group.set("key", b"set")
                self.assertEqual(self.everybody()[0].get("g", "key"), b"set")
                await group.remove_many(["key", "here"])
                self.assertEqual(await group("key"), b"g/key")
                with self.assertRaises(coord.HostFailed) as caught:
                    await group("")
                self.assertIsInstance(caught.exception.cause, ZeroDivisionError)

        asyncio.run(main())

    def test_a_picker_lives_as_long_as_its_group(self) -> None:
        group = self.group()
        self.slots[2] = Neighbour("test://new", self.runtime)
        group.get("key-0")
        gc.collect()
        self.assertEqual(sum(self.counts(group)), 199)

    def test_peers_that_are_picked_and_forgotten_stay_alive(self) -> None:
        def pick(key: str) -> coord.Peer:
            def get(group: str, key: str) -> bytes:
                return b"g/" + key.encode()

            return coord.Peer(f"test://{key}", get=get, remove=print, runtime=self.runtime)

        group = coord.Group("g", picker=coord.Picker(pick, runtime=self.runtime))
        for number in range(20):
            gc.collect()
            self.assertEqual(group(f"{number}"), b"g/%d" % number)

    def test_what_knows_itself_is_collected_all_the_same(self) -> None:
        class Knowing:
            """Functions that know the objects they are for."""

            def __init__(self, runtime: coord.Runtime) -> None:
                self.peer = coord.Peer("test://", get=self.get, remove=self.get, runtime=runtime)
                self.picker = coord.Picker(self.pick, runtime=runtime)
                self.group = coord.Group("knowing", self.get, picker=self.picker)
                self.flight = coord.Flight(self.get, runtime=runtime)
                self.cache = coord.Cache(evicted=self.get, runtime=runtime)
                self.peers = coord.Peers(accept=self.get, hash=len, runtime=runtime)

            def get(self, *_: Any) -> bytes:
                return b"v"

            def pick(self, key: str) -> coord.Peer:
                return self.peer

        knowing = Knowing(self.runtime)
        self.assertEqual((knowing.group("a"), knowing.flight("a")), (b"v", b"v"))
        gone = weakref.ref(knowing)
        del knowing
        # A thread may still be on its way out of a function.
        until(lambda: gc.collect() >= 0 and gone() is None)
        self.assertIsNone(self.runtime.find_group("knowing"))

    def test_in_a_child_they_are_of_no_use(self) -> None:
        done = program("""
            import os
            import coord

            peer = coord.Peer("test://", get=lambda group, key: b"v", remove=print)
            group = coord.Group("g", picker=coord.Picker(lambda key: peer))
            cache = coord.Cache(evicted=print)
            flight = coord.Flight(lambda key: b"v")
            view = group.get_view("a")
            calls = (
                lambda: group("a"), lambda: group.set("a", b"v"), lambda: peer.get("g", "a"),
                lambda: cache.set("a", b"v"), lambda: flight("a"), lambda: flight.lock(print),
                lambda: group.remove_many(["a"]), lambda: group.local_remove("a"),
            )
            child = os.fork()
            if child == 0:
                for number, call in enumerate(calls):
                    try:
                        call()
                    except coord.Forked:
                        continue
                    os._exit(number + 1)
                os._exit(0 if bytes(view) == b"v" else 99)
            assert os.waitpid(child, 0)[1] == 0
            assert group("b") == b"v"
            """)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_keys_may_be_bytes(self) -> None:
        seen: list[Any] = []
        peer = coord.Peer(
            "test://",
            get=lambda group, key: key[::-1],
            remove=print,
            keys=bytes,
            runtime=self.runtime,
        )
        picker = coord.Picker(
            lambda key: seen.append(key) or peer, keys=bytes, runtime=self.runtime
        )
        group = coord.Group("g", picker=picker)
        self.assertEqual(group(b"\xff\x00a"), b"a\x00\xff")
        self.assertEqual(set(seen), {b"\xff\x00a"})

    def test_wrong_arguments_are_told(self) -> None:
        async def coroutine(key: str) -> None:
            """Nothing that C could call."""

        for error, make in (
            (TypeError, lambda: coord.Picker(7)),
            (TypeError, lambda: coord.Picker(coroutine)),
            (TypeError, lambda: coord.Picker(all=7)),
            (coord.InvalidArgument, lambda: coord.Picker(dialect="esperanto")),
            (TypeError, lambda: coord.Group("g", picker=self.pick)),
            (coord.Error, lambda: coord.Group("g", picker=coord.Picker(), runtime=self.runtime)),
        ):
            with self.assertRaises(error):
                make()


class PeerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)

    def test_it_is_asked_directly_too(self) -> None:
        there = Neighbour("test://there", self.runtime)
        self.assertEqual(there.peer.url, "test://there")
        self.assertEqual(there.peer.get("g", "a"), b"g/a")
        self.assertIsNotNone(there.peer.get_view("g", "a").expires)
        there.peer.set("g", "a", b"v", ttl=5)
        self.assertEqual((there.kept, there.peer.get("g", "a")), ({"a": b"v"}, b"v"))
        there.peer.remove("g", "a")
        self.assertEqual(there.kept, {})

    def test_a_value_comes_with_its_expiry(self) -> None:
        seen: list[Any] = []
        peer = coord.Peer(
            "test://",
            get=print,
            remove=print,
            runtime=self.runtime,
            set=lambda group, key, value: seen.append(value),
        )
        peer.set("g", "a", b"v")
        peer.set("g", "a", b"v", ttl=60)
        self.assertEqual([view.expires is None for view in seen], [True, False])

    def test_without_set_it_takes_no_values(self) -> None:
        peer = coord.Peer("test://", get=print, remove=print, runtime=self.runtime)
        with self.assertRaises(coord.Unsupported):
            peer.set("g", "a", b"v")

    def test_what_it_raises_reaches_who_asked(self) -> None:
        def get(group: str, key: str) -> bytes:
            raise KeyError(key) if key == "a" else coord.NotFound("no such key")

        peer = coord.Peer("test://", get=get, remove=get, runtime=self.runtime)
        with self.assertRaises(coord.HostFailed) as caught:
            peer.get("g", "a")
        self.assertIsInstance(caught.exception.cause, KeyError)
        with self.assertRaisesRegex(coord.NotFound, "no such key"):
            peer.remove("g", "b")

    def test_a_get_that_returns_nothing_is_told_so(self) -> None:
        peer = coord.Peer("test://", get=lambda *_: None, remove=print, runtime=self.runtime)
        with self.assertRaisesRegex(coord.HostFailed, "get returns bytes.* not NoneType"):
            peer.get("g", "a")

    def test_one_that_never_answers_ends_with_the_deadline(self) -> None:
        never = threading.Event()
        self.addCleanup(never.set)

        def get(group: str, key: str, context: coord.Context) -> bytes:
            begun.append(context.remaining)
            never.wait(30)
            return b"too late"

        begun: list[Any] = []
        peer = coord.Peer("test://", get=get, remove=print, runtime=self.runtime)
        with self.assertRaises(coord.TimedOut):
            peer.get("g", "a", timeout=0.05)
        self.assertLessEqual(begun[0], 0.05)

    def test_it_can_ask_another_group_meanwhile(self) -> None:
        behind = coord.Group("behind", lambda key: b"v/" + key.encode(), runtime=self.runtime)
        peer = coord.Peer(
            "test://",
            get=lambda group, key: behind.local_get(key),
            remove=print,
            runtime=self.runtime,
        )
        front = coord.Group("front", picker=coord.Picker(lambda key: peer, runtime=self.runtime))
        tasks = [Task(front.get, f"{number}") for number in range(20)]
        self.assertEqual([task.result() for task in tasks], [b"v/%d" % n for n in range(20)])

    def test_wrong_arguments_are_told(self) -> None:
        good: dict[str, Any] = {"url": "test://", "get": print, "remove": print}
        for error, wrong in (
            (TypeError, {"url": 7}),
            (TypeError, {"get": None}),
            (TypeError, {"remove": 7}),
            (TypeError, {"set": "a"}),
            (coord.InvalidArgument, {"url": ""}),
            (coord.InvalidArgument, {"url": "x" * 2000}),
            (coord.InvalidArgument, {"keys": int}),
        ):
            with self.subTest(wrong=wrong), self.assertRaises(error):
                coord.Peer(**{**good, **wrong}, runtime=self.runtime)
        peer = coord.Peer(**good, runtime=self.runtime)
        with self.assertRaises(TypeError):
            peer.get("g", 7)  # type: ignore[arg-type]
        self.runtime.close()
        with self.assertRaises(coord.Closed):
            peer.get("g", "a")
        with self.assertRaises(coord.Closed):
            coord.Peer(**good, runtime=self.runtime)


if __name__ == "__main__":
    unittest.main()
