"""Peers: the other processes of a cluster, over HTTP, and this one's place among them."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from typing import Any, Callable, List

from . import _arguments, _ffi, _hashes, _processes, _requests, _waiting, durations, errors
from ._handlers import Accept, Exchange, HttpRequest, ServerError, handlers
from ._http import Response, message
from ._library import library, quick
from ._outcomes import verb
from ._serving import Host
from .context import Context, context_handle
from .peer import Peer
from .picker import DIALECTS, Picker
from .ring import PROFILES, Ring
from .runtime import Runtime, default_runtime
from .stats import PeersStats, read_peers_stats
from .values import encode_key, take_text

_Urls = List[str]  # inside the class the name is taken
#: Sees a request before it goes out to a peer; a Response is what the peer would have answered.
ExchangeFunction = Callable[[HttpRequest], "Response | None"]
#: Sees a request of a peer; what it gives is the `sender` of loaders.
AcceptFunction = Callable[[HttpRequest], object]
#: Sees what a peer's request failed with; a Response goes out instead of the usual one.
ServerErrorFunction = Callable[[HttpRequest, errors.Error], object]

SERVE = verb("coord_peers_serve", _ffi.COORD_EVENT_RESPONSE)


class Peers:
    """A list of peers, who owns which key, and the port where the others ask; a context manager.

    Groups made with it ask the owner of a key instead of loading it, and load what they own for
    everybody. Go programs with groupcache v2 may be peers too. Safe from any thread; after a fork
    of no use in the child.
    """

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_peers_free)
    _unregister = staticmethod(_requests.unregister)
    _forget_hash = staticmethod(_hashes.unregister)
    _handle: int | None = None
    _generation = 0
    _number = 0
    _hash_number = 0

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
        request_timeout: durations.Duration | None = None,
        hash: _hashes.Hash | None = None,
        exchange: ExchangeFunction | None = None,
        accept: AcceptFunction | None = None,
        server_error: ServerErrorFunction | None = None,
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
        check. Limits that are None have the library's defaults; `request_timeout` is of one request
        to a peer. `hash` is a function from bytes to a whole number, used instead of the ring's.

        `exchange(request)` is called before each request to a peer: it may add headers, and returns
        None to let it go out or a Response to answer it instead, as it has to where the url is
        https. What it raises counts as a peer that was not reached. `accept(request)` is called
        before each request of a peer is served: what it returns is the `sender` of the loader that
        this leads to, and raising Denied refuses with 403. `server_error(request, error)` may
        return the Response that goes out instead of the usual one. All three run on threads of the
        runtime.
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
            dialect=_arguments.one_of("dialect", dialect, DIALECTS),
            max_connections=_limit("max_connections", max_connections, 0xFFFFFFFF),
            max_value_bytes=_limit("max_value_bytes", max_value_bytes),
            max_key_bytes=_limit("max_key_bytes", max_key_bytes, 65_535),
            request_timeout_ns=durations.option_ns("request_timeout", request_timeout),
            **texts,
            **lengths,
        )
        given = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._runtime = given or default_runtime()
        self._generation = _processes.generation
        self._ring_of = ring, replicas
        self._known: dict[str, Peer] = {}
        self._handle_requests(options, exchange, accept, server_error)
        self._hash_number = _hashes.register(hash)
        if self._hash_number:
            options.hash, options.hash_user = _hashes.on_hash, self._hash_number
        made, error = c_void_p(), c_void_p()
        errors.check(
            library.coord_peers_new(
                self._runtime._handle, byref(options), byref(made), byref(error)
            ),
            error,
        )
        self._handle = made.value

    def _handle_requests(
        self, options: _ffi.coord_peers_options, exchange: Any, accept: Any, server_error: Any
    ) -> None:
        given = {"exchange": exchange, "accept": accept, "server_error": server_error}
        for name, function in given.items():
            _arguments.plain_function(name, function)
            if function is not None:
                setattr(options, name, _requests.on_request)
        known = handlers((Exchange, exchange), (Accept, accept), (ServerError, server_error))
        if known:
            self._runtime._lend()
            self._host = Host(known, self._runtime._lent)
            self._number = _requests.register(self._host)
            options.user = self._number

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)
        self._unregister(self._number)
        self._forget_hash(self._hash_number)

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
        self._known = {}

    @property
    def list(self) -> _Urls:
        """The urls of all peers as they are now."""
        text = c_void_p()
        self._call(library.coord_peers_list, byref(text))
        return take_text(text).splitlines()

    def owner(self, key: str | bytes) -> str:
        """Who owns a key, as it stands in the list; raises NotFound when that is empty."""
        encoded = encode_key(key)
        url = c_void_p()
        self._call(library.coord_peers_owner, encoded, len(encoded), byref(url))
        return take_text(url)

    def pick(self, key: str | bytes) -> Peer | None:
        """The peer that owns a key by the list as it is now; None when this process does."""
        encoded, known = encode_key(key), self._known
        return self._peer(library.coord_peers_pick(self._handle, encoded, len(encoded)), known)

    def find(self, url: str) -> Peer | None:
        """A peer of the list by its url; None when it is not there, or is this process."""
        if not isinstance(url, str):
            raise _arguments.wrong_type("url", "str", url)
        encoded, known = url.encode("utf-8", "surrogateescape"), self._known
        return self._peer(library.coord_peers_find(self._handle, encoded, len(encoded)), known)

    def _peer(self, handle: int | None, known: dict[str, Peer]) -> Peer | None:
        """One object for each peer of a list, so that pickers keep few of them."""
        if not handle:
            return None
        found = Peer._owned(handle, self._runtime, self)
        return known.setdefault(found.url, found)

    def picker(self) -> Picker:
        """These peers as a picker, for Runtime.set_picker() and for groups."""
        handle = library.coord_peers_picker(self._handle)
        return Picker._owned(handle, self._runtime, self)

    def ring(self) -> Ring:
        """The ring of the list as it is now; later lists do not change it."""
        ring = c_void_p()
        self._call(library.coord_peers_ring, byref(ring))
        return Ring._owned(ring.value, *self._ring_of, self)

    def serve(
        self,
        method: str,
        target: str | bytes,
        headers: Any = (),
        body: bytes = b"",
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> Response:
        """Answers a request of a peer that came to an HTTP server of yours, mounted at base_path.

        `target` is path and query as they were on the wire, neither decoded nor normalised;
        `headers` are pairs or a mapping. What is wrong with the request is an answer too.
        """
        content = message(method, target, headers, body)
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        arguments = self._handle, byref(content), byref(call)
        answer: Response = _waiting.ended(self._runtime, SERVE, *arguments)
        return answer

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
