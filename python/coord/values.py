"""Keys and values on their way between Python and C."""

from __future__ import annotations

from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from typing import Union

from . import _ffi, durations
from ._arguments import wrong_type
from ._library import quick

#: What a loader may return as a value.
BytesLike = Union[bytes, bytearray, memoryview]


class Value:
    """A loaded value and how to keep it: for loaders to whom bytes alone do not say enough."""

    __slots__ = ("content", "ttl", "store")

    def __init__(
        self,
        content: BytesLike,
        *,
        ttl: durations.Duration | None = None,
        store: bool = True,
    ) -> None:
        """`ttl` in seconds or a timedelta, None for the group's; `store=False` keeps nothing."""
        self.content = content
        self.ttl = ttl
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


def encode_value(value: object) -> tuple[bytes, _ffi.coord_value_options | None]:
    """What a loader returned, as C takes it; TypeError for what is not bytes."""
    options = None
    if isinstance(value, Value):
        options = _ffi.coord_value_options(
            sizeof(_ffi.coord_value_options),
            0 if value.store else _ffi.COORD_VALUE_NO_STORE,
            durations.option_ns("ttl", value.ttl),
            0,
        )
        value = value.content
    if isinstance(value, bytes):
        return value, options
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value), options
    raise TypeError(f"a loader returns bytes or a coord.Value of bytes, not {type(value).__name__}")
