"""What blocking and awaitable groups share: the handle, and the verbs that never wait."""

from __future__ import annotations

import threading
from ctypes import byref, c_uint64, c_void_p, sizeof
from typing import Any, Callable

from . import _arguments, _ffi, _processes, durations, errors
from ._library import library, quick
from .peers import Peers
from .runtime import Runtime, default_runtime
from .stats import CacheStats, GroupStats, read_cache_stats, read_group_stats
from .values import encode_key, take_bytes

_POLICIES = {"s3fifo": _ffi.COORD_POLICY_S3FIFO, "lru": _ffi.COORD_POLICY_LRU}
_ON_ABANDONED = {"finish": _ffi.COORD_ON_ABANDONED_FINISH, "cancel": _ffi.COORD_ON_ABANDONED_CANCEL}
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
) -> _ffi.coord_group_options:
    """The C struct of what a group can be told."""
    memory = 0
    if max_bytes is not None:
        memory = _arguments.whole("max_bytes", max_bytes, 0) or c_uint64(_ffi.COORD_OFF).value
    loads = 0 if max_loads is None else _arguments.whole("max_loads", max_loads, 1, 0xFFFFFFFF)
    return _ffi.coord_group_options(
        sizeof(_ffi.coord_group_options),
        max_bytes=memory,
        ttl_ns=durations.option_ns("ttl", ttl),
        load_timeout_ns=durations.option_ns("load_timeout", load_timeout),
        max_loads=loads,
        on_abandoned=_arguments.one_of("on_abandoned", on_abandoned, _ON_ABANDONED),
        policy=_arguments.one_of("policy", policy, _POLICIES),
    )


class GroupHandle:
    """A group of the C library. On the default runtime it opens again, empty, after a fork."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_group_free)
    _shown_as = "coord.Group"
    _handle: int | None = None
    _name = b""
    _generation = 0

    def __init__(
        self,
        name: str | bytes,
        options: _ffi.coord_group_options,
        runtime: Runtime | None,
        peers: Peers | None,
    ) -> None:
        self._name = encode_key(name, "name")
        self._given_runtime = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._peers = _arguments.instance_or_none("peers", peers, Peers)
        if self._peers is not None:
            # Also so that the group does not open again after a fork: the port is the parent's.
            self._given_runtime = self._given_runtime or self._peers._runtime
            options.peers = self._peers._handle
        self._options = options
        self._open()

    def _prepare(self, options: _ffi.coord_group_options, runtime: Runtime) -> None:
        """Says in the options where requests go. Called again when the group opens again."""
        raise NotImplementedError

    def _open(self) -> None:
        self._runtime = self._given_runtime or default_runtime()
        self._generation = _processes.generation
        self._prepare(self._options, self._runtime)
        made, error = c_void_p(), c_void_p()
        status = library.coord_group_new(
            self._runtime._handle,
            self._name,
            len(self._name),
            byref(self._options),
            byref(made),
            byref(error),
        )
        errors.check(status, error)
        self._handle = made.value

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
