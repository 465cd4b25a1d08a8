"""Python's own threads, lent to a runtime, so that its callbacks run where Python is at home.

A callback on a thread that Python does not know costs some 20 microseconds to enter; on one of
these a quarter of one. There is always an idle one as long as the limit allows: the last that
becomes busy starts the next. Those that wait inside a nested get do not count against the limit, or
nested gets deeper than the pool would never end.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from ctypes import byref

from . import _ffi, durations
from ._library import library
from .errors import Exhausted

#: A thread beyond the first one leaves after this long without work.
KEEP_IDLE_SECONDS = 10.0
#: So many may wait inside nested gets at the same time.
MAX_BLOCKED = 256


class Stopped(BaseException):
    """Ends a loader that still runs when the interpreter exits."""


class Here(threading.local):
    """What this thread is doing for a runtime."""

    threads: LentThreads | None = None
    running = 0
    blocked = 0


here = Here()


def default_size() -> int:
    return min(8, (os.cpu_count() or 1) + 4)


class LentThreads:
    """The threads lent to one runtime."""

    def __init__(self, runtime: int, size: int) -> None:
        self._runtime = runtime
        self._size = size
        # Entered again by a destructor that runs while this thread holds it.
        self._lock = threading.RLock()
        self._threads: set[threading.Thread] = set()
        self._busy = 0
        self._blocked = 0
        self._numbered = 0
        self._stopping = False

    def start(self) -> None:
        """Lends the first thread, if there is none yet."""
        with self._lock:
            if not self._threads:
                self._add(None)

    def enter(self) -> None:
        """The thread that calls begins a callback."""
        if here.threads is not self:
            return
        here.running += 1
        if here.running > 1:
            return
        with self._lock:
            self._busy += 1
            self._keep_one_idle()

    def leave(self) -> None:
        """The thread that calls has ended a callback."""
        if here.threads is not self:
            return
        here.running -= 1
        if here.running == 0:
            with self._lock:
                self._busy -= 1

    def block(self) -> None:
        """The thread that calls is about to wait inside a callback; another takes its place."""
        if here.threads is not self:
            return
        here.blocked += 1
        if here.blocked > 1:
            return
        with self._lock:
            if self._blocked >= MAX_BLOCKED:
                here.blocked = 0
                raise Exhausted(
                    f"{MAX_BLOCKED} loaders wait inside nested gets already", component="python"
                )
            self._blocked += 1
            self._keep_one_idle()

    def unblock(self) -> None:
        """It has waited."""
        if here.threads is not self:
            return
        here.blocked -= 1
        if here.blocked == 0:
            with self._lock:
                self._blocked -= 1

    def stop(self, seconds: float, interrupt: bool = False) -> None:
        """Waits for the threads of a closed runtime; `interrupt` raises Stopped in them."""
        with self._lock:
            self._stopping = True
            threads = [one for one in self._threads if one is not threading.current_thread()]
        if interrupt:
            for one in threads:
                if one.ident is not None:
                    ident = ctypes.c_ulong(one.ident)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(Stopped))
        deadline = time.monotonic() + seconds
        for one in threads:
            one.join(max(0.0, deadline - time.monotonic()))

    @property
    def alive(self) -> bool:
        """Whether a thread has not ended yet."""
        with self._lock:
            return bool(self._threads)

    def _keep_one_idle(self) -> None:
        count = len(self._threads)
        if self._busy >= count and count < self._size + self._blocked:
            self._add(KEEP_IDLE_SECONDS)

    def _add(self, idle: float | None) -> None:
        if self._stopping:
            return
        self._numbered += 1
        thread = threading.Thread(
            target=self._lend, args=(idle,), name=f"coord-{self._numbered}", daemon=True
        )
        self._threads.add(thread)
        try:
            thread.start()
        except RuntimeError:  # no thread to be had: the others have to do
            self._threads.discard(thread)

    def _lend(self, idle: float | None) -> None:
        here.threads = self
        call = durations.call_options(durations.timeout_ns(idle))
        me = threading.current_thread()
        try:
            while True:
                status = library.coord_runtime_run(self._runtime, byref(call), None)
                if status == _ffi.COORD_TIMED_OUT:
                    with self._lock:
                        if len(self._threads) > self._busy + 1:
                            self._threads.discard(me)
                            break
                elif status != _ffi.COORD_OK:
                    break
        except Stopped:
            pass
        finally:
            with self._lock:
                self._threads.discard(me)
