"""Keys and values on their way between Python and C."""

from __future__ import annotations

from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, Union

from . import _ffi, durations
from ._arguments import wrong_type
from ._library import quick
from .errors import InvalidArgument
from .views import View


class Message(Protocol):
    """What serializes itself, as messages of protobuf do."""

    def SerializeToString(self) -> bytes:  # noqa: N802
        """The bytes of it."""


#: What holds the bytes of a value. A View is taken without a copy.
BytesLike = Union[bytes, bytearray, memoryview, View, Message]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_OPTIONS_SIZE = sizeof(_ffi.coord_value_options)


class Value:
    """A loaded value and how to keep it: for loaders to whom bytes alone do not say enough."""

    __slots__ = ("content", "ttl", "expires", "store")

    def __init__(
        self,
        content: BytesLike,
        *,
        ttl: durations.Duration | None = None,
        expires: datetime | None = None,
        store: bool = True,
    ) -> None:
        """`ttl` in seconds or a timedelta, or `expires`, a datetime with a time zone; None for the
        group's own. `store=False` keeps nothing.
        """
        self.content = content
        self.ttl = ttl
        self.expires = expires
        self.store = store


def encode_key(key: str | bytes, name: str = "key") -> bytes:
    """A key as C takes it. Texts are UTF-8; what os.fsdecode() kept as surrogates is restored."""
    if isinstance(key, str):
        return key.encode("utf-8", "surrogateescape")
    if isinstance(key, bytes):
        return key
    raise wrong_type(name, "str or bytes", key)


def decode_key(key: bytes) -> str:
    """The text of a key that came from C."""
    return key.decode("utf-8", "surrogateescape")


def take_bytes(handle: c_void_p) -> bytes:
    """The content of an OWNED coord_bytes, which is freed."""
    length = c_size_t()
    content = string_at(quick.coord_bytes_data(handle, byref(length)), length.value)
    quick.coord_bytes_free(handle)
    return content


def take_text(handle: c_void_p) -> str:
    """The same, as text."""
    return take_bytes(handle).decode("utf-8", "surrogateescape")


def _expiry_ns(expires: datetime | None) -> int:
    if expires is None:
        return 0
    if not isinstance(expires, datetime):
        raise wrong_type("expires", "a datetime or None", expires)
    if expires.tzinfo is None:
        raise InvalidArgument(f"expires must have a time zone: {expires!r}")
    found = (expires - _EPOCH) // timedelta(microseconds=1) * 1000
    if found <= 0:
        raise InvalidArgument(f"expires must be after 1970: {expires!r}")
    return found


def value_options(
    ttl: durations.Duration | None, expires: datetime | None, flags: int = 0
) -> _ffi.coord_value_options | None:
    """How C is to keep a value; None for the defaults."""
    if ttl is None and expires is None and not flags:
        return None
    if ttl is not None and expires is not None:
        raise InvalidArgument("ttl and expires exclude each other")
    return _ffi.coord_value_options(
        _OPTIONS_SIZE, flags, durations.option_ns("ttl", ttl), _expiry_ns(expires)
    )


_CONTENTS = "bytes, a coord.View or what has SerializeToString"


def encode_content(content: Any, wanted: str = f"value must be {_CONTENTS}") -> bytes | View:
    """The bytes of a value, as they are or as C holds them; TypeError for what has none."""
    if isinstance(content, (bytes, View)):
        return content
    if isinstance(content, (bytearray, memoryview)):
        return bytes(content)
    serialize = getattr(content, "SerializeToString", None)
    if serialize is not None and not isinstance(content, type):
        return bytes(serialize())
    raise TypeError(f"{wanted}, not {type(content).__name__}")


def passed(content: bytes | View) -> tuple[Any, int]:
    """Where the bytes are and how many, as functions of C take them."""
    return content._data if isinstance(content, View) else content, len(content)


def encode_value(
    value: object, function: str = "a loader"
) -> tuple[bytes | View, _ffi.coord_value_options | None]:
    """What a loader, or a get, returned, as C takes it; TypeError for what is not bytes."""
    if not isinstance(value, Value):
        return encode_content(value, f"{function} returns {_CONTENTS}, or a coord.Value"), None
    flags = 0 if value.store else _ffi.COORD_VALUE_NO_STORE
    options = value_options(value.ttl, value.expires, flags)
    return encode_content(value.content, f"a coord.Value holds {_CONTENTS}"), options
