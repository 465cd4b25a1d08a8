"""The verbs of a group that wait, for event loops."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_void_p
from datetime import datetime
from typing import Any, Awaitable

from . import _ffi, durations, errors
from ._completions import completions
from ._group_calls import (
    GET,
    LOCAL_GET,
    REMOVE,
    REMOVE_MANY,
    SET,
    many_keys,
    parse_message,
    raise_failed,
)
from ._group_handle import GroupHandle, key_call, set_arguments
from ._library import quick
from ._outcomes import Outcome, Verb
from .context import Context, context_handle
from .values import BytesLike, encode_key, take_bytes
from .views import View

_lookup = quick.coord_group_lookup


class GroupCalls(GroupHandle):
    """Getting and changing values, awaited; coord.Group says what each verb means."""

    def __call__(self, key: str | bytes) -> Awaitable[bytes]:
        """The value of a key, as get() gives it."""
        return self.get(key)

    async def get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """The value of a key: from memory, from its owner, or by loading it once for all who ask.

        Cancelling the task leaves the load, which goes on for the others who wait for it.
        """
        encoded = encode_key(key)
        value = c_void_p()
        if _lookup(self._handle, encoded, len(encoded), byref(value), None) == 0:
            return take_bytes(value)
        return bytes(await self._load(encoded, timeout, context))

    async def get_view(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> View:
        """The value of a key as libcoord holds it, without a copy, and with its expiry."""
        encoded = encode_key(key)
        value = c_void_p()
        if _lookup(self._handle, encoded, len(encoded), byref(value), None) == 0:
            return View._owned(value.value)
        return await self._load(encoded, timeout, context)

    async def get_into(
        self,
        key: str | bytes,
        buffer: Any,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> int:
        """Copies the value of a key into a writable buffer; returns the whole value's length."""
        View().copy_into(buffer)  # a wrong one is refused before anything is loaded
        view = await self.get_view(key, timeout, context)
        view.copy_into(buffer)
        return len(view)

    async def get_message(
        self,
        key: str | bytes,
        message: Any,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> Any:
        """The value of a key as a message of this class."""
        return parse_message(message, await self.get(key, timeout, context))

    async def local_get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """The value of a key from memory, or loaded here whoever owns it; no peer is asked."""
        return bytes(await self.local_get_view(key, timeout, context))

    async def local_get_view(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> View:
        """The same without a copy, and with its expiry."""
        encoded, call = key_call(key, timeout, context)
        found: View = await self._end(encoded, LOCAL_GET, byref(call))
        return found

    async def set(
        self,
        key: str | bytes,
        value: BytesLike,
        ttl: durations.Duration | None = None,
        expires: datetime | None = None,
        hot: bool = False,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Sets the value of a key at all peers."""
        encoded, call = key_call(key, timeout, context)
        await self._end(encoded, SET, *set_arguments(value, ttl, expires, hot), byref(call))

    async def remove(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Removes a key, at all peers too."""
        encoded, call = key_call(key, timeout, context)
        await self._end(encoded, REMOVE, byref(call))

    async def remove_many(
        self,
        keys: Iterable[str | bytes],
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Removes many keys; what it raises has `failed`, the errors of all that failed."""
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        given, packed = many_keys(keys)
        raise_failed(given, await self._run(REMOVE_MANY, *packed, byref(call)))

    async def _load(
        self, key: bytes, timeout: durations.Duration | None, context: Context | None
    ) -> View:
        call = durations.call_options(
            durations.timeout_ns(timeout), context_handle(context), _ffi.COORD_CALL_COUNTED
        )
        found: View = await self._end(key, GET, byref(call))
        return found

    async def _end(self, key: bytes, what: Verb, *arguments: Any) -> Any:
        outcome = await self._run(what, key, len(key), *arguments)
        if outcome.failure is not None:
            self._explain(key, outcome.failure)
        return outcome.get()

    async def _run(self, what: Verb, *arguments: Any) -> Outcome:
        self._attach()
        try:
            return await completions(self._runtime).run(what, self._handle, *arguments)
        except errors.Forked:
            if not self._reopen():
                raise
            self._attach()
            return await completions(self._runtime).run(what, self._handle, *arguments)

    def _attach(self) -> None:
        """Lets the running loop answer requests, unless another one does."""
        raise NotImplementedError
