"""What needs a process of its own: Ctrl-C, forks, the interpreter's exit, finding the library."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from watching import PACKAGE_ROOT, program

import coord
from coord._library import library

LIBRARY = os.path.realpath(library._name)


class ProgramTest(unittest.TestCase):
    def check(
        self, done: subprocess.CompletedProcess[str], output: str, status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        self.assertEqual((done.stdout, done.returncode), (output, status), done.stderr)
        return done


class InterruptTest(ProgramTest):
    def test_ctrl_c_ends_a_get_and_nothing_else(self) -> None:
        done = program(
            """
            import os, signal, threading
            import coord

            opened = threading.Event()

            @coord.group("slow")
            def slow(key):
                opened.wait()
                return b"value"

            def interrupt():
                while slow.stats().waiters == 0:
                    pass
                os.kill(os.getpid(), signal.SIGINT)

            threading.Thread(target=interrupt).start()
            try:
                slow("key")
            except KeyboardInterrupt:
                while slow.stats().waiters != 0:
                    pass
                print("interrupted")
            opened.set()
            print(slow("key"), slow.stats().local_loads)
            """
        )
        self.check(done, "interrupted\nb'value' 1\n")

    def test_ctrl_c_hurries_a_close(self) -> None:
        done = program(
            """
            import os, signal, threading
            import coord

            runtime = coord.Runtime()
            entered = threading.Event()
            opened = threading.Event()

            def load(key):
                entered.set()
                opened.wait()
                return b""

            group = coord.Group("slow", load, runtime=runtime)
            outcome = []

            def get():
                try:
                    group("key")
                except coord.Error as error:
                    outcome.append(type(error).__name__)

            def interrupt():
                while True:
                    try:
                        coord.Group("another", runtime=runtime).close()
                    except coord.Closed:
                        break
                os.kill(os.getpid(), signal.SIGINT)

            caller = threading.Thread(target=get)
            caller.start()
            entered.wait()
            threading.Thread(target=interrupt).start()
            try:
                runtime.close(timeout=coord.FOREVER)
            except KeyboardInterrupt:
                print("interrupted")
            caller.join()
            print(outcome[0] in ("Cancelled", "Closed"))
            opened.set()
            """
        )
        self.check(done, "interrupted\nTrue\n")

    def test_a_signal_handler_may_use_the_group_it_interrupts(self) -> None:
        done = program(
            """
            import os, signal, threading
            import coord

            opened = threading.Event()

            @coord.group("slow")
            def slow(key):
                if key == "slow":
                    opened.wait()
                return key.encode()

            def handle(*arguments):
                print(slow("quick"))
                opened.set()

            def raise_signal():
                while slow.stats().waiters == 0:
                    pass
                os.kill(os.getpid(), signal.SIGUSR1)

            signal.signal(signal.SIGUSR1, handle)
            threading.Thread(target=raise_signal).start()
            print(slow("slow"))
            """
        )
        self.check(done, "b'quick'\nb'slow'\n")


class ForkTest(ProgramTest):
    def test_a_group_opens_again_in_the_child_and_lives_on_in_the_parent(self) -> None:
        done = program(
            """
            import os
            import coord

            @coord.group("pids")
            def pid(key):
                return b"%d" % os.getpid()

            assert pid("a") == b"%d" % os.getpid()
            child = os.fork()
            if child == 0:
                assert pid.lookup("a") is None
                assert pid("a") == b"%d" % os.getpid()
                assert pid.stats().local_loads == 1
                raise SystemExit(7)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
            assert pid.lookup("a") == b"%d" % os.getpid()
            pid.remove("a")
            assert pid("a") == b"%d" % os.getpid()
            print("parent goes on")
            """
        )
        self.check(done, "parent goes on\n")

    def test_what_named_its_runtime_says_that_it_was_forked(self) -> None:
        done = program(
            """
            import os
            import coord

            runtime = coord.Runtime()
            group = coord.Group("g", lambda key: key.encode(), runtime=runtime)
            group("a")
            child = os.fork()
            if child == 0:
                told = 0
                for call in (group, group.lookup, group.remove):
                    try:
                        call("a")
                    except coord.Forked as error:
                        told += error.is_fatal
                del group, runtime
                raise SystemExit(told)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), group("b"))
            """
        )
        self.check(done, "3 b'b'\n")

    def test_a_fork_while_loads_run_leaves_the_child_usable(self) -> None:
        done = program(
            """
            import multiprocessing, threading
            import coord

            entered = threading.Event()
            opened = threading.Event()

            @coord.group("rows")
            def row(key):
                if key == "held":
                    entered.set()
                    opened.wait()
                return key.encode()

            def in_child(answers):
                answers.put(row("child"))

            if __name__ == "__main__":
                held = threading.Thread(target=row, args=("held",))
                held.start()
                entered.wait()
                forking = multiprocessing.get_context("fork")
                answers = forking.Queue()
                child = forking.Process(target=in_child, args=(answers,))
                child.start()
                print(answers.get())
                child.join()
                opened.set()
                held.join()
                print(child.exitcode, row.lookup("held"))
            """
        )
        self.check(done, "b'child'\n0 b'held'\n")


class ExitTest(ProgramTest):
    def test_an_idle_interpreter_exits_cleanly(self) -> None:
        done = program(
            """
            import coord

            @coord.group("rows")
            def row(key):
                return key.encode()

            print(row("a"))
            """
        )
        self.assertEqual(self.check(done, "b'a'\n").stderr, "")

    def test_loads_that_never_end_do_not_hold_up_the_exit(self) -> None:
        done = program(
            """
            import threading
            import coord

            entered = threading.Semaphore(0)

            @coord.group("rows")
            def row(key):
                entered.release()
                threading.Event().wait()

            for number in range(5):
                threading.Thread(target=row, args=(str(number),), daemon=True).start()
            entered.acquire()
            entered.acquire()
            print("bye")
            """
        )
        self.check(done, "bye\n")

    def test_loads_that_wake_up_now_and_then_are_ended(self) -> None:
        done = program(
            """
            import threading
            import coord

            entered = threading.Event()

            @coord.group("rows")
            def row(key):
                never = threading.Event()
                entered.set()
                while not never.wait(0.001):
                    pass

            threading.Thread(target=row, args=("a",), daemon=True).start()
            entered.wait()
            print("bye")
            """
        )
        self.check(done, "bye\n")

    def test_a_loader_that_heeds_its_context_ends_at_once(self) -> None:
        done = program(
            """
            import threading, time
            import coord, coord.runtime

            coord.runtime.EXIT_SECONDS = (25.0, 0.0)
            entered = threading.Event()

            @coord.group("rows")
            def row(key, context):
                entered.set()
                while not context.is_cancelled:
                    pass
                print("heeded", flush=True)
                return b""

            threading.Thread(target=row, args=("a",), daemon=True).start()
            entered.wait()
            """
        )
        self.check(done, "heeded\n")

    def test_an_event_loop_left_with_loads_exits_cleanly(self) -> None:
        done = program(
            """
            import asyncio
            import coord.aio

            @coord.aio.group("pages")
            async def page(key):
                await asyncio.Event().wait()

            async def main():
                task = asyncio.create_task(page("a"))
                while page.stats().waiters == 0:
                    await asyncio.sleep(0)
                print("bye")

            asyncio.run(main())
            """
        )
        self.assertEqual(self.check(done, "bye\n").stderr, "")


class LibraryTest(ProgramTest):
    def test_the_variable_wins_and_is_named_when_it_does_not_load(self) -> None:
        done = program("import coord", COORD_LIBRARY="/nowhere/libcoord.so")
        self.assertEqual(done.returncode, 1)
        self.assertIn("ImportError: COORD_LIBRARY is set to '/nowhere/libcoord.so'", done.stderr)

    def test_something_else_than_libcoord_is_refused(self) -> None:
        done = program("import coord", COORD_LIBRARY="libc.so.6")
        self.assertIn("ImportError: libc.so.6 is not a libcoord", done.stderr)

    def test_the_library_beside_the_package_is_found(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copied = Path(folder) / "coord"
            shutil.copytree(PACKAGE_ROOT / "coord", copied, ignore=shutil.ignore_patterns("*.so*"))
            os.symlink(LIBRARY, copied / "libcoord.so.0")
            source = f"""
                import sys
                sys.path.insert(0, {folder!r})
                import coord._library
                print(coord._library.library._name, coord.version())
                """
            done = program(source, COORD_LIBRARY=None)
            self.check(done, f"{copied.resolve()}/libcoord.so.0 {coord.version()}\n")

    def test_a_missing_library_is_explained(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copied = Path(folder) / "coord"
            shutil.copytree(PACKAGE_ROOT / "coord", copied, ignore=shutil.ignore_patterns("*.so*"))
            source = f"""
                import sys
                from pathlib import Path
                sys.path.insert(0, {folder!r})
                import ctypes
                real = ctypes.CDLL.__init__
                def absent(self, name, *rest, **named):
                    if name and "libcoord" in name:
                        raise OSError("no such file")
                    real(self, name, *rest, **named)
                ctypes.CDLL.__init__ = absent
                import coord
                """
            done = program(source, COORD_LIBRARY=None)
            for place in ("COORD_LIBRARY", str(copied), "libcoord.so.0 in the system"):
                self.assertIn(place, done.stderr)


if __name__ == "__main__":
    unittest.main()
