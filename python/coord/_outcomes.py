"""What operations of C end with, as objects of Python that own it."""

from __future__ import annotations

from ctypes import c_void_p
from typing import Any, Callable, NamedTuple

from . import _ffi, errors
from ._http import take_response
from ._library import library, quick
from .views import View


class Outcome(NamedTuple):
    """How an operation ended."""

    #: by what it gives: a View, a Response, the failures by the places of their keys, or None
    value: Any
    failure: errors.Error | None

    def get(self) -> Any:
        """The value, or raises the failure."""
        if self.failure is not None:
            raise self.failure
        return self.value


class Verb(NamedTuple):
    """A function of C that waits, and the one that only starts the same."""

    block: Callable[..., int]
    start: Callable[..., int]
    #: the kind of its event, COORD_EVENT_*
    gives: int


def verb(name: str, gives: int) -> Verb:
    """Finds both forms of a function."""
    return Verb(getattr(library, name), getattr(library, f"{name}_start"), gives)


def taken(kind: int, value: int | None, status: int, error: int | None) -> Outcome:
    """Takes over what a call gave, whether it failed or not."""
    failure = errors.taken(status, error) if status else None
    if not value:
        return Outcome(None, failure)
    if kind == _ffi.COORD_EVENT_BYTES:
        return Outcome(View._owned(value), failure)
    if kind == _ffi.COORD_EVENT_RESPONSE:
        return Outcome(take_response(value), failure)
    if kind == _ffi.COORD_EVENT_MANY:
        return Outcome(_take_failures(c_void_p(value)), failure)
    raise errors.Internal(f"no operation gives an event of kind {kind}", component="python")


def take(event: _ffi.coord_event) -> Outcome:
    """Takes over what an event holds."""
    return taken(event.kind, event.value, event.status, event.error)


def _take_failures(many: c_void_p) -> dict[int, errors.Error]:
    failures = {}
    try:
        for place in range(quick.coord_many_count(many)):
            status = quick.coord_many_status(many, place)
            if status:
                error = quick.coord_many_error(many, place)
                failures[place] = errors.borrowed(status, error)
    finally:
        quick.coord_many_free(many)
    return failures
