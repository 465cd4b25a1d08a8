"""What blocking and awaitable groups share: the handle, and the verbs that never wait."""

from __future__ import annotations

import threading
from ctypes import byref, c_uint64, c_void_p, sizeof
from datetime import datetime
from typing import Any, Callable, TypeVar

from . import _arguments, _ffi, _processes, _requests, _runtime_hooks, durations, errors
from ._library import library, quick
from ._serving import Host
from .context import Context, context_handle
from .peers import Peers
from .picker import Picker
from .runtime import Runtime, default_runtime
from .stats import CacheStats, GroupStats, read_cache_stats, read_group_stats
from .values import BytesLike, encode_content, encode_key, passed, take_bytes, value_options

POLICIES = {"s3fifo": _ffi.COORD_POLICY_S3FIFO, "lru": _ffi.COORD_POLICY_LRU}
ON_ABANDONED = {"finish": _ffi.COORD_ON_ABANDONED_FINISH, "cancel": _ffi.COORD_ON_ABANDONED_CANCEL}
_HOT = {
    "always": _ffi.COORD_HOT_ALWAYS,
    "one_in": _ffi.COORD_HOT_ONE_IN,
    "never": _ffi.COORD_HOT_NEVER,
}
_CACHES = {"main": _ffi.COORD_CACHE_MAIN, "hot": _ffi.COORD_CACHE_HOT}

_lookup = quick.coord_group_lookup
_reopening = threading.RLock()


def _forget_lock_in_child() -> None:
    global _reopening
    _reopening = threading.RLock()


_processes.on_fork(_forget_lock_in_child)


def group_options(
    max_bytes: float | None,
    ttl: durations.Duration | None,
    load_timeout: durations.Duration | None,
    max_loads: int | None,
    policy: str,
    on_abandoned: str,
    local: bool,
    hot: str,
    hot_one_in: int | None,
) -> _ffi.coord_group_options:
    """The C struct of what a group can be told."""
    memory = 0
    if max_bytes is not None:
        memory = _arguments.whole("max_bytes", max_bytes, 0) or c_uint64(_ffi.COORD_OFF).value
    loads = 0 if max_loads is None else _arguments.whole("max_loads", max_loads, 1, 0xFFFFFFFF)
    one_in = 0
    if hot_one_in is not None:
        one_in = _arguments.whole("hot_one_in", hot_one_in, 1, 0xFFFFFFFF)
        if _arguments.one_of("hot", hot, _HOT) != _ffi.COORD_HOT_ONE_IN:
            raise errors.InvalidArgument(f"hot_one_in is for hot='one_in' only, not {hot!r}")
    return _ffi.coord_group_options(
        sizeof(_ffi.coord_group_options),
        _ffi.COORD_GROUP_LOCAL if local else 0,
        max_bytes=memory,
        ttl_ns=durations.option_ns("ttl", ttl),
        load_timeout_ns=durations.option_ns("load_timeout", load_timeout),
        max_loads=loads,
        on_abandoned=_arguments.one_of("on_abandoned", on_abandoned, ON_ABANDONED),
        policy=_arguments.one_of("policy", policy, POLICIES),
        hot_policy=_arguments.one_of("hot", hot, _HOT),
        hot_one_in=one_in,
    )


def key_call(
    key: str | bytes,
    timeout: durations.Duration | None,
    context: Context | None,
    flags: int = 0,
) -> tuple[bytes, _ffi.coord_call_options]:
    """The arguments of most verbs, as C takes them."""
    call = durations.call_options(durations.timeout_ns(timeout), context_handle(context), flags)
    return encode_key(key), call


def set_arguments(
    value: BytesLike, ttl: durations.Duration | None, expires: datetime | None, hot: bool
) -> tuple[Any, int, Any]:
    """The value of a set and how to keep it, as C takes them."""
    options = value_options(ttl, expires, _ffi.COORD_VALUE_HOT if hot else 0)
    return *passed(encode_content(value)), None if options is None else byref(options)


_Kind = TypeVar("_Kind", bound="GroupHandle")


