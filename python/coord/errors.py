"""One exception class per status, each also the builtin one expects in its place."""

from __future__ import annotations

from ctypes import byref, c_size_t, c_void_p, string_at
from enum import IntEnum
from typing import Any, Dict, NamedTuple, Union

from . import _ffi
from ._library import quick


class Status(IntEnum):
    """What a call came to, as the C API numbers it."""

    OK = _ffi.COORD_OK
    CANCELLED = _ffi.COORD_CANCELLED
    INVALID_ARGUMENT = _ffi.COORD_INVALID_ARGUMENT
    TIMED_OUT = _ffi.COORD_TIMED_OUT
    NOT_FOUND = _ffi.COORD_NOT_FOUND
    ALREADY_EXISTS = _ffi.COORD_ALREADY_EXISTS
    DENIED = _ffi.COORD_DENIED
    EXHAUSTED = _ffi.COORD_EXHAUSTED
    CONFLICT = _ffi.COORD_CONFLICT
    UNAVAILABLE = _ffi.COORD_UNAVAILABLE
    UNSUPPORTED = _ffi.COORD_UNSUPPORTED
    INTERNAL = _ffi.COORD_INTERNAL
    NO_MEMORY = _ffi.COORD_NO_MEMORY
    WOULD_DEADLOCK = _ffi.COORD_WOULD_DEADLOCK
    ABANDONED = _ffi.COORD_ABANDONED
    CLOSED = _ffi.COORD_CLOSED
    FORKED = _ffi.COORD_FORKED
    LOST = _ffi.COORD_LOST
    HOST_FAILED = _ffi.COORD_HOST_FAILED


_RETRIABLE = {Status.TIMED_OUT, Status.EXHAUSTED, Status.UNAVAILABLE, Status.NO_MEMORY}
_FATAL = {Status.CLOSED, Status.FORKED}


#: Particulars of an error that are any bytes; the others are text.
_BINARY = frozenset({"key", "body"})
_PARTICULARS = ("group", "key", "peer", "status", "body", "reason")
Details = Dict[str, Union[str, bytes]]


class RemoteLoad(NamedTuple):
    """What is known of a load, set or removal that failed at another peer."""

    #: the group it was for
    group: str
    #: the key it was for
    key: bytes
    #: the peer's url
    peer: str
    #: the number of its answer, such as 503; None when it gave none over HTTP
    http_status: int | None
    #: the first line of its answer, such as "503 Service Unavailable"; "" without one
    status: str
    #: what it sent
    body: bytes


class Error(Exception):
    """Every failure of libcoord. A loader may raise a subclass to give its callers that status."""

    #: The status; each subclass has its own.
    status: Status = Status.HOST_FAILED

    def __init__(
        self,
        message: str = "",
        *,
        component: str = "",
        is_retriable: bool | None = None,
        is_fatal: bool | None = None,
        native_domain: str = "",
        native_code: int = 0,
        details: Details | None = None,
    ) -> None:
        super().__init__(message)
        #: One line that says what happened.
        self.message = message
        #: The part of libcoord that speaks, such as "group"; "" for errors made in Python.
        self.component = component
        #: Whether the same call may succeed later without a change of yours.
        self.is_retriable = self.status in _RETRIABLE if is_retriable is None else is_retriable
        #: Whether what the call was made on is of no further use.
        self.is_fatal = self.status in _FATAL if is_fatal is None else is_fatal
        #: Whose number native_code is: "errno", "http" for a peer's status, or "".
        self.native_domain = native_domain
        #: The number behind the failure, 404 for example.
        self.native_code = native_code
        #: Particulars, as far as known: "group", "key", "peer", "status", "body", "reason".
        self.details: Details = {} if details is None else details
        #: Of Group.remove_many(): what went wrong with which key.
        self.failed: dict[str | bytes, Error] = {}

    def __str__(self) -> str:
        return self.message or self.status.name.lower()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message,), {name: getattr(self, name) for name in _KEPT}

    @property
    def cause(self) -> BaseException | None:
        """What led to this: another Error, or the exception a loader of this process raised."""
        return self.__cause__

    @property
    def remote(self) -> RemoteLoad | None:
        """What failed at which peer; None when no other peer had part in it."""
        for one in self._chain():
            if "peer" in one.details:
                return _remote(one)
        return None

    @property
    def reason(self) -> str:
        """Why a peer's endpoint refused: "bad-request" or "group-not-found"; else ""."""
        reasons = (one.details.get("reason") for one in self._chain())
        return next((str(one) for one in reasons if one), "")

    def _chain(self) -> list[Error]:
        found: list[Error] = []
        seen: set[int] = set()
        error: BaseException | None = self
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            if isinstance(error, Error):
                found.append(error)
            error = error.__cause__
        return found


