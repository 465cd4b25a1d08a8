"""coord.aio: awaitable verbs, loaders on the event loop."""

from __future__ import annotations

import asyncio
import threading
import unittest
from typing import Any

import coord
import coord.aio
from watching import PATIENCE


class AioTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime()
        self.addCleanup(self.runtime.close)
        self.loaded: list[Any] = []

    async def asyncSetUp(self) -> None:
        # The test class turns on asyncio's debugging, which reports what takes long.
        asyncio.get_running_loop().slow_callback_duration = PATIENCE

    async def load(self, key: str) -> bytes:
        self.loaded.append((key, threading.current_thread()))
        await asyncio.sleep(0)
        return b"page " + key.encode()

    def group(self, load: Any = None, **options: Any) -> coord.aio.Group:
        return coord.aio.Group("pages", load or self.load, runtime=self.runtime, **options)

    async def until(self, condition: Any) -> None:
        async def poll() -> None:
            while not condition():
                await asyncio.sleep(0)

        await asyncio.wait_for(poll(), PATIENCE)

    async def test_a_thousand_gets_of_ten_keys_are_ten_loads_on_the_loop(self) -> None:
        page = self.group()
        pages = await asyncio.gather(*(page(f"p{i % 10}") for i in range(1000)))
        self.assertEqual(pages, [b"page p%d" % (i % 10) for i in range(1000)])
        self.assertEqual(len(self.loaded), 10)
        self.assertEqual({thread for _, thread in self.loaded}, {threading.current_thread()})
        counted = page.stats()
        self.assertEqual((counted.gets, counted.local_loads), (1000, 10))

    async def test_hits_lookups_and_removes(self) -> None:
        page = self.group()
        self.assertIsNone(page.lookup("a"))
        await page.get("a")
        self.assertEqual(page.lookup("a"), b"page a")
        await page.get("a")
        await page.remove("a")
        self.assertIsNone(page.lookup("a"))
        await page.get("a")
        self.assertEqual([key for key, _ in self.loaded], ["a", "a"])

    async def test_cancelling_a_task_leaves_the_load_to_the_others(self) -> None:
        opened = asyncio.Event()

        async def load(key: str) -> bytes:
            await opened.wait()
            return key.encode()

        page = self.group(load)
        leaving = asyncio.create_task(page.get("a"))
        staying = asyncio.create_task(page.get("a"))
        await self.until(lambda: page.stats().waiters == 2)
        leaving.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await leaving
        await self.until(lambda: page.stats().waiters == 1)
        opened.set()
        self.assertEqual(await staying, b"a")

    async def test_timeouts_and_contexts_end_the_waiting(self) -> None:
        opened = asyncio.Event()

        async def load(key: str) -> bytes:
            await opened.wait()
            return b""

        page = self.group(load)
        with self.assertRaises(coord.TimedOut):
            await page.get("a", timeout=0.01)
        context = coord.Context()
        waiting = asyncio.create_task(page.get("a", context=context))
        await self.until(lambda: page.stats().waiters == 1)
        context.cancel()
        with self.assertRaises(coord.Cancelled):
            await waiting
        opened.set()
        self.assertEqual(await page.get("a"), b"")

    async def test_failures_travel(self) -> None:
        raised = ValueError("bad row")

        async def load(key: str) -> bytes:
            if key == "missing":
                raise coord.NotFound("no such page")
            raise raised

        page = self.group(load)
        with self.assertRaises(KeyError) as missing:
            await page("missing")
        self.assertEqual(str(missing.exception), "no such page")
        with self.assertRaises(coord.HostFailed) as failed:
            await page("bad")
        self.assertEqual(str(failed.exception), "ValueError: bad row")
        self.assertIs(failed.exception.cause, raised)

    async def test_a_loader_gets_its_context_and_gives_values(self) -> None:
        async def load(key: bytes, context: coord.Context) -> coord.Value:
            assert context.remaining is not None
            self.loaded.append(context.remaining)
            return coord.Value(key, store=False)

        page = self.group(load, load_timeout=5, keys=bytes)
        self.assertEqual(await page(b"\xff"), b"\xff")
        self.assertIsNone(page.lookup(b"\xff"))
        self.assertTrue(0 < self.loaded[0] <= 5)

    async def test_loaders_may_await_other_keys(self) -> None:
        async def load(key: str) -> bytes:
            number = int(key)
            return b"0" if number == 0 else await page(str(number - 1)) + b",%d" % number

        page = self.group(load)
        self.assertEqual(await page("50"), b",".join(b"%d" % i for i in range(51)))

    async def test_closing_lets_loads_end(self) -> None:
        opened = asyncio.Event()

        async def load(key: str) -> bytes:
            await opened.wait()
            return b"in time"

        async with self.group(load) as page:
            waiting = asyncio.create_task(page("a"))
            await self.until(lambda: page.stats().waiters == 1)
            asyncio.get_running_loop().call_soon(opened.set)
        self.assertEqual(await waiting, b"in time")
        with self.assertRaises(coord.Closed):
            await page("a")

    async def test_the_decorator_makes_a_group_of_a_coroutine_function(self) -> None:
        @coord.aio.group("decorated", runtime=self.runtime)
        async def page(key: str) -> bytes:
            """A page."""
            return key.encode()

        self.assertEqual(await page("a"), b"a")
        self.assertEqual((page.name, page.__doc__), ("decorated", "A page."))


class LoopsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime()
        self.addCleanup(self.runtime.close)

        async def load(key: str) -> bytes:
            return key.encode()

        self.page = coord.aio.Group("pages", load, runtime=self.runtime)

    def test_a_group_outlives_its_event_loop(self) -> None:
        async def get(key: str) -> bytes:
            return await self.page(key)

        for key in "abc":
            self.assertEqual(asyncio.run(get(key)), key.encode())
        self.assertEqual(self.page.stats().local_loads, 3)

    def test_loops_in_several_threads_share_a_group(self) -> None:
        async def get_all() -> list[bytes]:
            return await asyncio.gather(*(self.page(str(i)) for i in range(100)))

        async def main() -> list[list[bytes]]:
            loop = asyncio.get_running_loop()
            others = [loop.run_in_executor(None, asyncio.run, get_all()) for _ in range(3)]
            return [await get_all(), *await asyncio.gather(*others)]

        expected = [b"%d" % i for i in range(100)]
        self.assertEqual(asyncio.run(main()), [expected] * 4)


if __name__ == "__main__":
    unittest.main()
