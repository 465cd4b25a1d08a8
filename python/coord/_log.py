"""Log lines of libcoord on their way to functions of yours."""

from __future__ import annotations

import itertools
from ctypes import string_at
from typing import Any, Callable

from . import _ffi
from ._unraised import unraised

#: Receives a log line: level ("error", "warn", "info", "debug"), component, text. Called on any
#: thread.
LogFunction = Callable[[str, str, str], Any]

LEVELS = {"error": 1, "warn": 2, "info": 3, "debug": 4}
_LEVEL_NAMES = {number: name for name, number in LEVELS.items()}

_functions: dict[int, LogFunction] = {}
_numbers = itertools.count(1)


def register(function: LogFunction) -> int:
    """The number by which C knows a function."""
    number = next(_numbers)
    _functions[number] = function
    return number


def unregister(number: int, known: dict[int, LogFunction] = _functions) -> None:
    """Lines that still come for it are dropped. Called by destructors, see finish()."""
    known.pop(number, None)


@_ffi.coord_log_fn  # type: ignore[untyped-decorator]
def on_log(number: int, level: int, component: bytes, text: int, length: int) -> None:
    """What C calls."""
    function = _functions.get(number)
    if function is None:
        return
    try:
        line = string_at(text, length).decode("utf-8", "replace")
        function(_LEVEL_NAMES.get(level, "debug"), component.decode(), line)
    except BaseException as error:
        unraised("log", error)
