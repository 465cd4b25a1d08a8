"""Exceptions of functions that C calls and that cannot pass them on: told, and harmless."""

from __future__ import annotations

import unittest

from watching import program


class UnraisedTest(unittest.TestCase):
    def run_it(self, source: str) -> tuple[str, str]:
        """What a program says, on stdout and on stderr."""
        done = program(source)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("ctypes", done.stderr, "one has got past us")
        return done.stdout, done.stderr

    def test_what_all_raises_is_on_stderr_and_fails_the_call(self) -> None:
        said, told = self.run_it("""
            import coord

            def everybody():
                raise ValueError("nobody knows")

            picker = coord.Picker(all=everybody)
            try:
                coord.Group("g", picker=picker).remove("a")
            except coord.Unavailable as error:
                print(error)
            """)
        self.assertIn("not a peer", said)
        self.assertTrue(told.startswith("Exception ignored in all:\nTraceback"), told)
        self.assertIn("in everybody", told)
        self.assertTrue(told.endswith("ValueError: nobody knows\n"), told)

    def test_what_a_hash_raises_is_on_stderr_and_it_counts_as_0(self) -> None:
        said, told = self.run_it("""
            import coord

            asked = []

            def number(data):
                asked.append(data)
                if len(asked) > 1:
                    raise ValueError("no number")
                return 0

            ring = coord.Ring(hash=number)
            ring.set(["a"])
            print({ring.owner(f"key-{each}") for each in range(20)})
            """)
        self.assertEqual(said, "{'a'}\n")
        self.assertGreaterEqual(told.count("Exception ignored in hash:\nTraceback"), 20)
        self.assertIn("ValueError: no number", told)

    def test_the_others_are_told_of_too(self) -> None:
        said, told = self.run_it("""
            import coord

            runtime = coord.Runtime()
            cache = coord.Cache(evicted=lambda key, value, cause: 1 / 0, runtime=runtime)
            cache.set("a", b"1")
            cache.remove("a")
            runtime.on_new_group(lambda group: group.nothing)
            runtime.set_picker(lambda name: name.nothing)
            print(coord.Group("alone", local=True, runtime=runtime).name)
            try:
                coord.Group("g", runtime=runtime)
            except coord.HostFailed as error:
                print(type(error.cause).__name__)
            """)
        self.assertEqual(said, "alone\nAttributeError\n")
        self.assertIn("Exception ignored in evicted:", told)
        self.assertIn("ZeroDivisionError", told)
        self.assertIn("Exception ignored in on_new_group:", told)

    def test_a_log_function_that_raises_loses_its_line_only(self) -> None:
        said, told = self.run_it("""
            from ctypes import c_char_p, cast, c_void_p
            import coord
            from coord import _log

            def log(level, component, text):
                raise KeyError(text)

            number = _log.register(log)
            line = b"it is full"
            _log.on_log(number, 2, b"group", cast(c_char_p(line), c_void_p), len(line))
            print("on")
            """)
        self.assertEqual(said, "on\n")
        self.assertIn("Exception ignored in log:", told)
        self.assertTrue(told.endswith("KeyError: 'it is full'\n"), told)

    def test_a_hook_of_ones_own_gets_it_and_may_fail_itself(self) -> None:
        said, told = self.run_it("""
            import sys
            import coord

            def hook(told):
                print(told.err_msg, told.exc_type.__name__, told.exc_traceback is not None)
                sys.__unraisablehook__(told)  # which takes only what is CPython's own

            sys.unraisablehook = hook
            cache = coord.Cache(evicted=lambda key, value, cause: 1 / 0)
            cache.set("a", b"1")
            cache.remove("a")
            """)
        self.assertEqual(said, "Exception ignored in evicted ZeroDivisionError True\n")
        self.assertIn("Exception ignored in sys.unraisablehook", told)
        self.assertTrue(told.endswith("ZeroDivisionError: division by zero\n"), told)

    def test_without_stderr_nothing_is_told(self) -> None:
        said, _ = self.run_it("""
            import sys
            import coord

            sys.stderr = None
            cache = coord.Cache(evicted=lambda key, value, cause: 1 / 0)
            cache.set("a", b"1")
            cache.remove("a")
            print("on")
            """)
        self.assertEqual(said, "on\n")


if __name__ == "__main__":
    unittest.main()
