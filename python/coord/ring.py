"""The ring: which peer owns which key, exactly as groupcache peers compute it."""

from __future__ import annotations

from ctypes import byref, c_void_p, sizeof
from typing import Iterable

from . import _ffi, _processes, errors
from ._library import library
from .values import encode_key, take_bytes

PROFILES = {
    "v2-fnv1-md5": _ffi.COORD_RING_V2_FNV1_MD5,
    "v2-fnv1a-md5": _ffi.COORD_RING_V2_FNV1A_MD5,
    "v2-crc32-md5": _ffi.COORD_RING_V2_CRC32_MD5,
    "golang-crc32": _ffi.COORD_RING_GOLANG_CRC32,
    "v3-hostport": _ffi.COORD_RING_V3_HOSTPORT,
}


class Ring:
    """Places keys on a list of peers by consistent hashing; safe from any thread.

    All peers of a cluster must use the same profile and the same number of replicas.
    """

    __slots__ = ("_generation", "_handle")

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_ring_free)

    def __init__(self, profile: str = "v2-fnv1-md5", replicas: int = 50) -> None:
        """An empty ring. `profile` is one of PROFILES."""
        self._handle: int | None = None
        self._generation = _processes.generation
        if profile not in PROFILES:
            raise errors.InvalidArgument(
                f"profile must be one of {', '.join(PROFILES)}: {profile!r}"
            )
        if not 1 <= replicas <= 65_536:
            raise errors.InvalidArgument(f"replicas must be 1 to 65,536: {replicas!r}")
        options = _ffi.coord_ring_options(
            sizeof(_ffi.coord_ring_options), 0, PROFILES[profile], replicas
        )
        made, error = c_void_p(), c_void_p()
        errors.check(library.coord_ring_new(byref(options), byref(made), byref(error)), error)
        self._handle = made.value

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self._finish(self._handle, self._generation, self._free)

    def set(self, peers: Iterable[str]) -> Ring:
        """Replaces the peers, and returns the ring. Repeated ones count once; none is fine."""
        if isinstance(peers, str):
            raise TypeError("peers must be several texts, not one")
        names = list(peers)
        for name in names:
            if not name or "," in name or name.split() != [name]:
                raise errors.InvalidArgument(f"peers hold neither commas nor white space: {name!r}")
        listed = ",".join(names).encode("utf-8", "surrogateescape")
        error = c_void_p()
        errors.check(library.coord_ring_set(self._handle, listed, len(listed), byref(error)), error)
        return self

    def owner(self, key: str | bytes) -> str:
        """The peer that owns a key, as it was spelled; raises NotFound on an empty ring."""
        encoded = encode_key(key)
        peer, error = c_void_p(), c_void_p()
        status = library.coord_ring_owner(
            self._handle, encoded, len(encoded), byref(peer), byref(error)
        )
        errors.check(status, error)
        return take_bytes(peer).decode("utf-8", "surrogateescape")
