"""Loaders: from a request of libcoord to a function of yours, and back with its outcome."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import threading
from ctypes import byref, c_size_t, string_at
from typing import Any, Callable

from . import _ffi, _processes, _waiting, errors
from ._lent_threads import LentThreads
from ._library import library, quick
from .context import Context
from .values import decode_key, encode_value

#: So many exceptions are remembered per group until somebody who waited asks for them.
MAX_REMEMBERED = 64
MAX_MESSAGE = 1000


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

    def key(self) -> bytes:
        length = c_size_t()
        return string_at(quick.coord_request_key(self._handle, 0, byref(length)), length.value)

    def context(self) -> Context:
        return Context._borrowed(quick.coord_request_context(self._handle))

    def succeed(self, content: bytes, options: _ffi.coord_value_options | None) -> None:
        handle, self._handle = self._handle, None
        how = None if options is None else byref(options)
        library.coord_request_succeed(handle, content, len(content), how)

    def fail(self, status: int, message: str) -> None:
        handle, self._handle = self._handle, None
        text = message.encode("utf-8", "backslashreplace")
        library.coord_request_fail(handle, status, text, len(text))


class Loader:
    """A function of yours with what is known about it."""

    def __init__(
        self, function: Callable[..., Any], *, text_keys: bool, lent: LentThreads | None
    ) -> None:
        self._function = function
        self._wants_context = wants_context(function)
        self._text_keys = text_keys
        self._lent = lent
        self._remembered: dict[bytes, tuple[str, BaseException]] = {}
        self._lock = threading.Lock()

    def call(self, key: bytes, request: Request) -> Any:
        """Calls the function; a coroutine function gives its coroutine."""
        asked = decode_key(key) if self._text_keys else key
        if self._wants_context:
            return self._function(asked, context=request.context())
        return self._function(asked)

    def answer(self, request: Request) -> None:
        """Runs the function for one request. Nothing it raises leaves here."""
        key = request.key()
        lent = self._lent
        _waiting.here.loading += 1
        if lent is not None:
            lent.enter()
        try:
            content, options = encode_value(self.call(key, request))
        except BaseException as error:
            self.refuse(key, request, error)
        else:
            request.succeed(content, options)
        finally:
            if lent is not None:
                lent.leave()
            _waiting.here.loading -= 1

    async def answer_async(self, request: Request) -> None:
        """The same for a coroutine function. Only being cancelled leaves here."""
        key = request.key()
        try:
            content, options = encode_value(await awaitable(self.call(key, request)))
        except asyncio.CancelledError:
            request.fail(_ffi.COORD_CANCELLED, "the task of the loader was cancelled")
            raise
        except BaseException as error:
            self.refuse(key, request, error)
            if not isinstance(error, Exception):
                raise
        else:
            request.succeed(content, options)

    def refuse(self, key: bytes, request: Request, error: BaseException) -> None:
        """Ends a request with an exception, and remembers it for those who wait in this process."""
        if isinstance(error, errors.Error):
            request.fail(error.status, str(error))
            return
        message = describe(error)
        with self._lock:
            self._remembered.pop(key, None)
            if len(self._remembered) >= MAX_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[key] = message, error
        request.fail(_ffi.COORD_HOST_FAILED, message)

    def explain(self, key: bytes, error: errors.HostFailed) -> None:
        """Gives a failure the exception behind it as its cause, if that is still known."""
        message, cause = self._remembered.get(key, ("", None))
        if error.__cause__ is None and message == error.message:
            error.__cause__ = cause


def describe(error: BaseException) -> str:
    """An exception in one line: its type and what it says."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    name = type(error).__name__
    return (f"{name}: {text}" if text else name)[:MAX_MESSAGE]


def awaitable(answer: Any) -> Any:
    """What a loader of coord.aio gave, if it can be awaited."""
    if inspect.isawaitable(answer):
        return answer
    raise TypeError(
        f"a loader of coord.aio gives what can be awaited, not {type(answer).__name__}: "
        "write async def, or use coord.Group"
    )


def wants_context(function: Callable[..., Any]) -> bool:
    """Whether a function has a parameter named context."""
    try:
        return "context" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


_loaders: dict[int, Loader] = {}
_numbers = itertools.count(1)


def register(loader: Loader) -> int:
    """The number by which C knows a loader."""
    number = next(_numbers)
    _loaders[number] = loader
    return number


def unregister(number: int, known: dict[int, Loader] = _loaders) -> None:
    """Requests that still come for it are refused. Called by destructors, see finish()."""
    known.pop(number, None)


@_ffi.coord_request_fn  # type: ignore[untyped-decorator]
def on_load(number: int, handle: int) -> None:
    """What C calls, on a lent thread, a worker, or inside a nested get."""
    request = Request(handle)
    loader = _loaders.get(number)
    if loader is None:
        request.fail(_ffi.COORD_CLOSED, "the group was closed")
    else:
        loader.answer(request)
