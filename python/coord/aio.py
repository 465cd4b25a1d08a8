"""Groups for asyncio: the same nouns with awaitable verbs, and loaders that run on the event loop.

No thread but the loop's runs code of yours: what ends, and what is to be loaded, arrives in a queue
whose descriptor the loop watches. A group works in every loop that uses it; its loader runs in the
first one, and, once that is closed, in the next one that asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
from ctypes import byref, c_void_p
from typing import Any, Awaitable, Callable, Coroutine, TypeVar, Union
from weakref import WeakKeyDictionary

from . import _arguments, _ffi, _loading, _processes, durations, errors
from ._aio_queue import LoopQueue
from ._group_handle import GroupHandle, group_options
from ._library import library, quick
from .context import Context, context_handle
from .peers import Peers
from .runtime import Runtime
from .values import BytesLike, Value, encode_key, take_bytes

__all__ = ["Group", "group"]

#: A loader: (key) or (key, context), giving the value's bytes when awaited.
Load = Callable[..., Awaitable[Union[BytesLike, Value]]]
#: Decides about an error of a peer, now or awaited: true loads here, false gives it to the callers.
PeerError = Callable[..., object]

_lookup = quick.coord_group_lookup


class _Completions(LoopQueue):
    """Where the operations of one loop in one runtime end."""

    def __init__(self, runtime: Runtime, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(runtime)
        self._tokens = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self.attach(loop)

    def arrived(self, event: _ffi.coord_event) -> None:
        future = self._waiting.pop(event.token, None)
        if future is None or future.done():
            quick.coord_event_clear(byref(event))
        elif event.status:
            future.set_exception(errors.taken(event.status, event.error))
        else:
            future.set_result(take_bytes(c_void_p(event.value)) if event.value else None)

    async def run(self, start: Callable[..., Any]) -> Any:
        """Starts it with `start(queue, token, op, err)`; cancelling the task cancels it."""
        token = next(self._tokens)
        op, error = c_void_p(), c_void_p()
        future = asyncio.get_running_loop().create_future()
        self._waiting[token] = future
        try:
            errors.check(start(self.handle, token, byref(op), byref(error)), error)
            return await future
        except asyncio.CancelledError:
            library.coord_op_cancel(op)
            raise
        finally:
            self._waiting.pop(token, None)
            library.coord_op_free(op)


class _Requests(LoopQueue):
    """Where the requests of one group arrive, and the tasks that serve them."""

    def __init__(self, runtime: Runtime, loader: _loading.Loader) -> None:
        super().__init__(runtime)
        self._loader = loader
        self._tasks: set[asyncio.Task[None]] = set()

    def arrived(self, event: _ffi.coord_event) -> None:
        if event.kind != _ffi.COORD_EVENT_REQUEST:
            quick.coord_event_clear(byref(event))
            return
        self._begin(self._loader.answer_async(_loading.Request(event.value)))

    def judge(self, request: _loading.Request) -> None:
        """Errors of peers arrive on a thread of the library, and go on to the loop from there."""
        loop = None if self._loop is None else self._loop()
        try:
            if loop is None:
                raise RuntimeError("no event loop")
            loop.call_soon_threadsafe(self._judge_here, request)
        except RuntimeError as error:  # it is closed
            request.fail(_ffi.COORD_UNAVAILABLE, f"nobody runs peer_error: {error}")

    def _judge_here(self, request: _loading.Request) -> None:
        self._begin(self._loader.judge_async(request))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


# One per loop and runtime, gone with either.
_kept: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakKeyDictionary[Runtime, _Completions]] = (
    WeakKeyDictionary()
)


def _completions(runtime: Runtime) -> _Completions:
    loop = asyncio.get_running_loop()
    kept = _kept.setdefault(loop, WeakKeyDictionary())
    found = kept.get(runtime)
    if found is None or found.generation != _processes.generation:
        found = kept[runtime] = _Completions(runtime, loop)
    return found


class Group(GroupHandle):
    """A named cache whose loader is a coroutine function; an async context manager."""

    _shown_as = "coord.aio.Group"
    _unregister = staticmethod(_loading.unregister)
    _number = 0

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
        self._number = 0
        self._text_keys = _arguments.keys_are_text(keys)
        self._loader: _loading.Loader | None = None
        self._requests: _Requests | None = None
        options = group_options(max_bytes, ttl, load_timeout, max_loads, policy, on_abandoned)
        try:
            super().__init__(name, options, runtime, peers)
        except BaseException:
            _loading.unregister(self._number)
            raise
        with contextlib.suppress(RuntimeError):  # no loop runs here yet
            self._attach()

    def _prepare(self, options: _ffi.coord_group_options, runtime: Runtime) -> None:
        if self._load_function is None and self._peer_error is None:
            return
        self._loader = _loading.Loader(
            self._load_function,
            text_keys=self._text_keys,
            lent=None,
            peer_error=self._peer_error,
        )
        self._requests = _Requests(runtime, self._loader)
        if self._load_function is not None:
            options.requests = self._requests.handle
        if self._peer_error is not None:
            runtime._lend()
            _loading.unregister(self._number)
            self._number = _loading.register(self._requests)
            options.peer_error, options.user = _loading.on_peer_error, self._number

    def __del__(self) -> None:
        super().__del__()
        self._unregister(self._number)

    async def __aenter__(self) -> Group:
        self._attach()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def __call__(self, key: str | bytes) -> Awaitable[bytes]:
        """The value of a key, as get() gives it."""
        return self.get(key)

    async def get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """The value of a key: from memory, from its owner, or by loading it once for all who ask.

        Cancelling the task leaves the load, which goes on for the others who wait for it.
        """
        encoded = encode_key(key)
        value = c_void_p()
        if _lookup(self._handle, encoded, len(encoded), byref(value), None) == 0:
            return take_bytes(value)
        call = durations.call_options(
            durations.timeout_ns(timeout),
            context_handle(context),
            _ffi.COORD_CALL_COUNTED,
        )

        def start(*end: Any) -> Any:
            return library.coord_group_get_start(
                self._handle, encoded, len(encoded), byref(call), *end
            )

        try:
            content: bytes = await self._run(start)
            return content
        except errors.HostFailed as error:
            if self._loader is not None:
                self._loader.explain(encoded, error)
            raise

    async def remove(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Removes a key, at all peers too; coord.Group.remove() says what that means."""
        encoded = encode_key(key)
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))

        def start(*end: Any) -> Any:
            return library.coord_group_remove_start(
                self._handle, encoded, len(encoded), byref(call), *end
            )

        await self._run(start)

    async def close(self, timeout: durations.Duration | None = None) -> None:
        """Closes the group, frees its name: new calls raise Closed, loads may end in time.

        None is 10 s, 0 cancels at once. Raises TimedOut when something had to be cancelled.
        """
        call = durations.call_options(durations.close_ns(timeout))
        self._attach()
        # It blocks, and the loads it waits for run on this very loop.
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._call, library.coord_group_close, byref(call))
        if self._requests is not None:
            self._requests.detach()

    def _attach(self) -> None:
        if self._requests is not None:
            self._requests.attach(asyncio.get_running_loop())

    async def _run(self, start: Callable[..., Any]) -> Any:
        self._attach()
        try:
            return await _completions(self._runtime).run(start)
        except errors.Forked:
            if not self._reopen():
                raise
            self._attach()
            return await _completions(self._runtime).run(start)


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
            runtime=runtime,
        )
        functools.update_wrapper(made, load, updated=())
        return made

    return decorate
