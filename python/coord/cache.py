"""A bounded cache alone: no loader, no peers."""

from __future__ import annotations

import itertools
from ctypes import byref, c_void_p, sizeof, string_at
from datetime import datetime
from typing import Any, Callable
from weakref import WeakValueDictionary

from . import _arguments, _ffi, _processes, durations, errors
from ._group_handle import POLICIES
from ._library import library
from ._unraised import unraised
from .runtime import Runtime, default_runtime
from .stats import CacheStats, read_cache_stats
from .values import (
    BytesLike,
    decode_key,
    encode_content,
    encode_key,
    passed,
    take_bytes,
    value_options,
)
from .views import View

#: Told of what left: key, value (a View), and "full", "expired", "removed" or "replaced".
Evicted = Callable[[Any, View, str], object]

_CAUSES = {
    _ffi.COORD_EVICTED_FULL: "full",
    _ffi.COORD_EVICTED_EXPIRED: "expired",
    _ffi.COORD_EVICTED_REMOVED: "removed",
    _ffi.COORD_EVICTED_REPLACED: "replaced",
}


class _Witness:
    """Who is told of what leaves one cache."""

    def __init__(self, evicted: Evicted, text_keys: bool) -> None:
        self._evicted = evicted
        self._text_keys = text_keys

    def tell(self, key: bytes, value: View, cause: str) -> None:
        self._evicted(decode_key(key) if self._text_keys else key, value, cause)


# Weak, as the function may know the cache.
_witnesses: WeakValueDictionary[int, _Witness] = WeakValueDictionary()
_numbers = itertools.count(1)


@_ffi.coord_evict_fn  # type: ignore[untyped-decorator]
def _on_evict(number: int, key: int, length: int, value: int, cause: int) -> None:
    witness = _witnesses.get(number)
    if witness is None:
        return
    try:
        name = string_at(key, length) if length else b""
        witness.tell(name, View._borrowed(value), _CAUSES.get(cause, "full"))
    except BaseException as error:
        unraised("evicted", error)


class Cache:
    """A bounded map from keys to values in memory; safe from any thread."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_cache_free)
    _handle: int | None = None
    _generation = 0
    _number = 0

    def __init__(
        self,
        max_bytes: float | None = None,
        max_items: int | None = None,
        ttl: durations.Duration | None = None,
        policy: str = "s3fifo",
        evicted: Evicted | None = None,
        *,
        keys: type = str,
        runtime: Runtime | None = None,
    ) -> None:
        """Makes an empty one.

        `max_bytes` is 64 MiB if None, `max_items` as many as fit; `ttl` is for values that bring
        none, never if None; `policy` is "s3fifo", or "lru" for one strict order. `evicted(key,
        value, cause)` is told of every entry that leaves, on the thread whose call made it leave;
        it may use the cache. With `keys=bytes` it gets its key as bytes.
        """
        options = _ffi.coord_cache_options(
            sizeof(_ffi.coord_cache_options),
            max_bytes=_limit("max_bytes", max_bytes),
            max_items=_limit("max_items", max_items),
            ttl_ns=durations.option_ns("ttl", ttl),
            policy=_arguments.one_of("policy", policy, POLICIES),
        )
        _arguments.plain_function("evicted", evicted)
        text_keys = _arguments.keys_are_text(keys)
        given = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._runtime = given or default_runtime()
        self._generation = _processes.generation
        if evicted is not None:
            self._number = next(_numbers)
            self._witness = _witnesses[self._number] = _Witness(evicted, text_keys)
            options.evict, options.user = _on_evict, self._number
        made, error = c_void_p(), c_void_p()
        errors.check(
            library.coord_cache_new(
                self._runtime._handle, byref(options), byref(made), byref(error)
            ),
            error,
        )
        self._handle = made.value

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)

    def __repr__(self) -> str:
        return f"<coord.Cache of {len(self)} items>"

    def __len__(self) -> int:
        """How many entries, expired ones that nobody looked up included."""
        return int(library.coord_cache_count(self._handle))

    def __contains__(self, key: str | bytes) -> bool:
        """Whether a get would find it; counts as one."""
        return self.get_view(key) is not None

    def get(self, key: str | bytes) -> bytes | None:
        """The value of a key, or None."""
        value = self._lookup(key)
        return None if value is None else take_bytes(value)

    def get_view(self, key: str | bytes) -> View | None:
        """The same without a copy, and with its expiry."""
        value = self._lookup(key)
        return None if value is None else View._owned(value.value)

    def set(
        self,
        key: str | bytes,
        value: BytesLike,
        ttl: durations.Duration | None = None,
        expires: datetime | None = None,
    ) -> None:
        """Keeps a value under a key, in place of what was there.

        Raises Exhausted for one larger than max_bytes, which is not kept.
        """
        encoded, content = encode_key(key), encode_content(value)
        options = value_options(ttl, expires)
        how = None if options is None else byref(options)
        self._call(library.coord_cache_set, encoded, len(encoded), *passed(content), how)

    def remove(self, key: str | bytes) -> bool:
        """Drops a key, and tells whether it was there."""
        encoded = encode_key(key)
        return self._found(library.coord_cache_remove, encoded, len(encoded))

    def remove_oldest(self) -> bool:
        """Drops the entry that would be evicted next; false when there is none."""
        return self._found(library.coord_cache_remove_oldest)

    def clear(self) -> None:
        """Drops everything."""
        library.coord_cache_clear(self._handle)

    def stats(self) -> CacheStats:
        """The counters now."""
        counted = _ffi.coord_cache_stats(sizeof(_ffi.coord_cache_stats))
        self._call(library.coord_cache_stats_read, byref(counted))
        return read_cache_stats(counted)

    def _lookup(self, key: str | bytes) -> c_void_p | None:
        encoded = encode_key(key)
        value = c_void_p()
        # What is looked up may have expired, and `evicted` then be called: never without the GIL's
        # release, or two threads could wait for each other.
        status = library.coord_cache_get(self._handle, encoded, len(encoded), byref(value), None)
        if status == _ffi.COORD_OK:
            return value
        if status != _ffi.COORD_NOT_FOUND:
            raise errors.taken(status, None)
        return None

    def _found(self, function: Callable[..., int], *arguments: Any) -> bool:
        status = function(self._handle, *arguments, None)
        if status not in (_ffi.COORD_OK, _ffi.COORD_NOT_FOUND):
            raise errors.taken(status, None)
        return status == _ffi.COORD_OK

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        error = c_void_p()
        errors.check(function(self._handle, *arguments, byref(error)), error)


def _limit(name: str, value: float | None) -> int:
    return 0 if value is None else _arguments.whole(name, value, 1)