_KEPT = (
    "component",
    "is_retriable",
    "is_fatal",
    "native_domain",
    "native_code",
    "details",
    "failed",
)


def _remote(error: Error) -> RemoteLoad:
    codes = (one.native_code for one in error._chain() if one.native_domain == "http")
    body, key = error.details.get("body", b""), error.details.get("key", b"")
    return RemoteLoad(
        str(error.details.get("group", "")),
        key if isinstance(key, bytes) else key.encode(),
        str(error.details["peer"]),
        next(codes, None),
        str(error.details.get("status", "")),
        body if isinstance(body, bytes) else body.encode(),
    )


class Cancelled(Error):
    """Its context, its operation or its component was cancelled."""

    status = Status.CANCELLED


class InvalidArgument(Error, ValueError):
    """A programming error; the message names the argument."""

    status = Status.INVALID_ARGUMENT


class TimedOut(Error, TimeoutError):
    """The deadline came first."""

    status = Status.TIMED_OUT


class NotFound(Error, KeyError):
    """There is no such key, name or entry."""

    status = Status.NOT_FOUND


class AlreadyExists(Error):
    """The name is taken."""

    status = Status.ALREADY_EXISTS


class Denied(Error, PermissionError):
    """Not allowed."""

    status = Status.DENIED


class Exhausted(Error):
    """A limit was reached; the message names it."""

    status = Status.EXHAUSTED


class Conflict(Error):
    """The state of the thing forbids it."""

    status = Status.CONFLICT


class Unavailable(Error, ConnectionError):
    """What is needed cannot be reached now."""

    status = Status.UNAVAILABLE


class Unsupported(Error):
    """Not in this build, or not of this kind."""

    status = Status.UNSUPPORTED


class Internal(Error):
    """A defect of libcoord; please report it."""

    status = Status.INTERNAL


class NoMemory(Error, MemoryError):
    """Allocation failed; nothing changed."""

    status = Status.NO_MEMORY


class WouldDeadlock(Error):
    """This thread would wait for itself."""

    status = Status.WOULD_DEADLOCK


class Abandoned(Error):
    """A request was freed without an answer."""

    status = Status.ABANDONED


class Closed(Error):
    """What the call was made on, or what that belongs to, was closed."""

    status = Status.CLOSED


class Forked(Error):
    """It was made before a fork; make a new one in the child."""

    status = Status.FORKED


class Lost(Error):
    """What was held is held no longer."""

    status = Status.LOST


class HostFailed(Error):
    """Code of yours (a loader, say) raised what is no Error: the cause, where it is known."""

    status = Status.HOST_FAILED


_CLASSES: dict[int, type[Error]] = {one.status: one for one in Error.__subclasses__()}


def _text(pointer: int | None) -> str:
    return string_at(pointer).decode("utf-8", "replace") if pointer else ""


def _details(error: int) -> Details:
    found: Details = {}
    length = c_size_t()
    for name in _PARTICULARS:
        pointer = quick.coord_error_detail(error, name.encode(), len(name), byref(length))
        if pointer:
            text = string_at(pointer, length.value)
            found[name] = text if name in _BINARY else text.decode("utf-8", "surrogateescape")
    return found


def describe(error: int, status: int) -> Error:
    """The exception for a status and a BORROWED coord_error, with those that led to it."""
    # A status this version does not know is to be treated as an internal one.
    kind = _CLASSES.get(status, Internal)
    made = kind(
        _text(quick.coord_error_message(error)),
        component=_text(quick.coord_error_component(error)),
        is_retriable=bool(quick.coord_error_is_retriable(error)),
        is_fatal=bool(quick.coord_error_is_fatal(error)),
        native_domain=_text(quick.coord_error_native_domain(error)),
        native_code=quick.coord_error_native_code(error),
        details=_details(error),
    )
    cause = quick.coord_error_cause(error)
    if cause:
        made.__cause__ = describe(cause, quick.coord_error_status(cause))
    return made


def borrowed(status: int, error: int | None) -> Error:
    """The exception for a status and the BORROWED coord_error that came with it, if one did."""
    if error:
        return describe(error, status)
    return _CLASSES.get(status, Internal)(_text(quick.coord_status_name(status)))


def taken(status: int, error: c_void_p | int | None) -> Error:
    """The exception for a status and the OWNED coord_error that came with it, which is freed."""
    pointer = error.value if isinstance(error, c_void_p) else error
    try:
        return borrowed(status, pointer)
    finally:
        quick.coord_error_free(pointer)


def check(status: int, error: c_void_p) -> None:
    """Raises what a call failed with, if it failed."""
    if status:
        raise taken(status, error)
