"""Requests of libcoord, and how they find the object of ours that answers them."""

from __future__ import annotations

import itertools
from ctypes import byref, c_size_t, c_void_p, string_at
from typing import Any, Protocol
from weakref import WeakValueDictionary

from . import _ffi, _processes, errors
from ._http import Response, latin, message, read_headers
from ._library import library, quick
from .context import Context
from .values import passed
from .views import View


class Request:
    """Something libcoord asks for; ended exactly once, at the latest when it is forgotten."""

    __slots__ = ("_generation", "_handle")

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_request_free)

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle
        self._generation = _processes.generation

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)

    def kind(self) -> int:
        found: int = quick.coord_request_kind(self._handle)
        return found

    def key(self) -> bytes:
        length = c_size_t()
        return string_at(quick.coord_request_key(self._handle, 0, byref(length)), length.value)

    def value(self) -> View:
        return View._borrowed(quick.coord_request_value(self._handle, 0))

    def context(self) -> Context:
        return Context._borrowed(quick.coord_request_context(self._handle))

    def group(self) -> str:
        return self._text(quick.coord_request_group)

    def peer(self) -> str:
        return self._text(quick.coord_request_peer)

    def _text(self, read: Any) -> str:
        length = c_size_t()
        pointer = read(self._handle, byref(length))
        return string_at(pointer, length.value).decode("utf-8", "surrogateescape")

    def error(self) -> errors.Error:
        found = quick.coord_request_error(self._handle)
        return errors.describe(found, quick.coord_error_status(found))

    def http(self, field: str) -> bytes:
        """A part of the HTTP request: "method", "target", "headers" or "body"."""
        length = c_size_t()
        found = quick.coord_request_http(self._handle, field.encode(), len(field), byref(length))
        return string_at(found, length.value) if found else b""

    def headers(self) -> list[tuple[str, str]]:
        return read_headers(self.http("headers"))

    def sender(self) -> Any:
        """What the accept of the peers gave for the request of a peer that this one serves."""
        return _senders.get(quick.coord_request_user(self._handle, 0))

    def set_sender(self, sender: object) -> None:
        number = next(_numbers)
        _senders[number] = sender
        self._call(library.coord_request_set_user, number, _forget_sender)

    def add_header(self, name: str, value: str) -> None:
        texts = latin("name", name), latin("value", value)
        arguments = [part for text in texts for part in (text, len(text))]
        self._call(library.coord_request_set_header, *arguments)

    def set_response(self, response: Response) -> None:
        content = message(headers=response.headers, body=response.body)
        content.status = response.status
        self._call(library.coord_request_set_response, byref(content))

    def _call(self, function: Any, *arguments: Any) -> None:
        error = c_void_p()
        if self._handle is None:
            raise errors.Closed("the request was answered already", component="python")
        errors.check(function(self._handle, *arguments, byref(error)), error)

    def end(self) -> None:
        """Ends it well, without a value or with what was set."""
        library.coord_request_succeed(self._taken(), None, 0, None)

    def succeed(
        self, content: bytes | View, options: _ffi.coord_value_options | None = None
    ) -> None:
        how = None if options is None else byref(options)
        if isinstance(content, View):
            self._call(library.coord_request_set_bytes, 0, content._handle, how)
            self.end()
        else:
            library.coord_request_succeed(self._taken(), *passed(content), how)

    def fail(self, status: int, text: str) -> None:
        encoded = text.encode("utf-8", "backslashreplace")
        library.coord_request_fail(self._taken(), status, encoded, len(encoded))

    def end_by(self, function: Any) -> None:
        """Lets a function of C answer it."""
        function(None, self._taken())

    def _taken(self) -> int | None:
        handle, self._handle = self._handle, None
        return handle


class Receiver(Protocol):
    """Who answers requests."""

    def receive(self, request: Request) -> None:
        """Answers it now or later. Nothing is raised here."""


# Weak, as functions of yours often know the very object that would keep them here.
_receivers: WeakValueDictionary[int, Receiver] = WeakValueDictionary()
_senders: dict[int, Any] = {}
_numbers = itertools.count(1)


def register(receiver: Receiver) -> int:
    """The number by which C knows who answers, as long as somebody keeps that one."""
    number = next(_numbers)
    _receivers[number] = receiver
    return number


def unregister(number: int, known: WeakValueDictionary[int, Receiver] = _receivers) -> None:
    """Requests that still come for it are refused. Called by destructors, see finish()."""
    known.pop(number, None)


@_ffi.coord_request_fn  # type: ignore[untyped-decorator]
def on_request(number: int, handle: int) -> None:
    """What C calls with requests of every kind, on a lent thread, a worker, or in a nested get."""
    request = Request(handle)
    receiver = _receivers.get(number)
    if receiver is None:
        request.fail(_ffi.COORD_CLOSED, "who would answer was closed")
    else:
        receiver.receive(request)


@_ffi.coord_user_free_fn  # type: ignore[untyped-decorator]
def _forget_sender(number: int) -> None:
    _senders.pop(number, None)
