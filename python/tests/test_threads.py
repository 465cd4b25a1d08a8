"""Groups, many callers at once: joined loads, deadlines, cancelling, loaders inside loaders."""

from __future__ import annotations

import threading
import unittest

import coord
from watching import PATIENCE, Task, until


class Gate:
    """A loader that does not answer before it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.opened = threading.Event()
        self.calls = 0
        self.contexts: list[coord.Context] = []

    def __call__(self, key: str, context: coord.Context) -> bytes:
        self.calls += 1
        self.contexts.append(context)
        self.entered.release()
        if not self.opened.wait(PATIENCE):
            raise AssertionError("never opened")
        return b"value of " + key.encode()

    def wait_entered(self) -> None:
        assert self.entered.acquire(timeout=PATIENCE)


class ThreadsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)
        self.gate = Gate()
        self.addCleanup(self.gate.opened.set)

    def group(self, load: object = None, **options: object) -> coord.Group:
        return coord.Group("users", load or self.gate, runtime=self.runtime, **options)

    def test_a_hundred_threads_on_one_key_share_one_load(self) -> None:
        users = self.group()
        callers = [Task(users.get, "42") for _ in range(100)]
        until(lambda: users.stats().waiters == 100)
        self.gate.opened.set()
        self.assertEqual({one.result() for one in callers}, {b"value of 42"})
        self.assertEqual(self.gate.calls, 1)
        counted = users.stats()
        self.assertEqual((counted.gets, counted.loads, counted.loads_deduped), (100, 100, 1))
        until(lambda: users.stats().waiters == 0)

    def test_a_failure_reaches_all_who_wait_with_its_cause(self) -> None:
        raised = RuntimeError("down")

        def load(key: str, context: coord.Context) -> bytes:
            self.gate(key, context)
            raise raised

        users = self.group(load)
        callers = [Task(users.get, "42") for _ in range(20)]
        until(lambda: users.stats().waiters == 20)
        self.gate.opened.set()
        for one in callers:
            with self.assertRaises(coord.HostFailed) as caught:
                one.result()
            self.assertIs(caught.exception.cause, raised)

    def test_who_times_out_disturbs_nobody(self) -> None:
        users = self.group()
        patient = Task(users.get, "42")
        self.gate.wait_entered()
        with self.assertRaises(TimeoutError) as caught:
            users.get("42", timeout=0.01)
        self.assertIsInstance(caught.exception, coord.TimedOut)
        self.assertFalse(self.gate.contexts[0].is_cancelled)
        self.gate.opened.set()
        self.assertEqual(patient.result(), b"value of 42")
        self.assertEqual(self.gate.calls, 1)

    def test_the_one_who_began_a_load_may_leave_before_it_ends(self) -> None:
        users = self.group()
        with self.assertRaises(coord.TimedOut):
            users.get("42", timeout=0.01)
        self.gate.wait_entered()
        self.gate.opened.set()
        self.assertEqual(users.get("42"), b"value of 42")
        self.assertEqual(self.gate.calls, 1)

    def test_a_timeout_of_zero_takes_what_is_there(self) -> None:
        users = self.group()
        with self.assertRaises(coord.TimedOut):
            users.get("42", timeout=0)
        self.gate.opened.set()
        users.get("42")
        self.assertEqual(users.get("42", timeout=0), b"value of 42")

    def test_cancelling_a_context_ends_the_calls_made_with_it(self) -> None:
        users = self.group()
        context = coord.Context()
        caller = Task(users.get, "42", context=context)
        other = Task(users.get, "42")
        until(lambda: users.stats().waiters == 2)
        context.cancel()
        with self.assertRaises(coord.Cancelled):
            caller.result()
        self.gate.opened.set()
        self.assertEqual(other.result(), b"value of 42")

    def test_an_abandoned_load_can_be_told_to_stop(self) -> None:
        users = self.group(on_abandoned="cancel")
        with self.assertRaises(coord.TimedOut):
            users.get("42", timeout=0.01)
        self.gate.wait_entered()
        until(lambda: self.gate.contexts[0].is_cancelled)
        self.assertEqual(self.gate.contexts[0].remaining, 0.0)

    def test_a_load_has_a_deadline_of_its_own(self) -> None:
        users = self.group(load_timeout=0.01)
        with self.assertRaises(coord.TimedOut):
            users.get("42")
        self.gate.opened.set()
        until(lambda: users.stats().late_answers == 1)
        self.assertIsNone(users.lookup("42"))

    def test_a_remove_detaches_the_load_under_way(self) -> None:
        users = self.group()
        caller = Task(users.get, "42")
        self.gate.wait_entered()
        users.remove("42")
        self.gate.opened.set()
        self.assertEqual(caller.result(), b"value of 42")
        self.assertIsNone(users.lookup("42"))

    def test_closing_cancels_what_is_open_at_its_deadline(self) -> None:
        users = self.group()
        caller = Task(users.get, "42")
        self.gate.wait_entered()
        with self.assertRaises(coord.TimedOut):
            users.close(timeout=0)
        with self.assertRaises(coord.Error) as caught:
            caller.result()
        self.assertIn(type(caught.exception), (coord.Cancelled, coord.Closed))

    def test_different_keys_load_at_the_same_time(self) -> None:
        both = threading.Barrier(2, timeout=PATIENCE)
        users = self.group(lambda key: b"%d" % both.wait())
        callers = [Task(users.get, key) for key in ("a", "b")]
        self.assertEqual({one.result() for one in callers}, {b"0", b"1"})

    def test_max_loads_bounds_the_loads(self) -> None:
        users = self.group(max_loads=1)
        first = Task(users.get, "a")
        self.gate.wait_entered()
        with self.assertRaises(coord.Error) as caught:
            users.get("b", timeout=0.01)
        self.assertIn(type(caught.exception), (coord.Exhausted, coord.TimedOut))
        self.gate.opened.set()
        self.assertEqual(first.result(), b"value of a")


class NestedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)

    def test_loaders_can_nest_deeper_than_there_are_threads(self) -> None:
        def load(key: str) -> bytes:
            number = int(key)
            return b"0" if number == 0 else countdown(str(number - 1)) + b",%d" % number

        countdown = coord.Group("countdown", load, runtime=self.runtime)
        expected = b",".join(b"%d" % number for number in range(31))
        self.assertEqual(countdown("30"), expected)
        self.assertEqual(countdown.stats().local_loads, 31)

    def test_loaders_that_wait_for_queued_loads_are_replaced(self) -> None:
        # One thread, and it waits for loads that only another one can run.
        runtime = coord.Runtime(worker_threads=1)
        self.addCleanup(runtime.close)
        go = threading.Event()

        def load(key: str) -> bytes:
            if key.startswith("inner"):
                return key.encode()
            assert go.wait(PATIENCE)
            return rows("inner" + key)

        rows = coord.Group("rows", load, runtime=runtime)
        outer = [Task(rows.get, key) for key in "abc"]
        inner = [Task(rows.get, "inner" + key) for key in "abc"]
        until(lambda: rows.stats().flights_active == 6)
        go.set()
        expected = [b"innera", b"innerb", b"innerc"]
        self.assertEqual([one.result() for one in outer], expected)
        self.assertEqual([one.result() for one in inner], expected)

    def test_nested_waits_wider_than_the_pool_end(self) -> None:
        runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(runtime.close)
        everybody = threading.Event()

        def load(key: str) -> bytes:
            if key == "shared":
                assert everybody.wait(PATIENCE)
                return b"s"
            return rows("shared") + key.encode()

        rows = coord.Group("rows", load, runtime=runtime)
        callers = [Task(rows.get, str(number)) for number in range(20)]
        # All twenty loaders wait for the one shared load: more than two threads were lent.
        until(lambda: rows.stats().loads == 40)
        everybody.set()
        self.assertEqual(
            [one.result() for one in callers], [b"s%d" % number for number in range(20)]
        )

    def test_a_loader_that_asks_for_its_own_key_is_told(self) -> None:
        def load(key: str) -> bytes:
            return group({"a": "b", "b": "a"}.get(key, key))

        group = coord.Group("cycle", load, runtime=self.runtime)
        for key in ("a", "self"):
            with self.assertRaises(coord.WouldDeadlock):
                group(key)

    def test_closing_the_runtime_inside_a_loader_is_refused(self) -> None:
        def load(key: str) -> bytes:
            self.runtime.close()
            return b""

        with self.assertRaises(coord.WouldDeadlock):
            coord.Group("suicidal", load, runtime=self.runtime)("a")


if __name__ == "__main__":
    unittest.main()
