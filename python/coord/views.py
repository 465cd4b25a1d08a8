"""Views: values as libcoord holds them, read without a copy."""

from __future__ import annotations

import io
from ctypes import byref, c_size_t, c_ubyte, c_uint8, c_void_p, string_at
from datetime import datetime, timedelta, timezone
from typing import Any, overload

from . import _processes, errors
from ._arguments import whole, wrong_type
from ._library import quick

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class View:
    """The bytes of a value, shared with whoever else holds it; immutable, safe from any thread.

    Compares equal to bytes, to a str of that UTF-8, and to other views. Slices are views too.
    """

    __slots__ = ("__weakref__", "_data", "_generation", "_handle", "_size")

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(quick.coord_bytes_free)

    def __init__(self, content: bytes | bytearray | memoryview = b"") -> None:
        """A view of a copy of these bytes."""
        if not isinstance(content, (bytes, bytearray, memoryview)):
            raise wrong_type("content", "bytes", content)
        made, error = c_void_p(), c_void_p()
        copied = bytes(content)
        errors.check(quick.coord_bytes_new(copied, len(copied), byref(made), byref(error)), error)
        self._hold(made.value)

    @classmethod
    def _owned(cls, handle: int | None) -> View:
        """A view of bytes of C, whose reference it takes over."""
        self = cls.__new__(cls)
        self._hold(handle)
        return self

    @classmethod
    def _borrowed(cls, handle: int | None) -> View:
        """A view with a reference of its own to bytes that belong to somebody else."""
        return cls._owned(quick.coord_bytes_ref(handle))

    def _hold(self, handle: int | None) -> None:
        length = c_size_t()
        self._handle = handle
        self._generation = _processes.generation
        self._data: int = quick.coord_bytes_data(handle, byref(length))
        self._size = length.value

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self._finish(self._handle, self._generation, self._free)

    def __repr__(self) -> str:
        return f"<coord.View of {self._size} bytes>"

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> View: ...

    def __getitem__(self, index: int | slice) -> int | View:
        """One byte, IndexError out of range; or a part, which has no expiry of its own."""
        if isinstance(index, slice):
            return self._slice(index)
        if not hasattr(index, "__index__"):
            raise wrong_type("index", "a whole number or a slice", index)
        position = index.__index__()
        if position < 0:
            position += self._size
        byte = c_uint8()
        if not 0 <= position < self._size or quick.coord_bytes_at(
            self._handle, position, byref(byte), None
        ):
            raise IndexError(f"index {index} is not within {self._size} bytes")
        return byte.value

    def _slice(self, wanted: slice) -> View:
        if wanted.step not in (None, 1):
            raise errors.InvalidArgument(f"a view has no steps: {wanted.step!r}")
        start, stop, _ = wanted.indices(self._size)
        made, error = c_void_p(), c_void_p()
        length = max(0, stop - start)
        errors.check(
            quick.coord_bytes_slice(self._handle, start, length, byref(made), byref(error)), error
        )
        return View._owned(made.value)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, View):
            data: Any = other._data
            return bool(quick.coord_bytes_equal(self._handle, data, other._size))
        if isinstance(other, str):
            try:
                other = other.encode()
            except UnicodeEncodeError:  # lone surrogates: no bytes are that text
                return False
        if isinstance(other, (bytes, bytearray, memoryview)):
            content = bytes(other)
            return bool(quick.coord_bytes_equal(self._handle, content, len(content)))
        return NotImplemented

    def __contains__(self, part: object) -> bool:
        """Whether a byte, or bytes one after the other, are in it; a str stands for its UTF-8."""
        if isinstance(part, str):
            try:
                part = part.encode()
            except UnicodeEncodeError:
                return False
        sought: Any = bytes(part) if isinstance(part, View) else part
        return sought in bytes(self)

    # Equal to bytes and to str, which have different hashes.
    __hash__ = None  # type: ignore[assignment]

    def __bytes__(self) -> bytes:
        return string_at(self._data, self._size)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The text of it, as bytes.decode() gives it."""
        return bytes(self).decode(encoding, errors)

    @property
    def data(self) -> memoryview:
        """The bytes themselves, read-only and not copied; they stay as long as this is held."""
        if self._size == 0:
            return memoryview(b"")
        memory = (c_ubyte * self._size).from_address(self._data)
        memory._keep = self  # type: ignore[attr-defined]
        return memoryview(memory).cast("B").toreadonly()

    @property
    def expires(self) -> datetime | None:
        """When the value expires, in UTC; None for never."""
        found: int = quick.coord_bytes_expire_unix_ns(self._handle)
        return _EPOCH + timedelta(microseconds=found // 1000) if found else None

    def copy_into(self, buffer: Any, offset: int = 0) -> int:
        """Copies from `offset` on into a writable buffer, such as a bytearray; tells how many."""
        first = whole("offset", offset, 0)
        try:
            target = memoryview(buffer).cast("B")
            if target.readonly:
                raise TypeError
        except TypeError:
            raise wrong_type("buffer", "writable, such as a bytearray", buffer) from None
        if not len(target):
            return 0
        memory = (c_ubyte * len(target)).from_buffer(target)
        count: int = quick.coord_bytes_copy(self._handle, first, memory, len(target))
        return count

    def reader(self) -> ViewReader:
        """A file to read it by, with seek() and tell()."""
        return ViewReader(self)

    def write_to(self, file: Any) -> int:
        """Writes it to a binary file, and tells how many bytes; what the file raises comes here."""
        left = self.data
        while len(left):
            written = file.write(left)
            if written is None and not isinstance(file, io.RawIOBase):
                break
            if not written:
                raise BlockingIOError(f"the file took no more after {self._size - len(left)} bytes")
            left = left[written:]
        return self._size


class ViewReader(io.RawIOBase):
    """Reads a view as a file."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Copies what comes next; 0 at the end."""
        self._check_open()
        count = self._view.copy_into(buffer, self._at)
        self._at += count
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place, also beyond the end; ValueError before the beginning."""
        self._check_open()
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._view)}
        if whence not in bases:
            raise errors.InvalidArgument(f"whence must be 0, 1 or 2: {whence!r}")
        self._at = whole("offset", bases[whence] + offset, 0)
        return self._at

    def tell(self) -> int:
        """The place where it reads next."""
        self._check_open()
        return self._at

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file.")
