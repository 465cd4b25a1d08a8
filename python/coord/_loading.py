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

    def peer(self) -> str:
        length = c_size_t()
        url = quick.coord_request_peer(self._handle, byref(length))
        return string_at(url, length.value).decode("utf-8", "surrogateescape")

    def error(self) -> errors.Error:
        found = quick.coord_request_error(self._handle)
        return errors.describe(found, quick.coord_error_status(found))

    def load_here(self) -> None:
        handle, self._handle = self._handle, None
        library.coord_request_succeed(handle, None, 0, None)

    def succeed(self, content: bytes, options: _ffi.coord_value_options | None) -> None:
        handle, self._handle = self._handle, None
        how = None if options is None else byref(options)
        library.coord_request_succeed(handle, content, len(content), how)

    def fail(self, status: int, message: str) -> None:
        handle, self._handle = self._handle, None
        text = message.encode("utf-8", "backslashreplace")
        library.coord_request_fail(handle, status, text, len(text))


class Loader:
    """The functions of yours that a group calls, with what is known about them."""

    def __init__(
        self,
        function: Callable[..., Any] | None,
        *,
        text_keys: bool,
        lent: LentThreads | None,
        peer_error: Callable[..., Any] | None = None,
    ) -> None:
        self._function: Callable[..., Any] = function or _no_function
        self._wants_context = "context" in parameters(function)
        self._peer_error: Callable[..., Any] = peer_error or _no_function
        self._peer_error_wants = parameters(peer_error)
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

    def judge(self, request: Request) -> None:
        """Lets a function decide about the error of a peer. Nothing it raises leaves here."""
        key, why = request.key(), request.error()
        lent = self._lent
        _waiting.here.loading += 1
        if lent is not None:
            lent.enter()
        try:
            verdict = self._call_peer_error(key, why, request)
        except BaseException as error:
            self.refuse(key, request, error)
        else:
            _carry_out(verdict, why, request)
        finally:
            if lent is not None:
                lent.leave()
            _waiting.here.loading -= 1

    async def judge_async(self, request: Request) -> None:
        """The same on an event loop, where it may be a coroutine function."""
        key, why = request.key(), request.error()
        try:
            verdict = self._call_peer_error(key, why, request)
            if inspect.isawaitable(verdict):
                verdict = await verdict
        except asyncio.CancelledError:
            request.fail(_ffi.COORD_CANCELLED, "the task of peer_error was cancelled")
            raise
        except BaseException as error:
            self.refuse(key, request, error)
            if not isinstance(error, Exception):
                raise
        else:
            _carry_out(verdict, why, request)

    def _call_peer_error(self, key: bytes, why: errors.Error, request: Request) -> Any:
        known: dict[str, Callable[[], Any]] = {
            "key": lambda: decode_key(key) if self._text_keys else key,
            "peer": request.peer,
            "context": request.context,
        }
        named = {name: get() for name, get in known.items() if name in self._peer_error_wants}
        return self._peer_error(why, **named)

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


def _carry_out(verdict: object, why: errors.Error, request: Request) -> None:
    if verdict:
        request.load_here()
    else:
        request.fail(why.status, str(why))


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


def _no_function(*_: Any, **__: Any) -> Any:
    raise errors.Unavailable("the group has no such function", component="python")


def parameters(function: Callable[..., Any] | None) -> frozenset[str]:
    """The names of a function's parameters, where they can be known."""
    if function is None:
        return frozenset()
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return frozenset()


_loaders: dict[int, Any] = {}
_numbers = itertools.count(1)


def register(loader: Any) -> int:
    """The number by which C knows a Loader, or what forwards its requests to an event loop."""
    number = next(_numbers)
    _loaders[number] = loader
    return number


def unregister(number: int, known: dict[int, Any] = _loaders) -> None:
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


@_ffi.coord_request_fn  # type: ignore[untyped-decorator]
def on_peer_error(number: int, handle: int) -> None:
    """What C calls when the owner of a key gave no value, on a lent thread or a worker."""
    request = Request(handle)
    loader = _loaders.get(number)
    if loader is None:
        request.fail(_ffi.COORD_CLOSED, "the group was closed")
    else:
        loader.judge(request)
