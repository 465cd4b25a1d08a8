"""Waiting so that Ctrl-C works: start an operation, wait in slices, cancel it when interrupted.

Each thread that waits has a queue of its own in each runtime, kept for its next wait.
"""

from __future__ import annotations

import itertools
import threading
from ctypes import byref, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakKeyDictionary

from . import _ffi, _processes, errors
from ._library import library, quick
from ._outcomes import Outcome, Verb, take, taken

if TYPE_CHECKING:
    from .runtime import Runtime

# Signals are handled by the main thread only, and only between two calls. Elsewhere slices are for
# those who raise an exception in a thread, which is rare.
_MAIN_SLICE_NS = 100 * _ffi.COORD_MILLISECOND
_OTHER_SLICE_NS = _ffi.COORD_SECOND

_tokens = itertools.count(1)


class _Inbox:
    """The queue of one thread in one runtime."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_queue_free)

    def __init__(self, runtime: Runtime) -> None:
        self.handle: int | None = None
        self.generation = _processes.generation
        self.expected: set[int] = set()
        self.early: dict[int, Any] = {}
        made, error = c_void_p(), c_void_p()
        errors.check(library.coord_queue_new(runtime._handle, byref(made), byref(error)), error)
        self.handle = made.value
        is_main = threading.current_thread() is threading.main_thread()
        self.slice_ns = _MAIN_SLICE_NS if is_main else _OTHER_SLICE_NS

    def __del__(self) -> None:
        self._finish(self.handle, self.generation, self._free)

    def wait(self, token: int) -> Any:
        """The event with this token. A signal handler may wait here meanwhile, and find ours."""
        count = c_size_t()
        while token not in self.early:
            event = _ffi.coord_event()
            status = library.coord_queue_wait(
                self.handle, self.slice_ns, byref(event), 1, byref(count), None
            )
            if status == _ffi.COORD_OK:
                if event.token == token:
                    return event
                if event.token in self.expected:
                    self.early[event.token] = event
                else:
                    quick.coord_event_clear(byref(event))
            elif status != _ffi.COORD_TIMED_OUT:
                raise errors.taken(status, None)
        return self.early.pop(token)

    def forget(self, token: int) -> None:
        self.expected.discard(token)
        event = self.early.pop(token, None)
        if event is not None:
            quick.coord_event_clear(byref(event))


class _Here(threading.local):
    """What this thread is waiting with, and how many loaders it is inside of."""

    def __init__(self) -> None:
        self.inboxes: WeakKeyDictionary[Runtime, _Inbox] = WeakKeyDictionary()
        self.loading = 0


here = _Here()


def inside_loader() -> bool:
    """Whether this thread runs a loader now."""
    return here.loading > 0


def _inbox(runtime: Runtime) -> _Inbox:
    inbox = here.inboxes.get(runtime)
    if inbox is None or inbox.generation != _processes.generation:
        inbox = here.inboxes[runtime] = _Inbox(runtime)
    return inbox


def run(runtime: Runtime, start: Callable[..., Any]) -> Outcome:
    """Starts it with `start(queue, token, op, err)`, and waits for how it ends.

    Raises what keeps it from starting.
    """
    inbox = _inbox(runtime)
    token = next(_tokens)
    op, error = c_void_p(), c_void_p()
    inbox.expected.add(token)
    try:
        errors.check(start(inbox.handle, token, byref(op), byref(error)), error)
        return take(inbox.wait(token))
    except BaseException:
        library.coord_op_cancel(op)
        raise
    finally:
        inbox.forget(token)
        library.coord_op_free(op)


def outcome(runtime: Runtime, what: Verb, *arguments: Any) -> Outcome:
    """Does it and waits: for its event, or, inside a callback, by the form that waits by itself.

    That form runs nested loaders on this thread, so that they need no other.
    """
    if not inside_loader():
        return run(runtime, lambda *end: what.start(*arguments, *end))
    value, error = c_void_p(), c_void_p()
    outputs = [] if what.gives == _ffi.COORD_EVENT_DONE else [byref(value)]
    lent = runtime._lent
    if lent is not None:
        lent.block()
    try:
        status = what.block(*arguments, *outputs, byref(error))
    finally:
        if lent is not None:
            lent.unblock()
    return taken(what.gives, value.value, status, error.value)


def ended(runtime: Runtime, what: Verb, *arguments: Any) -> Any:
    """The value it gives, or raises what it failed with."""
    return outcome(runtime, what, *arguments).get()
