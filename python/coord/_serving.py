"""From requests of libcoord to functions of yours, and back with their outcomes."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from . import _ffi, _waiting, errors
from ._handlers import Handler, no_function
from ._lent_threads import LentThreads
from ._remembered import Remembered
from ._requests import Request

MAX_MESSAGE = 1000


class Host:
    """Who answers the requests of one group, of peers, or of whatever else has handlers."""

    def __init__(self, handlers: dict[int, Handler], lent: LentThreads | None = None) -> None:
        self._handlers = handlers
        self._lent = lent
        #: What functions raised, for those who wait in this process.
        self.remembered = Remembered()

    def receive(self, request: Request) -> None:
        """Answers a request on this thread. Nothing the function raises leaves here."""
        lent = self._lent
        _waiting.here.loading += 1
        if lent is not None:
            lent.enter()
        try:
            handler = self._handler(request)
            handler.end(request, handler.begin(request))
        except BaseException as error:
            self._refuse(request, error)
        finally:
            if lent is not None:
                lent.leave()
            _waiting.here.loading -= 1

    async def serve(self, request: Request) -> None:
        """The same on an event loop, for coroutine functions. Only being cancelled leaves here."""
        name = "a function"
        try:
            handler = self._handler(request)
            name = handler.name
            answer = handler.begin(request)
            if inspect.isawaitable(answer):
                answer = await answer
            elif handler.awaited:
                raise _not_awaitable(answer)
            handler.end(request, answer)
        except asyncio.CancelledError:
            request.fail(_ffi.COORD_CANCELLED, f"the task of {name} was cancelled")
            raise
        except BaseException as error:
            self._refuse(request, error)
            if not isinstance(error, Exception):
                raise

    def _handler(self, request: Request) -> Handler:
        found = self._handlers.get(request.kind())
        if found is None:
            raise no_function()
        return found

    def _refuse(self, request: Request, error: BaseException) -> None:
        """Ends a request with an exception."""
        if isinstance(error, errors.Error):
            if error.remote is not None:  # C keeps its status and its message only
                self.remembered.keep(request.key(), error, error.message)
            request.fail(error.status, str(error))
            return
        message = describe(error)
        self.remembered.keep(request.key(), error, message)
        request.fail(_ffi.COORD_HOST_FAILED, message)


def describe(error: BaseException) -> str:
    """An exception in one line: its type and what it says."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    name = type(error).__name__
    return (f"{name}: {text}" if text else name)[:MAX_MESSAGE]


def _not_awaitable(answer: Any) -> TypeError:
    return TypeError(
        f"a loader of coord.aio gives what can be awaited, not {type(answer).__name__}: "
        "write async def, or use coord.Group"
    )
