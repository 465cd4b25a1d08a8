"""Groups for asyncio: the same nouns with awaitable verbs, and loaders that run on the event loop.

No thread but the loop's runs code of yours: what ends, and what is to be loaded, arrives in a queue
whose descriptor the loop watches. A group works in every loop that uses it; its loader runs in the
first one, and, once that is closed, in the next one that asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from ctypes import byref
from typing import Any, Awaitable, Callable, Coroutine, TypeVar, Union

from . import _arguments, _ffi, _requests, durations
from ._aio_calls import GroupCalls
from ._aio_queue import LoopQueue
from ._completions import completions
from ._group_handle import group_options
from ._handlers import Load as LoadHandler
from ._handlers import PeerError as PeerErrorHandler
from ._handlers import handlers
from ._http import Response, message
from ._library import library, quick
from ._serving import Host
from .context import Context, context_handle
from .peers import SERVE, Peers
from .picker import Picker
from .runtime import Runtime
from .values import BytesLike, Value

__all__ = ["Group", "group", "serve"]

#: A loader: (key), and context or sender by name, giving the value's bytes when awaited.
Load = Callable[..., Awaitable[Union[BytesLike, Value]]]
#: Decides about an error of a peer, now or awaited: true loads here, false gives it to the callers.
PeerError = Callable[..., object]


async def serve(
    peers: Peers,
    method: str,
    target: str | bytes,
    headers: Any = (),
    body: bytes = b"",
    timeout: durations.Duration | None = None,
    context: Context | None = None,
) -> Response:
    """Awaits what Peers.serve() gives: the answer to a request that came to a server of yours."""
    if not isinstance(peers, Peers):
        raise _arguments.wrong_type("peers", "a coord.Peers", peers)
    content = message(method, target, headers, body)
    call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
    ending = completions(peers._runtime)
    outcome = await ending.run(SERVE, peers._handle, byref(content), byref(call))
    answer: Response = outcome.get()
    return answer


class _Requests(LoopQueue):
    """Where the requests of one group arrive, and the tasks that serve them."""

    def __init__(self, runtime: Runtime, host: Host) -> None:
        super().__init__(runtime)
        self._host = host
        self._tasks: set[asyncio.Task[None]] = set()

    def arrived(self, event: _ffi.coord_event) -> None:
        if event.kind != _ffi.COORD_EVENT_REQUEST:
            quick.coord_event_clear(byref(event))
            return
        self._begin(self._host.serve(_requests.Request(event.value)))

    def receive(self, request: _requests.Request) -> None:
        """Errors of peers arrive on a thread of the library, and go on to the loop from there."""
        loop = None if self._loop is None else self._loop()
        try:
            if loop is None:
                raise RuntimeError("no event loop")
            loop.call_soon_threadsafe(self._receive_here, request)
        except RuntimeError as error:  # it is closed
            request.fail(_ffi.COORD_UNAVAILABLE, f"nobody runs peer_error: {error}")

    def _receive_here(self, request: _requests.Request) -> None:
        self._begin(self._host.serve(request))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Group(GroupCalls):
    """A named cache whose loader is a coroutine function; an async context manager."""

    _shown_as = "coord.aio.Group"
    _inbox: _Requests | None = None

    def __init__(
        self,
        name: str | bytes,
        load: Load | None = None,
        *,
        max_bytes: float | None = None,
        ttl: durations.Duration | None = None,
        load_timeout: durations.Duration | None = None,
        max_loads: int | None = None,
        policy: str = "s3fifo",
        on_abandoned: str = "finish",
        keys: type = str,
        peers: Peers | None = None,
        peer_error: PeerError | None = None,
        picker: Picker | None = None,
        local: bool = False,
        hot: str = "always",
        hot_one_in: int | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        """Makes a group and enters its name into the runtime; coord.Group says what all this means.

        May be called before any event loop runs, as a decorator of a module does. Then a group that
        other peers ask loads nothing until a loop uses it, at the latest by `async with`.
        `peer_error` may be a coroutine function, and runs on the loop too.
        """
        _arguments.function_or_none("load", load)
        _arguments.function_or_none("peer_error", peer_error)
        self._load_function = load
        self._peer_error = peer_error
        self._text_keys = _arguments.keys_are_text(keys)
        options = group_options(
            max_bytes, ttl, load_timeout, max_loads, policy, on_abandoned, local, hot, hot_one_in
        )
        super().__init__(name, options, runtime, peers, picker)
        with contextlib.suppress(RuntimeError):  # no loop runs here yet
            self._attach()

    def _prepare(self, runtime: Runtime) -> None:
        known = handlers(
            (LoadHandler, self._load_function),
            (PeerErrorHandler, self._peer_error),
            text_keys=self._text_keys,
        )
        if not known:
            return
        self._host = Host(known)
        self._inbox = _Requests(runtime, self._host)
        if self._load_function is not None:
            self._options.requests = self._inbox.handle
        if self._peer_error is not None:
            self._serve(self._host, self._inbox, runtime)
            self._options.peer_error = _requests.on_request

    async def __aenter__(self) -> Group:
        self._attach()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self, timeout: durations.Duration | None = None) -> None:
        """Closes the group, frees its name: new calls raise Closed, loads may end in time.

        None is 10 s, 0 cancels at once. Raises TimedOut when something had to be cancelled.
        """
        call = durations.call_options(durations.close_ns(timeout))
        self._attach()
        # It blocks, and the loads it waits for run on this very loop.
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._call, library.coord_group_close, byref(call))
        if self._inbox is not None:
            self._inbox.detach()

    def _attach(self) -> None:
        if self._inbox is not None:
            self._inbox.attach(asyncio.get_running_loop())


_Function = TypeVar("_Function", bound=Load)


def group(
    name: str | bytes,
    *,
    max_bytes: float | None = None,
    ttl: durations.Duration | None = None,
    load_timeout: durations.Duration | None = None,
    max_loads: int | None = None,
    policy: str = "s3fifo",
    on_abandoned: str = "finish",
    keys: type = str,
    peers: Peers | None = None,
    peer_error: PeerError | None = None,
    picker: Picker | None = None,
    local: bool = False,
    hot: str = "always",
    hot_one_in: int | None = None,
    runtime: Runtime | None = None,
) -> Callable[[_Function], Group]:
    """Makes a group whose loader is the coroutine function below it. Takes what Group takes."""
    _arguments.group_name("coord.aio.group", name)

    def decorate(load: _Function) -> Group:
        _arguments.decorated(load)
        _arguments.decorated_coroutine(load)
        made = Group(
            name,
            load,
            max_bytes=max_bytes,
            ttl=ttl,
            load_timeout=load_timeout,
            max_loads=max_loads,
            policy=policy,
            on_abandoned=on_abandoned,
            keys=keys,
            peers=peers,
            peer_error=peer_error,
            picker=picker,
            local=local,
            hot=hot,
            hot_one_in=hot_one_in,
            runtime=runtime,
        )
        functools.update_wrapper(made, load, updated=())
        return made

    return decorate
