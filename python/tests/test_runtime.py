"""Runtimes and contexts."""

from __future__ import annotations

import gc
import threading
import unittest

import coord
from watching import PATIENCE, Task, until


class RuntimeTest(unittest.TestCase):
    def test_names_belong_to_one_runtime(self) -> None:
        with coord.Runtime() as one, coord.Runtime() as other:
            here = coord.Group("g", lambda key: b"one", runtime=one)
            there = coord.Group("g", lambda key: b"other", runtime=other)
            self.assertEqual((here("k"), there("k")), (b"one", b"other"))

    def test_the_default_runtime_is_one_for_all(self) -> None:
        self.assertIs(coord.default_runtime(), coord.default_runtime())

    def test_loaders_run_on_threads_of_python_or_of_the_library(self) -> None:
        for callbacks in ("lent", "workers"):
            names: list[str] = []

            def load(key: str, names: list[str] = names) -> bytes:
                names.append(threading.current_thread().name)
                return b""

            with coord.Runtime(2, callbacks=callbacks) as runtime:
                coord.Group("g", load, runtime=runtime)("k")
            self.assertEqual(len(names), 1)
            self.assertEqual(names[0].startswith("coord-"), callbacks == "lent")

    def test_lent_threads_are_bounded_and_end_with_the_runtime(self) -> None:
        before = set(threading.enumerate())
        busy = threading.Semaphore(0)
        opened = threading.Event()

        def load(key: str) -> bytes:
            busy.release()
            assert opened.wait(PATIENCE)
            return b""

        runtime = coord.Runtime(worker_threads=3)
        group = coord.Group("g", load, runtime=runtime)
        callers = [Task(group.get, str(number)) for number in range(10)]
        until(lambda: group.stats().flights_active == 10)
        for _ in range(3):
            assert busy.acquire(timeout=PATIENCE)
        lent = [t for t in threading.enumerate() if t not in before and t.name.startswith("coord-")]
        self.assertEqual(len(lent), 3)
        opened.set()
        for one in callers:
            one.result()
        runtime.close()
        self.assertFalse([thread for thread in lent if thread.is_alive()])

    def test_a_closed_runtime_refuses_and_can_be_closed_again(self) -> None:
        runtime = coord.Runtime()
        group = coord.Group("g", lambda key: b"", runtime=runtime)
        group("k")
        runtime.close()
        runtime.close()
        for call in (lambda: group("k"), lambda: coord.Group("h", runtime=runtime)):
            with self.assertRaises(coord.Closed):
                call()

    def test_a_close_waits_for_loads_until_its_deadline(self) -> None:
        opened = threading.Event()
        self.addCleanup(opened.set)
        entered = threading.Event()

        def load(key: str) -> bytes:
            entered.set()
            assert opened.wait(PATIENCE)
            return b"in time"

        runtime = coord.Runtime(worker_threads=1)
        group = coord.Group("g", load, runtime=runtime)
        caller = Task(group.get, "k")
        assert entered.wait(PATIENCE)
        with self.assertRaises(coord.TimedOut):
            runtime.close(timeout=0)
        with self.assertRaises(coord.Error):
            caller.result()

    def test_a_forgotten_runtime_ends_its_threads(self) -> None:
        before = set(threading.enumerate())
        runtime = coord.Runtime()
        group = coord.Group("g", lambda key: b"", runtime=runtime)
        group("k")
        del runtime, group
        gc.collect()
        until(lambda: not set(threading.enumerate()) - before)

    def test_metrics_name_the_group(self) -> None:
        with coord.Runtime() as runtime:
            coord.Group("some-group", lambda key: b"", runtime=runtime)("k")
            group = coord.Group("other", runtime=runtime)
            self.assertIn("other", runtime.metrics())
            group.close()

    def test_options_that_make_no_sense_are_refused(self) -> None:
        for options in ({"callbacks": "mine"}, {"worker_threads": 0}, {"log_level": "loud"}):
            with self.subTest(options), self.assertRaises(coord.InvalidArgument):
                coord.Runtime(**options)

    def test_the_version_is_that_of_the_package(self) -> None:
        self.assertRegex(coord.version(), r"^0\.1\.\d+$")


class ContextTest(unittest.TestCase):
    def test_a_context_without_a_deadline_has_all_the_time(self) -> None:
        context = coord.Context()
        self.assertIsNone(context.remaining)
        self.assertFalse(context.is_cancelled)

    def test_a_child_ends_with_its_parent(self) -> None:
        parent = coord.Context(timeout=100)
        child = coord.Context(timeout=200, parent=parent)
        remaining = child.remaining
        assert remaining is not None
        self.assertLessEqual(remaining, 100)
        parent.cancel()
        self.assertTrue(child.is_cancelled)
        self.assertEqual(child.remaining, 0.0)

    def test_cancelling_a_child_leaves_its_parent(self) -> None:
        parent = coord.Context()
        child = coord.Context(parent=parent)
        child.cancel()
        self.assertFalse(parent.is_cancelled)

    def test_time_passes(self) -> None:
        context = coord.Context(timeout=1e-6)
        until(lambda: context.is_cancelled)

    def test_traces_are_inherited(self) -> None:
        parent = coord.Context(trace="00-4bf9-01")
        self.assertEqual(coord.Context(parent=parent).trace, "00-4bf9-01")
        self.assertEqual(coord.Context().trace, "")

    def test_times_that_make_no_sense_are_refused(self) -> None:
        for timeout in (-1, float("nan")):
            with self.assertRaises(coord.InvalidArgument):
                coord.Context(timeout=timeout)
        self.assertIsNone(coord.Context(timeout=coord.FOREVER).remaining)


if __name__ == "__main__":
    unittest.main()
