"""What a runtime tells of its groups, its log, and what is pending in it."""

from __future__ import annotations

import asyncio
import sys
import threading
import unittest
from typing import Any

import coord
import coord.aio
from watching import Task, program, until


class RegistryTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)
        self.unraised: list[Any] = []
        before = sys.unraisablehook
        self.addCleanup(setattr, sys, "unraisablehook", before)
        sys.unraisablehook = lambda told: self.unraised.append(told.exc_type)

    def group(self, name: str = "g", **options: Any) -> coord.Group:
        return coord.Group(name, lambda key: b"v", runtime=self.runtime, **options)

    def test_every_new_group_is_told_of_before_its_maker_has_it(self) -> None:
        told: list[Any] = []

        def hook(group: Any) -> None:
            self.assertIs(self.runtime.find_group(group.name), group)
            told.append((group, group.get("a"), threading.current_thread()))

        self.runtime.on_new_group(hook)
        group = self.group()
        self.assertEqual(told, [(group, b"v", threading.current_thread())])
        self.assertEqual(group.get("b"), b"v")
        with self.assertRaises(coord.AlreadyExists):
            self.group()
        with self.assertRaises(coord.AlreadyExists):
            self.runtime.on_new_group(print)
        self.assertEqual(len(told), 1)

    def test_groups_of_an_event_loop_are_told_of_too(self) -> None:
        async def load(key: str) -> bytes:
            return b"v"

        async def main() -> None:
            async with coord.aio.Group("g", load, runtime=self.runtime) as group:
                self.assertEqual(told, [group])
                self.assertIs(self.runtime.find_group("g"), group)
                self.assertEqual(await group("a"), b"v")

        told: list[Any] = []
        self.runtime.on_new_group(told.append)
        asyncio.run(main())

    def test_the_start_of_serving_comes_once_and_before_the_first_group(self) -> None:
        told: list[Any] = []
        self.runtime.on_server_start(lambda: told.append(self.runtime.find_group("g")))
        self.group()
        self.group("h")
        self.assertEqual(told, [None])
        with self.assertRaises(coord.AlreadyExists):
            self.runtime.on_server_start(print)

    def test_what_such_functions_raise_is_told_and_changes_nothing(self) -> None:
        def broken(*_: Any) -> None:
            raise ZeroDivisionError

        self.runtime.on_server_start(broken)
        self.runtime.on_new_group(broken)
        self.assertEqual(self.group().get("a"), b"v")
        self.assertEqual(self.unraised, [ZeroDivisionError] * 2)

    def test_a_group_is_found_by_its_name_until_it_is_closed(self) -> None:
        group = self.group("na/me")
        self.assertIs(self.runtime.find_group("na/me"), group)
        self.assertIs(self.runtime.find_group(b"na/me"), group)
        self.assertIsNone(self.runtime.find_group("other"))
        group.close()
        self.assertIsNone(self.runtime.find_group("na/me"))
        with self.assertRaises(TypeError):
            self.runtime.find_group(7)  # type: ignore[arg-type]

    def test_of_many_who_find_or_make_one_exactly_one_makes_it(self) -> None:
        made: list[Any] = []
        self.runtime.on_new_group(made.append)
        options: dict[str, Any] = {"load": lambda key: b"v", "runtime": self.runtime}
        tasks = [Task(coord.Group.find_or_new, "g", **options) for _ in range(8)]
        found = [task.result() for task in tasks]
        self.assertEqual([len(made), *(one is made[0] for one in found)], [1] + [True] * 8)
        with self.assertRaises(coord.AlreadyExists):
            coord.aio.Group.find_or_new("g", runtime=self.runtime)
        with self.assertRaises(TypeError):
            coord.Group.find_or_new(7, **options)

    def test_groups_get_the_picker_that_is_chosen_for_their_name(self) -> None:
        peer = coord.Peer(
            "test://", get=lambda group, key: b"there", remove=print, runtime=self.runtime
        )

        def choose(name: str) -> coord.Picker | None:
            asked.append(name)
            picker = coord.Picker(lambda key: peer, runtime=self.runtime)
            return picker if name == "shared" else None

        asked: list[str] = []
        self.runtime.set_picker(choose)
        with self.assertRaises(coord.AlreadyExists):
            self.runtime.set_picker(choose)
        self.assertEqual(self.group("shared")("a"), b"there")
        self.assertEqual(self.group("alone")("a"), b"v")
        self.assertEqual(self.group("kept apart", local=True)("a"), b"v")
        own = self.group("own", picker=coord.Picker(runtime=self.runtime))
        self.assertEqual(own("a"), b"v")
        self.assertEqual(asked, ["shared", "alone"])

    def test_a_picker_function_that_fails_fails_the_group(self) -> None:
        def broken(name: str) -> Any:
            raise ZeroDivisionError

        for choose, cause in ((broken, ZeroDivisionError), (lambda name: 7, TypeError)):
            with coord.Runtime(worker_threads=2) as runtime:
                runtime.set_picker(choose)
                with self.assertRaises(coord.HostFailed) as caught:
                    coord.Group("g", runtime=runtime)
                self.assertIsInstance(caught.exception.cause, cause)
                self.assertIsNone(runtime.find_group("g"))

    def test_the_log_can_go_elsewhere_while_everything_runs(self) -> None:
        first: list[Any] = []
        second: list[Any] = []
        runtime = coord.Runtime(worker_threads=2, log=lambda *line: first.append(line))
        self.addCleanup(runtime.close)
        group = coord.Group("g", lambda key: b"x" * 5000, max_bytes=4096, runtime=runtime)

        def lines() -> tuple[int, int]:
            group.get("a")  # which is too large to be kept, and that is worth a line
            return len(first), len(second)

        self.assertEqual(lines(), (1, 0))
        self.assertEqual(first[0][:2], ("warn", "group"))
        runtime.set_log(lambda *line: second.append(line), "warn")
        self.assertEqual(lines(), (1, 1))
        runtime.set_log(print, "error")
        self.assertEqual(lines(), (1, 1))
        runtime.set_log(None)
        self.assertEqual(lines(), (1, 1))
        for error, arguments in (
            (TypeError, (7,)),
            (coord.InvalidArgument, (print, "loud")),
        ):
            with self.assertRaises(error):
                runtime.set_log(*arguments)  # type: ignore[arg-type]

    def test_what_is_pending_can_be_written_down(self) -> None:
        gate, begun = threading.Event(), threading.Event()

        def load(key: str) -> bytes:
            begun.set()
            gate.wait(30)
            return b"secret value"

        group = coord.Group("slow", load, runtime=self.runtime)
        task = Task(group.get, "the key")
        begun.wait(30)
        text = self.runtime.dump()
        gate.set()
        task.result()
        self.assertIn("slow", text)
        self.assertIn("the key", text)
        until(lambda: "the key" not in self.runtime.dump())

    def test_functions_must_be_functions_and_the_runtime_open(self) -> None:
        async def coroutine(*_: Any) -> None:
            """Nothing that C could call."""

        hooks = (self.runtime.on_new_group, self.runtime.on_server_start, self.runtime.set_picker)
        for hook in hooks:
            for wrong in (None, 7, coroutine):
                with self.assertRaises(TypeError):
                    hook(wrong)  # type: ignore[arg-type, operator]
        self.runtime.close()
        for hook in hooks:
            with self.assertRaises(coord.Closed):
                hook(print)  # type: ignore[operator]

    def test_all_of_it_is_there_for_the_default_runtime(self) -> None:
        done = program("""
            import coord

            told = []
            coord.set_log(lambda *line: None, "error")
            coord.on_server_start(lambda: told.append("start"))
            coord.on_new_group(lambda group: told.append(group.name))
            coord.set_picker(lambda name: told.append(f"picker of {name}"))
            group = coord.Group("g", lambda key: b"v")
            assert coord.find_group("g") is group
            assert group("a") == b"v"
            assert isinstance(coord.dump(), str)
            print(told)
            """)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, "['start', 'picker of g', 'g']\n")

    def test_it_ends_well_with_work_under_way_in_every_function(self) -> None:
        done = program("""
            import threading
            import coord

            begun = threading.Semaphore(0)

            def stuck(*arguments):
                begun.release()
                threading.Event().wait()

            coord.set_log(print, "debug")
            coord.on_new_group(print)
            served = coord.Peers("127.0.0.1:0", accept=stuck)
            asking = coord.Peers(peers=[served.self_url], exchange=lambda request: None)
            stopped = coord.Peers(peers=[served.self_url], exchange=stuck)
            peer = coord.Peer("test://", get=stuck, remove=stuck)
            groups = [
                coord.Group("a", peers=asking),
                coord.Group("b", peers=stopped),
                coord.Group("c", picker=coord.Picker(lambda key: peer)),
                coord.Group("d", stuck),
            ]
            for group in groups:
                threading.Thread(target=group.get, args=("a",), daemon=True).start()
                begun.acquire()
            """)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
