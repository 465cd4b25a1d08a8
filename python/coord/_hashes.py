"""Hash functions of yours for rings."""

from __future__ import annotations

import itertools
import operator
from ctypes import string_at
from typing import Any, Callable

from . import _ffi
from ._arguments import function_or_none, wrong_type
from ._unraised import unraised

#: Gives the same number for the same bytes in every process; any thread calls it.
Hash = Callable[[bytes], int]

_WORD = (1 << 64) - 1
_functions: dict[int, Hash] = {}
_numbers = itertools.count(1)


def register(function: Hash | None) -> int:
    """The number by which C knows a function, which is tried once; 0 for None."""
    function_or_none("hash", function)
    if function is None:
        return 0
    tried: Any = function(b"")
    if not hasattr(tried, "__index__"):
        raise wrong_type("what hash returns", "a whole number", tried)
    number = next(_numbers)
    _functions[number] = function
    return number


def unregister(number: int, known: dict[int, Hash] = _functions) -> None:
    """No call follows. Called by destructors, see finish()."""
    known.pop(number, None)


@_ffi.coord_hash_fn  # type: ignore[untyped-decorator]
def on_hash(number: int, data: int, length: int) -> int:
    """What C calls, on any thread."""
    function = _functions.get(number)
    if function is None:
        return 0
    try:
        return operator.index(function(string_at(data, length) if length else b"")) & _WORD
    except BaseException as error:
        unraised("hash", error)
        return 0
