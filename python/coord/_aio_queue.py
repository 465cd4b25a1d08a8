"""A queue of events that an event loop watches through the queue's descriptor."""

from __future__ import annotations

import asyncio
import weakref
from ctypes import byref, c_size_t, c_void_p
from typing import TYPE_CHECKING

from . import _ffi, _processes, errors
from ._library import library

if TYPE_CHECKING:
    from .runtime import Runtime

# So many events are taken at once; the descriptor stays readable while more are there, so other
# work gets its turn.
_AT_ONCE = 256
_Events = _ffi.coord_event * _AT_ONCE


class LoopQueue:
    """One queue; a loop at a time watches it, and gets each event by arrived()."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_queue_free)

    def __init__(self, runtime: Runtime) -> None:
        self.handle: int | None = None
        self.generation = _processes.generation
        # Weak: the loop keeps the queue while it watches it, not the other way round.
        self._loop: weakref.ref[asyncio.AbstractEventLoop] | None = None
        made, error = c_void_p(), c_void_p()
        errors.check(library.coord_queue_new(runtime._handle, byref(made), byref(error)), error)
        self.handle = made.value
        self._fd = library.coord_queue_fd(self.handle)

    def __del__(self) -> None:
        self._finish(self.handle, self.generation, self._free)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets a loop watch the queue, unless another one that still runs does."""
        before = None if self._loop is None else self._loop()
        if before is loop or (before is not None and before.is_running()):
            return
        self.detach()
        self._loop = weakref.ref(loop)
        loop.add_reader(self._fd, self._drain)

    def detach(self) -> None:
        """Nobody watches any more."""
        before = None if self._loop is None else self._loop()
        self._loop = None
        if before is not None and not before.is_closed():
            before.remove_reader(self._fd)

    def arrived(self, event: _ffi.coord_event) -> None:
        """Takes over what an event holds. Called on the loop."""
        raise NotImplementedError

    def _drain(self) -> None:
        events, count = _Events(), c_size_t()
        status = library.coord_queue_drain(self.handle, events, _AT_ONCE, byref(count), None)
        for index in range(count.value):
            self.arrived(events[index])
        if status == _ffi.COORD_CLOSED:
            self.detach()
