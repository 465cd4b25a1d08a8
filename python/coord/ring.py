"""The ring: which peer owns which key, exactly as groupcache peers compute it."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_void_p, sizeof

from . import _arguments, _ffi, _hashes, _processes, errors
from ._library import library
from .values import encode_key, take_text

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

    __slots__ = ("_generation", "_handle", "_keep", "_number", "_profile", "_replicas")

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_ring_free)
    _forget = staticmethod(_hashes.unregister)

    def __init__(
        self,
        profile: str = "v2-fnv1-md5",
        replicas: int = 50,
        *,
        hash: _hashes.Hash | None = None,
    ) -> None:
        """An empty ring. `profile` is one of PROFILES.

        `hash` is a function from bytes to a whole number, used instead of the profile's.
        """
        self._handle: int | None = None
        self._number = 0
        self._keep: object = None
        self._generation = _processes.generation
        number = _arguments.one_of("profile", profile, PROFILES)
        self._profile = profile
        self._replicas = _arguments.whole("replicas", replicas, 1, 65_536)
        size = sizeof(_ffi.coord_ring_options)
        options = _ffi.coord_ring_options(size, 0, number, self._replicas)
        self._number = _hashes.register(hash)
        if self._number:
            options.hash, options.hash_user = _hashes.on_hash, self._number
        made, error = c_void_p(), c_void_p()
        errors.check(library.coord_ring_new(byref(options), byref(made), byref(error)), error)
        self._handle = made.value

    @classmethod
    def _owned(cls, handle: int | None, profile: str, replicas: int, keep: object) -> Ring:
        """A ring of C, which it takes over."""
        self = cls.__new__(cls)
        self._handle, self._number, self._keep = handle, 0, keep
        self._profile, self._replicas = profile, replicas
        self._generation = _processes.generation
        return self

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self._finish(self._handle, self._generation, self._free)
            self._forget(self._number)

    def __len__(self) -> int:
        return int(library.coord_ring_count(self._handle))

    def __repr__(self) -> str:
        return f"<coord.Ring {self._profile!r}, {self._replicas} replicas>"

    def set(self, peers: Iterable[str]) -> Ring:
        """Replaces the peers, and returns the ring. Repeated ones count once; none is fine."""
        listed = _arguments.peer_list(peers)
        error = c_void_p()
        errors.check(library.coord_ring_set(self._handle, listed, len(listed), byref(error)), error)
        return self

    def add(self, peers: Iterable[str]) -> Ring:
        """Adds peers to those that are there, and returns the ring."""
        listed = _arguments.peer_list(peers)
        error = c_void_p()
        errors.check(library.coord_ring_add(self._handle, listed, len(listed), byref(error)), error)
        return self

    def owner(self, key: str | bytes) -> str:
        """The peer that owns a key, as it was spelled; raises NotFound on an empty ring."""
        encoded = encode_key(key)
        peer, error = c_void_p(), c_void_p()
        status = library.coord_ring_owner(
            self._handle, encoded, len(encoded), byref(peer), byref(error)
        )
        errors.check(status, error)
        return take_text(peer)

    def dump(self) -> str:
        """The whole ring: a line "hash in hex, space, peer" per virtual node, in their order."""
        text, error = c_void_p(), c_void_p()
        errors.check(library.coord_ring_dump(self._handle, byref(text), byref(error)), error)
        return take_text(text)
