"""The demo in Python: hundreds of coroutines ask one group for compressed files of this machine.

Each file is compressed once, however many ask; callers that give up disturb nobody; files that are
removed from memory are compressed again. At the end the demo checks all of that itself.
COORD_DEMO_QUICK=1 makes it small. Ctrl-C ends it with status 130.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator, NamedTuple

import coord
import coord.aio

QUICK = os.environ.get("COORD_DEMO_QUICK", "0") not in ("", "0")
CALLERS = 100 if QUICK else 300
WANTED_FILES = 12 if QUICK else 24
LARGEST = 100_000 if QUICK else 500_000
SECONDS = 0.15 if QUICK else 1.4
CALLS = (6, 2, 2)  # of each caller in each phase
PROCESSORS = os.cpu_count() or 1

stop = threading.Event()
threads = ThreadPoolExecutor(PROCESSORS, thread_name_prefix="zlib")


class Phase(NamedTuple):
    """What a phase came to; calls = hits + loads + waited."""

    calls: int
    hits: int
    loads: int
    waited: int
    gave_up: int


def pack(content: bytes, ways: int) -> bytes:
    """Compresses in so many ways and keeps the smallest; zlib lets other threads run meanwhile."""
    best = b""
    for way in range(ways):
        strategy = zlib.Z_FILTERED if way % 2 else zlib.Z_DEFAULT_STRATEGY
        packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9 - way // 2 % 9, strategy)
        parts = []
        for begin in range(0, len(content), 1 << 16):
            if stop.is_set():
                raise coord.Cancelled("interrupted")
            parts.append(packer.compress(content[begin : begin + (1 << 16)]))
        packed = b"".join(parts) + packer.flush()
        if not best or len(packed) < len(best):
            best = packed
    return best


def candidates() -> Iterator[tuple[str, int]]:
    """Readable files below the directories that every Debian fills."""
    for pattern in ("/usr/bin/*", "/usr/lib/*/*", "/usr/share/*/*", "/etc/*"):
        base, _, rest = pattern.partition("*")
        for path in Path(base).glob("*" + rest):
            with contextlib.suppress(OSError):
                if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK):
                    yield str(path), path.stat().st_size


def choose_files() -> dict[str, bytes]:
    """The same ones in each run, evenly spread over what there is."""
    found = sorted(set(candidates()))
    chosen: list[str] = []
    for smallest in (30_000, 4_000, 1):
        fitting = [path for path, size in found if smallest <= size <= LARGEST]
        count = min(WANTED_FILES, len(fitting))
        chosen = [fitting[i * len(fitting) // count] for i in range(count)]
        if count == WANTED_FILES:
            break
    return {path: Path(path).read_bytes() for path in chosen}


class Table:
    """Rows that are repainted in place on a terminal, else printed now and then."""

    def __init__(self, labels: list[str]) -> None:
        able = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._repaints = able and shutil.get_terminal_size().columns >= 80
        self._colours = able and not os.environ.get("NO_COLOR")
        self._labels = labels
        self._painted = False
        self._began = self._shown_at = time.monotonic()

    def header(self) -> None:
        names = "".join(f"{name:>8}" for name in (*Phase._fields[:4], "gave up", "waiting"))
        print(("" if self._repaints else " " * 8) + f"{'':<30}{names}")

    def show(self, rows: list[Phase], waiting: int, over: bool) -> None:
        """`over`: the last row is final."""
        now = time.monotonic()
        lines = []
        for i, row in enumerate(rows):
            numbers = (*row, waiting if i + 1 == len(rows) else 0)
            lines.append(f"{self._labels[i]:<30}" + "".join(f"{n:>8,}" for n in numbers))
        if self._repaints:
            lines += self._labels[len(lines) :]
            up = f"\033[{len(lines)}A" if self._painted else ""
            print(up + "\n".join("\033[2K" + line for line in lines), flush=True)
        elif over or now - self._shown_at >= 0.5:
            self._shown_at = now
            print(f"{now - self._began:5.1f} s {lines[-1]}", flush=True)
        self._painted = True

    def end(self, line: str, good: bool) -> None:
        colour = "\033[1;32m" if good else "\033[1;31m"
        print(f"{colour}{line}\033[0m" if self._colours else line, flush=True)


class Demo:
    """The group, its callers, and what they met."""

    def __init__(self, files: dict[str, bytes], ways: int) -> None:
        self._files = files
        self._ways = ways
        self._gave_up = 0
        self.flaws: list[str] = []
        self.computed = dict.fromkeys(files, 0)
        self._checksums = {path: zlib.crc32(content) for path, content in files.items()}
        self._known: dict[str, bytes] = {}  # answers that were unpacked and found right
        self.group = coord.aio.Group("packed files", self._load, max_loads=PROCESSORS)

    async def _load(self, path: str) -> bytes:
        self.computed[path] += 1
        content = Path(path).read_bytes()
        return await asyncio.get_running_loop().run_in_executor(threads, pack, content, self._ways)

    def _check(self, path: str, value: bytes) -> None:
        if value == self._known.get(path):
            return
        if zlib.crc32(zlib.decompress(value)) != self._checksums[path]:
            self.flaws.append(f"a wrong value for {path} (did the file change?)")
        self._known[path] = value

    async def _caller(self, number: int, phase: int) -> None:
        """The first call waits to the end, so that somebody does for each file."""
        draw = random.Random(number * len(CALLS) + phase)
        paths = list(self._files)
        for i in range(CALLS[phase]):
            path = draw.choice(paths) if i else paths[number % len(paths)]
            patience = draw.uniform(0.001, 0.005) if i and draw.random() < 0.125 else None
            try:
                self._check(path, await self.group.get(path, timeout=patience))
            except (coord.TimedOut, coord.Exhausted) as error:
                if patience is None:
                    self.flaws.append(f"a caller without a deadline got: {error}")
                self._gave_up += 1

    async def run_phase(self, phase: int, before: list[Phase], table: Table) -> Phase:
        begin, gave_up = self.group.stats(), self._gave_up

        def count() -> Phase:
            now = self.group.stats()
            calls, hits = now.gets - begin.gets, now.cache_hits - begin.cache_hits
            loads = now.local_loads - begin.local_loads
            return Phase(calls, hits, loads, calls - hits - loads, self._gave_up - gave_up)

        callers = asyncio.gather(*(self._caller(number, phase) for number in range(CALLERS)))
        try:
            while not callers.done():
                await asyncio.wait([callers], timeout=0.1)
                row = count()
                table.show([*before, row], self.group.stats().waiters, callers.done())
            callers.result()
        finally:
            callers.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await callers
        return row

    async def remove_some(self, count: int) -> None:
        paths = list(self._files)
        for i in range(count):
            await self.group.remove(paths[(2 * i + 1) * len(paths) // (2 * count)])


def ways_for(files: dict[str, bytes]) -> int:
    """As many as keep all processors busy for the time the demo is to take."""
    samples = list(files.values())[::5]
    begin = time.perf_counter()
    for content in samples:
        pack(content, 2)
    share = sum(map(len, samples)) / sum(map(len, files.values()))
    one = (time.perf_counter() - begin) / 2 / share
    return max(1, min(18, int(SECONDS * PROCESSORS / one)))


def flaws_of(demo: Demo, rows: list[Phase], files: int, removed: int) -> Iterator[str]:
    yield from demo.flaws
    if rows[0].loads != files or min(demo.computed.values()) < 1:
        yield "not every file was computed exactly once"
    if rows[1].hits != rows[1].calls:
        yield "a value was not in memory"
    if rows[2].loads != removed or sum(demo.computed.values()) != files + removed:
        yield "not every removed file was computed again once"
    if demo.group.cache_stats().evicted_full:
        yield "a value was evicted"


async def main() -> int:
    files = choose_files()
    if not files:
        print("demo: found no readable file under /usr and /etc to work with", file=sys.stderr)
        return 1
    ways, removed = ways_for(files), len(files) // 10 + 1
    size = sum(map(len, files.values())) / 1e6
    print(
        f"{CALLERS} coroutines ask one group for {len(files)} files of this machine "
        f"({size:.1f} MB), "
        f"compressed.\nLoads are real work: zlib, {ways} ways, on {PROCESSORS} threads. "
        "Hits come from memory;\nwaited: for the load of another caller; "
        "gave up: after 1 to 5 ms of waiting.\n"
    )
    labels = [
        "1 nothing is in memory yet",
        "2 everything is in memory",
        f"3 {removed} files removed, all asked",
    ]
    table = Table(labels)
    table.header()
    demo = Demo(files, ways)
    rows: list[Phase] = []
    for phase in range(len(CALLS)):
        if phase == len(CALLS) - 1:
            await demo.remove_some(removed)
        rows.append(await demo.run_phase(phase, rows, table))
    total = Phase(*map(sum, zip(*rows)))
    flaw = next(flaws_of(demo, rows, len(files), removed), None)
    table.end(
        f"demo: {total.calls:,} calls, {total.hits:,} hits, {total.loads} loads "
        f"for {len(files)} files (+{removed} removed), {total.waited:,} waited, "
        f"{total.gave_up:,} gave up: "
        + (f"FAILED, {flaw}" if flaw else "every result computed once"),
        flaw is None,
    )
    await demo.group.close()
    return 1 if flaw else 0


def run() -> int:
    try:
        return asyncio.run(main())
    except KeyboardInterrupt:
        print("\ndemo: interrupted; every caller was let go")
        return 128 + signal.SIGINT
    finally:
        stop.set()
        threads.shutdown()


sys.exit(run())
