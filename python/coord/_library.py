"""Finds and loads libcoord.so, once, when the package is imported.

Two views of the same library: `library` gives up the interpreter lock during each call, as whatever
may wait or run a while must; `quick` keeps it, which is several times cheaper, for calls that only
touch memory and never call back.
"""

from __future__ import annotations

import os
from ctypes import CDLL, PyDLL
from pathlib import Path

from . import _ffi

VARIABLE = "COORD_LIBRARY"
SYSTEM_NAME = f"libcoord.so.{_ffi.COORD_VERSION_MAJOR}"


def _find() -> tuple[str, CDLL]:
    """The first of: what COORD_LIBRARY names, a file beside this one, what the system has."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        try:
            return chosen, CDLL(chosen)
        except OSError as error:
            raise ImportError(
                f"{VARIABLE} is set to {chosen!r}, which does not load: {error}"
            ) from error
    here = Path(__file__).resolve().parent
    beside = sorted(here.glob("libcoord.so*"))
    failures = []
    for candidate in [*map(str, beside), SYSTEM_NAME]:
        try:
            return candidate, CDLL(candidate)
        except OSError as error:
            failures.append(f"{candidate}: {error}")
    raise ImportError(
        f"libcoord was not found. Looked at: the environment variable {VARIABLE} (not set); "
        f"libcoord.so* in the package, {here} ({len(beside)} there); {SYSTEM_NAME} in the system. "
        + "; ".join(failures)
    )


def _load() -> tuple[CDLL, PyDLL]:
    name, slow = _find()
    try:
        _ffi.bind(slow)
        fast = PyDLL(slow._name, handle=slow._handle)
        _ffi.bind(fast)
    except AttributeError as error:
        raise ImportError(f"{name} is not a libcoord that this package can use: {error}") from error
    found, wanted = slow.coord_version(), _ffi.COORD_VERSION
    # Before 1.0 a minor version may change layouts, so it must be the very one.
    if found >> 8 != wanted >> 8:
        raise ImportError(f"{name} is libcoord {spell(found)}, this package needs {spell(wanted)}")
    return slow, fast


def spell(version: int) -> str:
    """A packed version as text, such as "0.1.0"."""
    return f"{version >> 16}.{version >> 8 & 0xFF}.{version & 0xFF}"


library, quick = _load()
