"""Functions of yours for each kind of request: how they are called, and what their answers mean."""

from __future__ import annotations

import inspect
from typing import Any, Callable

from . import _ffi, errors
from ._arguments import wrong_type
from ._http import Response, check_response
from ._library import library
from ._requests import Request
from .values import decode_key, encode_value


class _Default:
    """Singleton, see DEFAULT."""

    def __repr__(self) -> str:
        return "coord.DEFAULT"


#: What a peer_error or server_error answers for "as without one".
DEFAULT = _Default()


class HttpRequest:
    """An HTTP request between peers, for the handlers of coord.Peers."""

    __slots__ = ("_request", "body", "headers", "method", "peer", "target")

    def __init__(self, request: Request) -> None:
        self._request = request
        #: the url of the peer that is about to be asked; "" for a request that came
        self.peer = request.peer()
        #: such as "GET"
        self.method = request.http("method").decode("latin-1")
        #: path and query as they are on the wire
        self.target = request.http("target").decode("latin-1")
        #: names and values, in their order
        self.headers = request.headers()
        #: its content
        self.body = request.http("body")

    def __repr__(self) -> str:
        return f"<coord.HttpRequest {self.method} {self.target}>"

    def header(self, name: str) -> str | None:
        """The first header of that name, however it is capitalized; None without one."""
        if not isinstance(name, str):
            raise wrong_type("name", "str", name)
        wanted = name.lower()
        return next((value for given, value in self.headers if given.lower() == wanted), None)

    def add_header(self, name: str, value: str) -> None:
        """Adds a header to what goes out; only in an exchange, and until that has returned."""
        self._request.add_header(name, value)


class Handler:
    """A function for one kind of request."""

    #: how messages call it
    name = "the loader"
    #: whether it has to give something to await where functions may be coroutine functions
    awaited = False

    def __init__(self, function: Callable[..., Any], *, text_keys: bool = True) -> None:
        self._function = function
        self._wants = parameters(function)
        self._text_keys = text_keys

    def begin(self, request: Request) -> Any:
        """Calls the function; a coroutine function gives its coroutine."""
        raise NotImplementedError

    def end(self, request: Request, answer: Any) -> None:
        """Ends the request with what the function gave."""
        raise NotImplementedError

    def key(self, request: Request) -> str | bytes:
        key = request.key()
        return decode_key(key) if self._text_keys else key

    def named(self, **known: Callable[[], Any]) -> dict[str, Any]:
        """Those of the arguments that the function has parameters for."""
        return {name: get() for name, get in known.items() if name in self._wants}


class Load(Handler):
    """(key), and context or sender by name: gives a value."""

    awaited = True

    def begin(self, request: Request) -> Any:
        named = self.named(context=request.context, sender=request.sender)
        return self._function(self.key(request), **named)

    def end(self, request: Request, answer: Any) -> None:
        request.succeed(*encode_value(answer))


class PeerError(Handler):
    """(error), and key, peer or context by name: true loads here."""

    name = "peer_error"

    def begin(self, request: Request) -> Any:
        named = self.named(
            key=lambda: self.key(request), peer=request.peer, context=request.context
        )
        return self._function(request.error(), **named)

    def end(self, request: Request, answer: Any) -> None:
        if answer is DEFAULT:
            request.end_by(library.coord_peers_default_peer_error)
        elif answer:
            request.end()
        else:
            raise request.error()


class Exchange(Handler):
    """(request): None lets it go out, a Response is what the peer would have answered."""

    name = "exchange"

    def begin(self, request: Request) -> Any:
        return self._function(HttpRequest(request))

    def end(self, request: Request, answer: Any) -> None:
        if answer is not None:
            request.set_response(check_response(answer))
        request.end()


class Accept(Handler):
    """(request): what it gives is the sender that loaders get."""

    name = "accept"

    def begin(self, request: Request) -> Any:
        return self._function(HttpRequest(request))

    def end(self, request: Request, answer: Any) -> None:
        if answer is not None:
            request.set_sender(answer)
        request.end()


class ServerError(Handler):
    """(request, error): a Response goes out instead of the usual one."""

    name = "server_error"

    def begin(self, request: Request) -> Any:
        return self._function(HttpRequest(request), request.error())

    def end(self, request: Request, answer: Any) -> None:
        if isinstance(answer, Response):
            request.set_response(check_response(answer))
            request.end()
        elif answer is None or answer is DEFAULT:
            request.end_by(library.coord_peers_default_server_error)
        else:
            raise wrong_type("the answer", "a coord.Response, coord.DEFAULT or None", answer)


class PeerGet(Handler):
    """(group, key), and context by name: gives a value."""

    name = "get"

    def begin(self, request: Request) -> Any:
        named = self.named(context=request.context)
        return self._function(request.group(), self.key(request), **named)

    def end(self, request: Request, answer: Any) -> None:
        request.succeed(*encode_value(answer, "get"))


class PeerSet(Handler):
    """(group, key, value), and context by name."""

    name = "set"

    def begin(self, request: Request) -> Any:
        named = self.named(context=request.context)
        return self._function(request.group(), self.key(request), request.value(), **named)

    def end(self, request: Request, answer: Any) -> None:
        request.end()


class PeerRemove(Handler):
    """(group, key), and context by name."""

    name = "remove"

    def begin(self, request: Request) -> Any:
        named = self.named(context=request.context)
        return self._function(request.group(), self.key(request), **named)

    def end(self, request: Request, answer: Any) -> None:
        request.end()


_KINDS: dict[type[Handler], int] = {
    Load: _ffi.COORD_REQUEST_LOAD,
    PeerError: _ffi.COORD_REQUEST_PEER_ERROR,
    Exchange: _ffi.COORD_REQUEST_EXCHANGE,
    Accept: _ffi.COORD_REQUEST_ACCEPT,
    ServerError: _ffi.COORD_REQUEST_SERVER_ERROR,
    PeerGet: _ffi.COORD_REQUEST_PEER_GET,
    PeerSet: _ffi.COORD_REQUEST_PEER_SET,
    PeerRemove: _ffi.COORD_REQUEST_PEER_REMOVE,
}


def handlers(*given: tuple[type[Handler], Any], text_keys: bool = True) -> dict[int, Handler]:
    """Those that have a function, by the kind of request they are for."""
    return {
        _KINDS[kind]: kind(function, text_keys=text_keys)
        for kind, function in given
        if function is not None
    }


def parameters(function: Callable[..., Any]) -> frozenset[str]:
    """The names of a function's parameters, where they can be known."""
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return frozenset()


def no_function() -> errors.Error:
    """Why a request without a handler fails."""
    return errors.Unavailable("there is no function for this request", component="python")