class GroupHandle:
    """A group of the C library. On the default runtime it opens again, empty, after a fork."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_group_free)
    _shown_as = "coord.Group"
    _handle: int | None = None
    _name = b""
    _generation = 0
    _number = 0
    _host: Host | None = None
    _chosen_picker: Picker | None = None
    _unregister = staticmethod(_requests.unregister)

    def __init__(
        self,
        name: str | bytes,
        options: _ffi.coord_group_options,
        runtime: Runtime | None,
        peers: Peers | None,
        picker: Picker | None,
    ) -> None:
        self._name = encode_key(name, "name")
        self._given_runtime = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._peers = _arguments.instance_or_none("peers", peers, Peers)
        self._picker = _arguments.instance_or_none("picker", picker, Picker)
        # Also so that the group does not open again after a fork: the port is the parent's.
        for source in (self._picker, self._peers):
            if source is not None:
                self._given_runtime = self._given_runtime or source._runtime
        if self._peers is not None:
            options.peers = self._peers._handle
        if self._picker is not None:
            options.picker = self._picker._handle
        self._options = options
        try:
            self._open()
        except BaseException:
            self._handle = None
            self._unregister(self._number)
            raise

    @classmethod
    def find_or_new(cls: type[_Kind], name: str | bytes, load: Any = None, **options: Any) -> _Kind:
        """The group of that name, made when there is none. Takes what the class takes.

        An existing one keeps its options; one of the other kind, for threads or for asyncio, raises
        AlreadyExists.
        """
        sources = (options.get(name) for name in ("runtime", "picker", "peers"))
        given = next((one for one in sources if one is not None), None)
        runtime = getattr(given, "_runtime", given) or default_runtime()
        while True:
            found = runtime.find_group(name)
            if isinstance(found, cls):
                return found
            try:
                return cls(name, load, **options)
            except errors.AlreadyExists:
                # Another thread was first; what it made is found in a moment.
                if found is not None:
                    raise

    def _prepare(self, runtime: Runtime) -> None:
        """Says in the options where requests go. Called again when the group opens again."""
        raise NotImplementedError

    def _open(self) -> None:
        self._runtime = self._given_runtime or default_runtime()
        self._generation = _processes.generation
        self._prepare(self._runtime)
        self._make()
        self._enter()

    def _make(self) -> None:
        making = _runtime_hooks.making
        before, making.group = making.group, self
        made, error = c_void_p(), c_void_p()
        try:
            status = library.coord_group_new(
                self._runtime._handle,
                self._name,
                len(self._name),
                byref(self._options),
                byref(made),
                byref(error),
            )
            errors.check(status, error)
        except errors.Error as failure:
            _runtime_hooks.explain(failure)
            raise
        finally:
            making.group = before
        self._handle = made.value

    def _enter(self) -> None:
        """From now on find_group() finds it."""
        self._runtime._groups[self._name] = self

    def _serve(self, host: Host, receiver: _requests.Receiver, runtime: Runtime) -> None:
        """Has requests answered, from the next time on that the group is made."""
        self._unregister(self._number)
        self._host = host
        self._number = _requests.register(receiver)
        self._options.user = self._number
        runtime._lend()

    def _reopen(self) -> bool:
        """After a fork: makes the group anew on the child's runtime. False when it cannot.

        A group with peers cannot: their port belongs to the parent.
        """
        with _reopening:
            if self._generation == _processes.generation or self._given_runtime is not None:
                return False
            self._open()
            return True

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)
        self._unregister(self._number)

    def __repr__(self) -> str:
        return f"<{self._shown_as} {self.name!r}>"

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        """Calls what takes the handle first and an error last, and raises what it failed with."""
        error = c_void_p()
        status = function(self._handle, *arguments, byref(error))
        if status == _ffi.COORD_FORKED and self._reopen():
            errors.taken(status, error)
            error = c_void_p()
            status = function(self._handle, *arguments, byref(error))
        errors.check(status, error)

    def _explain(self, key: bytes, error: errors.Error) -> None:
        """Gives a failure the exception of a function of yours that led to it as its cause."""
        if self._host is not None:
            self._host.remembered.explain(key, error)
        for picker in (self._picker, self._chosen_picker):
            if picker is not None:
                picker._explain(key, error)

    @property
    def name(self) -> str:
        """The group's name."""
        return self._name.decode("utf-8", "surrogateescape")

    def lookup(self, key: str | bytes) -> bytes | None:
        """The value if it is in memory, else None. Never waits, never loads."""
        encoded = encode_key(key)
        value = c_void_p()
        status = _lookup(self._handle, encoded, len(encoded), byref(value), None)
        if status == _ffi.COORD_OK:
            return take_bytes(value)
        if status != _ffi.COORD_NOT_FOUND:
            try:
                self._call(library.coord_group_lookup, encoded, len(encoded), byref(value))
            except errors.NotFound:
                return None
            return take_bytes(value)
        return None

    def local_set(
        self,
        key: str | bytes,
        value: BytesLike,
        ttl: durations.Duration | None = None,
        expires: datetime | None = None,
    ) -> None:
        """Keeps a value here, as its owner does for a peer; no peer is told. For a Peer's set."""
        encoded = encode_key(key)
        arguments = set_arguments(value, ttl, expires, hot=False)
        self._call(library.coord_group_local_set, encoded, len(encoded), *arguments)

    def local_remove(self, key: str | bytes) -> None:
        """Drops a key here; no peer is told. For a Peer's remove."""
        encoded = encode_key(key)
        self._call(library.coord_group_local_remove, encoded, len(encoded))

    def stats(self) -> GroupStats:
        """The group's counters now."""
        counted = _ffi.coord_group_stats(sizeof(_ffi.coord_group_stats))
        self._call(library.coord_group_stats_read, byref(counted))
        return read_group_stats(counted)

    def cache_stats(self, which: str = "main") -> CacheStats:
        """The counters of one of its caches: "main", or "hot" for copies from other peers."""
        counted = _ffi.coord_cache_stats(sizeof(_ffi.coord_cache_stats))
        number = _arguments.one_of("which", which, _CACHES)
        self._call(library.coord_group_cache_stats_read, number, byref(counted))
        return read_cache_stats(counted)
