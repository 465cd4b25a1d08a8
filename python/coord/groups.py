"""Groups: named caches that load each missing value once, however many threads ask."""

from __future__ import annotations

import functools
from ctypes import byref, c_void_p
from typing import Any, Callable, TypeVar, Union

from . import _arguments, _ffi, _loading, _waiting, durations, errors
from ._group_handle import GroupHandle, group_options
from ._library import library, quick
from .context import Context, context_handle
from .peers import Peers
from .runtime import Runtime
from .values import BytesLike, Value, encode_key, take_bytes

#: A loader: (key) or (key, context), giving the value's bytes.
Load = Callable[..., Union[BytesLike, Value]]
#: Decides about an error of a peer: true loads here, false gives it to the callers.
PeerError = Callable[..., object]

_lookup = quick.coord_group_lookup


class Group(GroupHandle):
    """A named cache with a loader; safe from any thread, and a context manager that closes it.

    A get of a key that is not there starts one load, for which everybody who asks meanwhile waits,
    each with a timeout of its own. Who leaves early disturbs nobody. Failures are not kept.
    """

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
        """Makes a group and enters its name into the runtime.

        `load` is called with the key, and with the load's context if it has a parameter of that
        name; it returns bytes or a Value. It runs on a thread of the runtime, or, inside another
        loader, on that one's thread. Without one a miss raises Unavailable. Errors it raises reach
        every caller; anything else reaches them as HostFailed. `max_bytes` is 64 MiB if None, and 0
        keeps nothing. `ttl` is for values that bring none, never if None; `load_timeout` is of one
        load, 30 s if None. `policy` is "s3fifo" or "lru", `on_abandoned` "finish" or "cancel". With
        `keys=bytes` the loader gets its key as bytes.

        With `peers` the owner of a key is asked before anything is loaded here. When it gives no
        value, `peer_error` is called with the error, and with `key`, `peer` or `context` if it has
        parameters of these names: true loads here, false gives the error to the callers, and what
        it raises reaches them as from a loader. Without one it is decided by the peers' dialect.
        """
        _arguments.plain_function("load", load)
        _arguments.plain_function("peer_error", peer_error)
        self._load_function = load
        self._peer_error = peer_error
        self._text_keys = _arguments.keys_are_text(keys)
        self._loader: _loading.Loader | None = None
        options = group_options(max_bytes, ttl, load_timeout, max_loads, policy, on_abandoned)
        try:
            super().__init__(name, options, runtime, peers)
        except BaseException:
            _loading.unregister(self._number)
            raise

    def _prepare(self, options: _ffi.coord_group_options, runtime: Runtime) -> None:
        if self._load_function is None and self._peer_error is None:
            return
        runtime._lend()
        _loading.unregister(self._number)
        self._loader = _loading.Loader(
            self._load_function,
            text_keys=self._text_keys,
            lent=runtime._lent,
            peer_error=self._peer_error,
        )
        self._number = _loading.register(self._loader)
        options.user = self._number
        if self._load_function is not None:
            options.load = _loading.on_load
        if self._peer_error is not None:
            options.peer_error = _loading.on_peer_error

    def __del__(self) -> None:
        super().__del__()
        self._unregister(self._number)

    def __enter__(self) -> Group:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __call__(self, key: str | bytes) -> bytes:
        """The value of a key, as get() gives it."""
        return self.get(key)

    def get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """The value of a key: from memory, from its owner, or by loading it once for all who ask.

        Raises what the loader raised; TimedOut after `timeout` seconds, which disturbs nobody else
        who waits; Cancelled when the context was. Without a timeout it waits until the load's own.
        Ctrl-C ends the waiting. Inside a loader the first one who asks runs the next loader itself,
        and returns when that does.
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
        try:
            if _waiting.inside_loader():
                self._get_inside(encoded, call, value)
            else:
                value.value = self._get_outside(encoded, call)
        except errors.HostFailed as error:
            if self._loader is not None:
                self._loader.explain(encoded, error)
            raise
        return take_bytes(value)

    def _get_inside(self, key: bytes, call: _ffi.coord_call_options, value: c_void_p) -> None:
        lent = self._runtime._lent
        if lent is not None:
            lent.block()
        try:
            self._call(library.coord_group_get, key, len(key), byref(call), byref(value))
        finally:
            if lent is not None:
                lent.unblock()

    def _get_outside(self, key: bytes, call: _ffi.coord_call_options) -> Any:
        def start(*end: Any) -> Any:
            return library.coord_group_get_start(self._handle, key, len(key), byref(call), *end)

        return self._run(start)

    def _run(self, start: Callable[..., Any]) -> Any:
        try:
            return _waiting.run(self._runtime, start)
        except errors.Forked:
            if not self._reopen():
                raise
            return _waiting.run(self._runtime, start)

    def remove(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Removes a key. Who waits for its load gets that; a get that begins later loads again.

        With peers it is removed at all of them; raises Unavailable, naming each peer that did not
        confirm, when the others have done it.
        """
        encoded = encode_key(key)
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        if self._peers is None or _waiting.inside_loader():
            self._call(library.coord_group_remove, encoded, len(encoded), byref(call))
            return

        def start(*end: Any) -> Any:
            remove = library.coord_group_remove_start
            return remove(self._handle, encoded, len(encoded), byref(call), *end)

        self._run(start)

    def close(self, timeout: durations.Duration | None = None) -> None:
        """Closes the group, frees its name: new calls raise Closed, loads may end in time.

        None is 10 s, 0 cancels at once. Raises TimedOut when something had to be cancelled; it is
        closed all the same.
        """
        call = durations.call_options(durations.close_ns(timeout))
        self._call(library.coord_group_close, byref(call))


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
    """Makes a group of the function below it, which becomes its loader. Takes what Group takes."""
    _arguments.group_name("coord.group", name)

    def decorate(load: _Function) -> Group:
        _arguments.decorated(load)
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
