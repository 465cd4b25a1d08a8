"""Duplicate suppression alone."""

from __future__ import annotations

import threading
import unittest
from typing import Any

import coord
from watching import Task, until


class FlightTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=4)
        self.addCleanup(self.runtime.close)

    def test_it_gives_what_the_load_gives_and_keeps_nothing(self) -> None:
        loaded: list[str] = []
        flight = coord.Flight(lambda key: loaded.append(key) or b"bar", runtime=self.runtime)
        self.assertEqual((flight.get("key"), flight("key")), (b"bar", b"bar"))
        self.assertEqual(loaded, ["key", "key"])

    def test_a_view_of_it_has_the_expiry(self) -> None:
        flight = coord.Flight(lambda key: coord.Value(b"v", ttl=60), runtime=self.runtime)
        view = flight.get_view("key")
        self.assertEqual(view, b"v")
        self.assertIsNotNone(view.expires)

    def test_it_raises_what_the_load_raises(self) -> None:
        def load(key: str) -> bytes:
            raise coord.Denied("no") if key == "a" else ZeroDivisionError("by zero")

        flight = coord.Flight(load, runtime=self.runtime)
        with self.assertRaisesRegex(coord.Denied, "^no$"):
            flight("a")
        with self.assertRaises(coord.HostFailed) as caught:
            flight("b")
        self.assertIsInstance(caught.exception.cause, ZeroDivisionError)

    def test_ten_who_ask_at_once_share_one_load(self) -> None:
        gate = threading.Event()
        loaded: list[str] = []

        def load(key: str) -> bytes:
            loaded.append(key)
            gate.wait(30)
            return b"bar"

        flight = coord.Flight(load, runtime=self.runtime)
        tasks = [Task(flight.get, "key") for _ in range(10)]
        until(lambda: "10 waiting" in self.runtime.dump())
        with self.assertRaises(coord.TimedOut):
            flight.get("key", timeout=0.01)  # who leaves disturbs nobody
        gate.set()
        self.assertEqual([task.result() for task in tasks], [b"bar"] * 10)
        self.assertEqual(loaded, ["key"])

    def test_no_load_begins_while_it_is_locked(self) -> None:
        loaded: list[str] = []
        flight = coord.Flight(lambda key: loaded.append(key) or b"v", runtime=self.runtime)
        tasks: list[Task] = []

        def locked() -> str:
            tasks.append(Task(flight.get, "a"))
            until(lambda: "a" in self.runtime.dump())
            self.assertEqual(loaded, [])
            with self.assertRaises(coord.WouldDeadlock):
                flight.get("b")
            return "done"

        self.assertEqual(flight.lock(locked), "done")
        self.assertEqual(tasks[0].result(), b"v")
        self.assertEqual(loaded, ["a"])

    def test_what_is_raised_under_the_lock_comes_out_and_unlocks(self) -> None:
        flight = coord.Flight(lambda key: b"v", runtime=self.runtime)
        with self.assertRaises(ZeroDivisionError):
            flight.lock(lambda: 1 // 0)
        self.assertEqual(flight("a"), b"v")

    def test_flights_may_be_nested_but_not_in_themselves(self) -> None:
        inner = coord.Flight(lambda key: b"inner", runtime=self.runtime)
        outer = coord.Flight(lambda key: inner(key) + b" in outer", runtime=self.runtime)
        self.assertEqual(outer("a"), b"inner in outer")
        flight: Any = coord.Flight(lambda key: flight(key), runtime=self.runtime)
        with self.assertRaises(coord.WouldDeadlock):
            flight("a")

    def test_wrong_arguments_are_told(self) -> None:
        def load(key: str) -> bytes:
            return b"v"

        for error, options in (
            (TypeError, {"load": None}),
            (TypeError, {"load": 7}),
            (coord.InvalidArgument, {"load": load, "max_loads": 0}),
            (coord.InvalidArgument, {"load": load, "load_timeout": 0}),
            (coord.InvalidArgument, {"load": load, "on_abandoned": "cry"}),
        ):
            with self.subTest(options=options), self.assertRaises(error):
                coord.Flight(**options)
        flight = coord.Flight(load, runtime=self.runtime)
        with self.assertRaises(TypeError):
            flight.get(7)  # type: ignore[arg-type]
        with self.assertRaises(TypeError):
            flight.lock(None)  # type: ignore[arg-type]
        self.runtime.close()
        with self.assertRaises(coord.Closed):
            flight.get("a")


if __name__ == "__main__":
    unittest.main()
