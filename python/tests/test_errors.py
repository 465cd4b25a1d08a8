"""Failures: which class, which words, and how they travel from a loader to its callers."""

from __future__ import annotations

import pickle
import unittest

import coord
from coord import _ffi


class ErrorClassesTest(unittest.TestCase):
    def test_each_status_has_a_class_and_each_class_its_builtin(self) -> None:
        builtins = {
            coord.NotFound: KeyError,
            coord.TimedOut: TimeoutError,
            coord.InvalidArgument: ValueError,
            coord.NoMemory: MemoryError,
            coord.Denied: PermissionError,
            coord.Unavailable: ConnectionError,
        }
        for kind, builtin in builtins.items():
            self.assertTrue(issubclass(kind, builtin), kind)
        statuses = {kind.status for kind in coord.Error.__subclasses__()}
        self.assertEqual(statuses, set(coord.Status) - {coord.Status.OK})

    def test_statuses_are_those_of_c(self) -> None:
        for status in coord.Status:
            self.assertEqual(getattr(_ffi, f"COORD_{status.name}"), status)

    def test_the_text_is_the_message(self) -> None:
        self.assertEqual(str(coord.NotFound("no such user")), "no such user")
        self.assertEqual(str(coord.TimedOut()), "timed_out")
        self.assertEqual(str(coord.NoMemory("none left")), "none left")

    def test_who_may_try_again_follows_from_the_status(self) -> None:
        self.assertTrue(coord.TimedOut("x").is_retriable)
        self.assertFalse(coord.NotFound("x").is_retriable)
        self.assertTrue(coord.Closed("x").is_fatal)
        self.assertTrue(coord.HostFailed("x", is_retriable=True).is_retriable)

    def test_errors_survive_pickling(self) -> None:
        for kind in coord.Error.__subclasses__():
            before = kind("said", component="group", is_retriable=True)
            after = pickle.loads(pickle.dumps(before))
            self.assertIs(type(after), kind)
            self.assertEqual(str(after), "said")
            self.assertEqual(after.component, "group")
            self.assertTrue(after.is_retriable)


class LoaderFailureTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)

    def failure(self, raised: BaseException) -> coord.Error:
        def load(key: str) -> bytes:
            raise raised

        with coord.Group("failing", load, runtime=self.runtime) as failing:
            with self.assertRaises(coord.Error) as caught:
                failing("a")
            self.assertIsNone(failing.lookup("a"))
        return caught.exception

    def test_each_error_keeps_its_class_and_message(self) -> None:
        for kind in coord.Error.__subclasses__():
            with self.subTest(kind.__name__):
                error = self.failure(kind("just so"))
                self.assertIs(type(error), kind)
                self.assertEqual(str(error), "just so")
                self.assertEqual(error.status, kind.status)

    def test_anything_else_is_a_failure_of_the_host_with_its_cause(self) -> None:
        raised = ZeroDivisionError("by\nzero")
        error = self.failure(raised)
        self.assertIs(type(error), coord.HostFailed)
        self.assertEqual(str(error), "ZeroDivisionError: by zero")
        self.assertIs(error.cause, raised)
        self.assertFalse(error.is_retriable)

    def test_a_key_error_of_the_loader_is_not_a_missing_key(self) -> None:
        error = self.failure(KeyError("column"))
        self.assertNotIsInstance(error, KeyError)
        self.assertEqual(str(error), "KeyError: 'column'")

    def test_even_an_exit_does_not_get_past_the_loader(self) -> None:
        self.assertEqual(str(self.failure(SystemExit(3))), "SystemExit: 3")

    def test_an_exception_whose_text_fails_is_named(self) -> None:
        class Mute(Exception):
            def __str__(self) -> str:
                raise RuntimeError

        self.assertEqual(str(self.failure(Mute())), "Mute")

    def test_messages_of_any_length_and_letters_arrive(self) -> None:
        error = self.failure(ValueError("ü" * 5000 + "\udcff"))
        self.assertTrue(str(error).startswith("ValueError: üüü"))
        self.assertIsInstance(error.cause, ValueError)

    def test_a_loader_that_returns_no_bytes_is_told_so(self) -> None:
        for wrong in (None, "text", 7):
            with coord.Group("wrong", lambda key: wrong, runtime=self.runtime) as group:
                with self.assertRaises(coord.HostFailed) as caught:
                    group("a")
                self.assertIn("returns bytes", str(caught.exception))
                self.assertIsInstance(caught.exception.cause, TypeError)

    def test_the_next_get_after_a_failure_loads_again(self) -> None:
        answers = [coord.Unavailable("not yet"), b"now"]

        def load(key: str) -> bytes:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        with coord.Group("flaky", load, runtime=self.runtime) as flaky:
            with self.assertRaises(ConnectionError):
                flaky("a")
            self.assertEqual(flaky("a"), b"now")
            self.assertEqual(flaky.stats().local_load_errors, 1)


if __name__ == "__main__":
    unittest.main()
