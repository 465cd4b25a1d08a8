"""Durations: seconds or a timedelta in Python, int64 nanoseconds in C: there 0 is "the default"."""

from __future__ import annotations

import math
from ctypes import sizeof
from datetime import timedelta
from numbers import Real
from typing import Union

from . import _ffi
from ._arguments import wrong_type
from .errors import InvalidArgument

#: What durations may be: seconds, or a timedelta.
Duration = Union[float, timedelta]

#: A duration that never ends; accepted wherever seconds are.
FOREVER = math.inf

_FOREVER_SECONDS = _ffi.COORD_FOREVER / 1e9
_CALL_SIZE = sizeof(_ffi.coord_call_options)


def _seconds(name: str, duration: Duration) -> float:
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, Real) and not isinstance(duration, bool):
        return duration
    raise wrong_type(name, "seconds (a number) or a timedelta", duration)


def _nanoseconds(name: str, seconds: float) -> int:
    if not seconds >= 0:  # also refuses NaN
        raise InvalidArgument(f"{name} must not be negative: {seconds!r}")
    if seconds >= _FOREVER_SECONDS:
        return _ffi.COORD_FOREVER
    return max(1, int(seconds * 1e9))


def timeout_ns(timeout: Duration | None) -> int:
    """Of one call: None is the verb's default, 0 is "do not wait"."""
    return 0 if timeout is None else _nanoseconds("timeout", _seconds("timeout", timeout))


def option_ns(name: str, duration: Duration | None) -> int:
    """Of an option: None is its default; zero has no meaning there."""
    if duration is None:
        return 0
    seconds = _seconds(name, duration)
    if seconds == 0:
        raise InvalidArgument(f"{name} must be positive; None is the default, FOREVER is never")
    return _nanoseconds(name, seconds)


def close_ns(timeout: Duration | None) -> int:
    """Of a close: None is the default of 10 s, 0 cancels at once."""
    if timeout is not None and _seconds("timeout", timeout) == 0:
        return _ffi.COORD_OFF
    return timeout_ns(timeout)


def call_options(
    timeout: int, context: int | None = None, flags: int = 0
) -> _ffi.coord_call_options:
    """The struct of per-call options, from nanoseconds and a context's handle."""
    return _ffi.coord_call_options(_CALL_SIZE, flags, timeout, context)
