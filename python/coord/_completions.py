"""Where the operations of event loops end."""

from __future__ import annotations

import asyncio
import itertools
from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from . import _ffi, _processes, errors
from ._aio_queue import LoopQueue
from ._library import library, quick
from ._outcomes import Outcome, Verb, take

if TYPE_CHECKING:
    from .runtime import Runtime


class Completions(LoopQueue):
    """Those of one loop in one runtime."""

    def __init__(self, runtime: Runtime, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(runtime)
        self._tokens = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Outcome]] = {}
        self.attach(loop)

    def arrived(self, event: _ffi.coord_event) -> None:
        future = self._waiting.pop(event.token, None)
        if future is None or future.done():
            quick.coord_event_clear(byref(event))
        else:
            future.set_result(take(event))

    async def run(self, what: Verb, *arguments: Any) -> Outcome:
        """Starts it and awaits how it ends; cancelling the task cancels it."""
        token = next(self._tokens)
        op, error = c_void_p(), c_void_p()
        future = asyncio.get_running_loop().create_future()
        self._waiting[token] = future
        try:
            status = what.start(*arguments, self.handle, token, byref(op), byref(error))
            errors.check(status, error)
            outcome: Outcome = await future
            return outcome
        except asyncio.CancelledError:
            library.coord_op_cancel(op)
            raise
        finally:
            self._waiting.pop(token, None)
            library.coord_op_free(op)


# One per loop and runtime, gone with either.
_kept: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakKeyDictionary[Runtime, Completions]] = (
    WeakKeyDictionary()
)


def completions(runtime: Runtime) -> Completions:
    """That of the running loop."""
    loop = asyncio.get_running_loop()
    kept = _kept.setdefault(loop, WeakKeyDictionary())
    found = kept.get(runtime)
    if found is None or found.generation != _processes.generation:
        found = kept[runtime] = Completions(runtime, loop)
    return found
