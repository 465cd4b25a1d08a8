"""What the nodes have to answer, computed here once more: owners of keys, and values by their rule."""

from __future__ import annotations

import bisect
import hashlib
import zlib
from typing import Sequence

REPLICAS = 50
PERIOD = 1 << 16
HEAD_BYTES = 256


def fnv1(data: bytes) -> int:
    value = 14695981039346656037
    for byte in data:
        value = (value * 1099511628211) % (1 << 64) ^ byte
    return value


class Ring:
    """groupcache v2's: FNV-1 over MD5 labels."""

    def __init__(self, peers: Sequence[str]):
        self._nodes = sorted((fnv1(hashlib.md5(f"{i}{peer}".encode()).hexdigest().encode()), peer)
                             for peer in peers for i in range(REPLICAS))
        self._hashes = [one for one, _ in self._nodes]

    def owner(self, key: bytes) -> str:
        at = bisect.bisect_left(self._hashes, fnv1(key))
        return self._nodes[at % len(self._nodes)][1]

    def key_owned_by(self, peer: str, prefix: bytes) -> bytes:
        """A key that begins with the prefix and belongs to the peer."""
        return next(key for i in range(1 << 20) if self.owner(key := prefix + b" %d" % i) == peer)


def word_of(key: bytes) -> str:
    return "x" + key.hex()


def large(size: int) -> bytes:
    pattern = bytes((at * 7 + (at >> 8)) & 255 for at in range(PERIOD))
    return (pattern * (size // PERIOD + 1))[:size]


def answer_of(value: bytes, expire_ns: int = 0) -> dict:
    return {"ok": True, "len": len(value), "crc32": zlib.crc32(value), "expire_ns": expire_ns,
            "head": value[:HEAD_BYTES].hex()}
