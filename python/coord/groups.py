"""Groups: named caches that load each missing value once, however many threads ask."""

from __future__ import annotations

import functools
from ctypes import byref
from typing import Any, Callable, TypeVar, Union

from . import _arguments, _requests, durations
from ._group_calls import GroupCalls
from ._group_handle import group_options
from ._handlers import Load as LoadHandler
from ._handlers import PeerError as PeerErrorHandler
from ._handlers import handlers
from ._library import library
from ._serving import Host
from .peers import Peers
from .picker import Picker
from .runtime import Runtime
from .values import BytesLike, Value

#: A loader: (key), and context or sender by name, giving the value's bytes.
Load = Callable[..., Union[BytesLike, Value]]
#: Decides about an error of a peer: true loads here, false gives it to the callers.
PeerError = Callable[..., object]


class Group(GroupCalls):
    """A named cache with a loader; safe from any thread, and a context manager that closes it.

    A get of a key that is not there starts one load, for which everybody who asks meanwhile waits,
    each with a timeout of its own. Who leaves early disturbs nobody. Failures are not kept.
    """

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
        """Makes a group and enters its name into the runtime.

        `load` is called with the key, and with `context`, the load's, or `sender`, what the peers'
        accept gave for the peer that asks or None, if it has parameters of these names. It returns
        bytes, a View, what has SerializeToString, or a Value of one of these. It runs on a thread
        of the runtime, or, inside another loader, on that one's thread. Without one a miss raises
        Unavailable. Errors it raises reach every caller; anything else reaches them as HostFailed.
        `max_bytes` is 64 MiB if None, and 0 keeps nothing. `ttl` is for values that bring none,
        never if None; `load_timeout` is of one load, 30 s if None. `policy` is "s3fifo" or "lru",
        `on_abandoned` "finish" or "cancel". With `keys=bytes` the loader gets its key as bytes.

        With `peers` the owner of a key is asked before anything is loaded here. When it gives no
        value, `peer_error` is called with the error, and with `key`, `peer` or `context` if it has
        parameters of these names: true loads here, false gives the error to the callers, and what
        it raises reaches them as from a loader. coord.DEFAULT, and no function, decide by the
        peers' dialect. `picker` says who owns which key, instead of the list of `peers`, which
        still serve the group; with neither the runtime's set_picker() is asked, unless it is
        `local`. `hot` keeps copies of what others own "always", "never", or by chance "one_in"
        `hot_one_in`, 10 if None.
        """
        _arguments.plain_function("load", load)
        _arguments.plain_function("peer_error", peer_error)
        self._load_function = load
        self._peer_error = peer_error
        self._text_keys = _arguments.keys_are_text(keys)
        options = group_options(
            max_bytes, ttl, load_timeout, max_loads, policy, on_abandoned, local, hot, hot_one_in
        )
        super().__init__(name, options, runtime, peers, picker)

    def _prepare(self, runtime: Runtime) -> None:
        known = handlers(
            (LoadHandler, self._load_function),
            (PeerErrorHandler, self._peer_error),
            text_keys=self._text_keys,
        )
        if not known:
            return
        host = Host(known, runtime._lent)
        self._serve(host, host, runtime)
        if self._load_function is not None:
            self._options.load = _requests.on_request
        if self._peer_error is not None:
            self._options.peer_error = _requests.on_request

    def __enter__(self) -> Group:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

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
    picker: Picker | None = None,
    local: bool = False,
    hot: str = "always",
    hot_one_in: int | None = None,
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
            picker=picker,
            local=local,
            hot=hot,
            hot_one_in=hot_one_in,
            runtime=runtime,
        )
        functools.update_wrapper(made, load, updated=())
        return made

    return decorate
