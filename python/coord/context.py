"""Contexts: a deadline and a way to cancel, for the calls made on behalf of one piece of work."""

from __future__ import annotations

from ctypes import byref, c_void_p, sizeof, string_at

from . import _arguments, _ffi, _processes, durations, errors
from ._library import library, quick


class Context:
    """A deadline plus a cancel switch, shared by many calls; safe from any thread.

    Cancelling it cancels the operations started with it, and the contexts made from it.
    """

    __slots__ = ("__weakref__", "_generation", "_handle")

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(quick.coord_context_free)

    def __init__(
        self,
        timeout: durations.Duration | None = None,
        parent: Context | None = None,
        trace: str | None = None,
    ) -> None:
        """Ends `timeout` seconds from now, and with its parent. `trace` is a text to pass on."""
        self._handle: int | None = None
        self._generation = _processes.generation
        if trace is not None and not isinstance(trace, str):
            raise _arguments.wrong_type("trace", "str or None", trace)
        encoded = trace.encode() if trace is not None else None
        options = _ffi.coord_context_options(
            sizeof(_ffi.coord_context_options),
            0,
            durations.timeout_ns(timeout),
            context_handle(parent, "parent"),
            encoded,
            len(encoded or b""),
        )
        made, error = c_void_p(), c_void_p()
        errors.check(library.coord_context_new(byref(options), byref(made), byref(error)), error)
        self._handle = made.value

    @classmethod
    def _borrowed(cls, handle: int | None) -> Context:
        """An object with a reference of its own to a context that belongs to somebody else."""
        if not handle:  # memory is short: a context that never ends is all there is
            return cls()
        self = cls.__new__(cls)
        self._generation = _processes.generation
        self._handle = quick.coord_context_ref(handle)
        return self

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self._finish(self._handle, self._generation, self._free)

    def __repr__(self) -> str:
        if self.is_cancelled:
            return "<coord.Context: ended>"
        left = self.remaining
        return f"<coord.Context: {'no deadline' if left is None else f'{left:.3f} s left'}>"

    def cancel(self) -> None:
        """Cancels the context, those made from it, and every operation started with one of them."""
        library.coord_context_cancel(self._handle)

    @property
    def is_cancelled(self) -> bool:
        """Whether work under it should stop: it was cancelled, or its deadline has passed."""
        return bool(quick.coord_context_is_cancelled(self._handle))

    @property
    def remaining(self) -> float | None:
        """Seconds until the deadline, 0.0 when it passed or was cancelled; None without one."""
        left = quick.coord_context_remaining_ns(self._handle)
        return None if left == _ffi.COORD_FOREVER else left / 1e9

    @property
    def trace(self) -> str:
        """The trace text; "" when there is none."""
        pointer = quick.coord_context_trace(self._handle, None)
        return string_at(pointer).decode("utf-8", "replace") if pointer else ""


def context_handle(context: Context | None, name: str = "context") -> int | None:
    """What C takes for an argument that is a context or None."""
    if context is None:
        return None
    if not isinstance(context, Context):
        raise _arguments.wrong_type(name, "a coord.Context or None", context)
    return context._handle
