"""Peers: the other processes of a cluster, over HTTP, and this one's place among them."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from typing import Any, Callable

from . import _arguments, _ffi, _processes, durations, errors
from ._library import library, quick
from .ring import PROFILES
from .runtime import Runtime, default_runtime
from .stats import PeersStats, read_peers_stats
from .values import encode_key, take_bytes

_Urls = list[str]  # inside the class the name is taken
_DIALECTS = {"mailgun": _ffi.COORD_DIALECT_MAILGUN, "seed": _ffi.COORD_DIALECT_SEED}


class Peers:
    """A list of peers, who owns which key, and the port where the others ask; a context manager.

    Groups made with it ask the owner of a key instead of loading it, and load what they own for
    everybody. Go programs with groupcache v2 may be peers too. Safe from any thread; after a fork
    of no use in the child.
    """

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_peers_free)
    _handle: int | None = None
    _generation = 0

    def __init__(
        self,
        listen: str | None = None,
        peers: Iterable[str] = (),
        *,
        self_url: str | None = None,
        base_path: str | None = None,
        ring: str = "v2-fnv1-md5",
        replicas: int = 50,
        dialect: str = "mailgun",
        allow_insecure_bind: bool = False,
        refuse_writes: bool = False,
        crc: bool = False,
        max_connections: int | None = None,
        max_value_bytes: float | None = None,
        max_key_bytes: float | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        """Begins to listen. Peers that are not up yet are no error.

        `listen` is "127.0.0.1:8080", port 0 = any; None serves nobody and only asks. `peers` are
        the urls of all, this process too, which is known by `self_url`, or "http://" and what it
        listens on. `ring`, `replicas` and `base_path` ("/_groupcache/" if None) must be the same on
        all. With the dialect "mailgun" callers get what the owner's loader failed with, and only
        when the owner cannot be reached is the value loaded here; with "seed" it always is. Beyond
        loopback, where anybody can read, load and remove, it listens with `allow_insecure_bind`
        only; `refuse_writes` keeps peers from removing. `crc` sends checksums, which libcoord peers
        check. Limits that are None have the library's defaults.
        """
        profile = _arguments.one_of("ring", ring, PROFILES)
        texts = {
            "listen": _arguments.text_or_none("listen", listen),
            "self_url": _arguments.text_or_none("self_url", self_url),
            "list": _arguments.peer_list(peers),
            "base_path": _arguments.text_or_none("base_path", base_path),
        }
        lengths = {f"{name}_len": len(text or b"") for name, text in texts.items()}
        flags = (
            (_ffi.COORD_PEERS_ALLOW_INSECURE_BIND if allow_insecure_bind else 0)
            | (_ffi.COORD_PEERS_REFUSE_WRITES if refuse_writes else 0)
            | (_ffi.COORD_PEERS_CRC if crc else 0)
        )
        options = _ffi.coord_peers_options(
            sizeof(_ffi.coord_peers_options),
            flags,
            ring_profile=profile,
            ring_replicas=_arguments.whole("replicas", replicas, 1, 65_536),
            dialect=_arguments.one_of("dialect", dialect, _DIALECTS),
            max_connections=_limit("max_connections", max_connections, 0xFFFFFFFF),
            max_value_bytes=_limit("max_value_bytes", max_value_bytes),
            max_key_bytes=_limit("max_key_bytes", max_key_bytes, 65_535),
            **texts,
            **lengths,
        )
        given = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._runtime = given or default_runtime()
        self._generation = _processes.generation
        made, error = c_void_p(), c_void_p()
        errors.check(
            library.coord_peers_new(
                self._runtime._handle, byref(options), byref(made), byref(error)
            ),
            error,
        )
        self._handle = made.value

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)

    def __repr__(self) -> str:
        return f"<coord.Peers {self.self_url or 'that only asks'}>"

    def __enter__(self) -> Peers:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        error = c_void_p()
        errors.check(function(self._handle, *arguments, byref(error)), error)

    def set(self, peers: Iterable[str]) -> None:
        """Replaces the list. Gets under way end as they began; on failure the old list stays.

        A list without this process is fine: it then owns nothing.
        """
        listed = _arguments.peer_list(peers)
        self._call(library.coord_peers_set, listed, len(listed))

    @property
    def list(self) -> _Urls:
        """The urls of all peers as they are now."""
        text = c_void_p()
        self._call(library.coord_peers_list, byref(text))
        return take_bytes(text).decode("utf-8", "surrogateescape").splitlines()

    def owner(self, key: str | bytes) -> str:
        """Who owns a key, as it stands in the list; raises NotFound when that is empty."""
        encoded = encode_key(key)
        url = c_void_p()
        self._call(library.coord_peers_owner, encoded, len(encoded), byref(url))
        return take_bytes(url).decode("utf-8", "surrogateescape")

    @property
    def self_url(self) -> str:
        """This process's own url, with the real port; "" for one that only asks."""
        length = c_size_t()
        url = quick.coord_peers_self_url(self._handle, byref(length))
        return string_at(url, length.value).decode("utf-8", "surrogateescape")

    def stats(self) -> PeersStats:
        """The counters now."""
        counted = _ffi.coord_peers_stats(sizeof(_ffi.coord_peers_stats))
        self._call(library.coord_peers_stats_read, byref(counted))
        return read_peers_stats(counted)

    def close(self, timeout: durations.Duration | None = None) -> None:
        """Leaves the cluster: requests under way are answered in time, then everything is cut.

        None is 10 s, 0 cuts at once. Raises TimedOut when something had to be cut; it is closed all
        the same. Groups go on by themselves.
        """
        call = durations.call_options(durations.close_ns(timeout))
        self._call(library.coord_peers_close, byref(call))


def _limit(name: str, value: float | None, most: int = (1 << 63) - 1) -> int:
    return 0 if value is None else _arguments.whole(name, value, 1, most)
