"""Durations: seconds in Python, int64 nanoseconds in C, where zero means "the default"."""

from __future__ import annotations

import math
from ctypes import sizeof

from . import _ffi
from .errors import InvalidArgument

#: A duration that never ends; accepted wherever seconds are.
FOREVER = math.inf

_CALL_SIZE = sizeof(_ffi.coord_call_options)


def _nanoseconds(name: str, seconds: float) -> int:
    if not seconds >= 0:  # also refuses NaN
        raise InvalidArgument(f"{name} must not be negative: {seconds!r}")
    if seconds * 1e9 >= _ffi.COORD_FOREVER:
        return _ffi.COORD_FOREVER
    return max(1, int(seconds * 1e9))


def timeout_ns(seconds: float | None) -> int:
    """Of one call: None is the verb's default, 0 is "do not wait"."""
    return 0 if seconds is None else _nanoseconds("timeout", seconds)


def option_ns(name: str, seconds: float | None) -> int:
    """Of an option: None is its default; zero has no meaning there."""
    if seconds is None:
        return 0
    if seconds == 0:
        raise InvalidArgument(f"{name} must be positive; None is the default, FOREVER is never")
    return _nanoseconds(name, seconds)


def close_ns(seconds: float | None) -> int:
    """Of a close: None is the default of 10 s, 0 cancels at once."""
    if seconds == 0:
        return _ffi.COORD_OFF
    return timeout_ns(seconds)


def call_options(
    timeout: int, context: int | None = None, flags: int = 0
) -> _ffi.coord_call_options:
    """The struct of per-call options, from nanoseconds and a context's handle."""
    return _ffi.coord_call_options(_CALL_SIZE, flags, timeout, context)
