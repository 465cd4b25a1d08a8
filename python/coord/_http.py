"""HTTP messages on their way between Python and C. Texts of them are Latin-1, as in http.client."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_char_p, c_size_t, c_void_p, cast, sizeof, string_at
from typing import Any, NamedTuple, Sequence, Tuple

from . import _ffi
from ._arguments import whole, wrong_type
from ._library import quick
from .errors import InvalidArgument

#: Names and values, in their order.
Headers = Sequence[Tuple[str, str]]

_MESSAGE_SIZE = sizeof(_ffi.coord_http_message)


class Response(NamedTuple):
    """An answer over HTTP: what Peers.serve() gives, and what handlers may give instead."""

    #: 200 to 599
    status: int
    #: names and values; those that frame a message, such as Content-Length, are left to the server
    headers: Headers = ()
    #: any bytes
    body: bytes = b""


def latin(name: str, text: object) -> bytes:
    """A text as C takes it."""
    if not isinstance(text, str):
        raise wrong_type(name, "str", text)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidArgument(f"{name} must be Latin-1: {text!r}") from None


def header_lines(headers: Any) -> bytes:
    """Pairs, or a mapping of them, as C takes them."""
    pairs = headers.items() if hasattr(headers, "items") else headers
    if isinstance(pairs, (str, bytes)) or not isinstance(pairs, Iterable):
        raise wrong_type("headers", "pairs of str, or a mapping", headers)
    lines = []
    for pair in pairs:
        if isinstance(pair, (str, bytes)) or len(pair) != 2:
            raise wrong_type("each of headers", "a pair of str", pair)
        name, value = (latin("each of headers", text) for text in pair)
        if not name or b":" in name or any(end in name + value for end in (b"\r", b"\n")):
            raise InvalidArgument(f"headers hold neither line ends nor colons in names: {pair!r}")
        lines.append(name + b": " + value + b"\r\n")
    return b"".join(lines)


def read_headers(lines: bytes) -> list[tuple[str, str]]:
    """Lines of C as pairs."""
    found = []
    for line in lines.decode("latin-1").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.append((name, value.strip()))
    return found


def message(
    method: str | None = None, target: str | bytes | None = None, headers: Any = (), body: Any = b""
) -> _ffi.coord_http_message:
    """The C struct of a message."""
    made = _ffi.coord_http_message(_MESSAGE_SIZE)
    if method is not None:
        made.method, made.method_len = latin("method", method), len(method)
    if target is not None:
        encoded = target if isinstance(target, bytes) else latin("target", target)
        made.target, made.target_len = encoded, len(encoded)
    lines = header_lines(headers)
    made.headers, made.headers_len = lines, len(lines)
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise wrong_type("body", "bytes", body)
    content = bytes(body)
    made._body = content
    made.body = cast(c_char_p(content), c_void_p)
    made.body_len = len(content)
    return made


def check_response(answer: object) -> Response:
    """The answer of a handler that gave one."""
    if not isinstance(answer, Response):
        raise wrong_type("the answer", "a coord.Response or None", answer)
    whole("status", answer.status, 200, 599)
    return answer


def take_response(handle: c_void_p | int) -> Response:
    """The content of an OWNED coord_response, which is freed."""
    length = c_size_t()
    try:
        lines = quick.coord_response_headers(handle, byref(length))
        headers = read_headers(string_at(lines, length.value))
        content = quick.coord_response_body(handle, byref(length))
        body = string_at(content, length.value)
        return Response(quick.coord_response_status(handle), headers, body)
    finally:
        quick.coord_response_free(handle)
