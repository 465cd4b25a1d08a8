"""One other process, to be asked directly: over HTTP, or over whatever way of your own."""

from __future__ import annotations

from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from datetime import datetime
from typing import Any, Callable

from . import _arguments, _ffi, _handlers, _processes, _requests, _waiting, durations, errors
from ._library import library, quick
from ._outcomes import verb
from ._serving import Host
from .context import Context, context_handle
from .runtime import Runtime, default_runtime
from .values import BytesLike, Value, encode_content, encode_key, passed, value_options
from .views import View

_GET = verb("coord_peer_get", _ffi.COORD_EVENT_BYTES)
_SET = verb("coord_peer_set", _ffi.COORD_EVENT_DONE)
_REMOVE = verb("coord_peer_remove", _ffi.COORD_EVENT_DONE)


class Peer:
    """Somebody who can be asked for values; safe from any thread.

    Peers.pick() and Peers.find() give those of a list, which are asked over HTTP. One made here is
    your own: whatever it is asked goes to your functions.
    """

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_peer_free)
    _unregister = staticmethod(_requests.unregister)
    _handle: int | None = None
    _generation = 0
    _number = 0
    #: what the peer came from, kept so that its functions can still be called
    _keep: object = None

    def __init__(
        self,
        url: str,
        *,
        get: Callable[..., BytesLike | Value],
        remove: Callable[..., Any],
        set: Callable[..., Any] | None = None,
        keys: type = str,
        runtime: Runtime | None = None,
    ) -> None:
        """Makes a peer behind a transport of yours. `url` is its name, of any form, and its own:
        who has the same is the same peer.

        `get(group, key)` returns what a loader may return, `set(group, key, value)` gets a View and
        `remove(group, key)` nothing more; each also gets `context` if it has a parameter of that
        name, and runs on a thread of the runtime. Raising Unavailable, TimedOut, Cancelled,
        Closed or Abandoned says that the peer was not reached, anything else is what its loader
        said. Without `set` it takes no values. With `keys=bytes` keys are bytes.
        """
        given: dict[str, Any] = {"get": get, "set": set, "remove": remove}
        for name, function in given.items():
            _arguments.plain_function(name, function)
            if function is None and name != "set":
                raise _arguments.wrong_type(name, "a function", function)
        known = _handlers.handlers(
            (_handlers.PeerGet, get),
            (_handlers.PeerSet, set),
            (_handlers.PeerRemove, remove),
            text_keys=_arguments.keys_are_text(keys),
        )
        if not isinstance(url, str):
            raise _arguments.wrong_type("url", "str", url)
        encoded = url.encode("utf-8", "surrogateescape")
        self._runtime = (
            _arguments.instance_or_none("runtime", runtime, Runtime) or default_runtime()
        )
        self._runtime._lend()
        self._generation = _processes.generation
        self._host = Host(known, self._runtime._lent)
        self._number = _requests.register(self._host)
        options = _ffi.coord_peer_options(
            sizeof(_ffi.coord_peer_options),
            peer_get=_requests.on_request,
            peer_remove=_requests.on_request,
            user=self._number,
        )
        if set is not None:
            options.peer_set = _requests.on_request
        made, error = c_void_p(), c_void_p()
        status = library.coord_peer_new(
            self._runtime._handle, encoded, len(encoded), byref(options), byref(made), byref(error)
        )
        errors.check(status, error)
        self._handle = made.value

    @classmethod
    def _owned(cls, handle: int, runtime: Runtime, keep: object) -> Peer:
        """A peer of C, whose reference it takes over."""
        self = cls.__new__(cls)
        self._handle, self._runtime, self._keep = handle, runtime, keep
        self._generation = _processes.generation
        return self

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)
        self._unregister(self._number)

    def __repr__(self) -> str:
        return f"<coord.Peer {self.url}>"

    @property
    def url(self) -> str:
        """Its url, or the name it was given."""
        length = c_size_t()
        text = quick.coord_peer_url(self._handle, byref(length))
        return string_at(text, length.value).decode("utf-8", "surrogateescape")

    def get(
        self,
        group: str | bytes,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """Asks it for a value, past all caches of this process; raises what it failed with."""
        return bytes(self.get_view(group, key, timeout, context))

    def get_view(
        self,
        group: str | bytes,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> View:
        """The same without a copy, and with its expiry."""
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        found: View = self._end(_GET, group, key, byref(call))
        return found

    def set(
        self,
        group: str | bytes,
        key: str | bytes,
        value: BytesLike,
        ttl: durations.Duration | None = None,
        expires: datetime | None = None,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Has it keep a value, and tells no other peer; raises Unsupported if it takes none."""
        content = encode_content(value)
        options = value_options(ttl, expires)
        how = None if options is None else byref(options)
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        self._end(_SET, group, key, *passed(content), how, byref(call))

    def remove(
        self,
        group: str | bytes,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Has it drop a key, and tells no other peer."""
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        self._end(_REMOVE, group, key, byref(call))

    def _end(self, what: Any, group: str | bytes, key: str | bytes, *arguments: Any) -> Any:
        name, encoded = encode_key(group, "group"), encode_key(key)
        texts = name, len(name), encoded, len(encoded)
        try:
            return _waiting.ended(self._runtime, what, self._handle, *texts, *arguments)
        except errors.HostFailed as error:
            if self._number:
                self._host.remembered.explain(encoded, error)
            raise
