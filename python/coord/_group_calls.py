"""The verbs of a group that wait, for threads."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_size_t, c_void_p
from datetime import datetime
from typing import Any

from . import _arguments, _ffi, _waiting, durations, errors
from ._group_handle import GroupHandle, key_call, set_arguments
from ._library import library, quick
from ._outcomes import Outcome, Verb, verb
from .context import Context, context_handle
from .values import BytesLike, encode_key, take_bytes
from .views import View

GET = verb("coord_group_get", _ffi.COORD_EVENT_BYTES)
LOCAL_GET = verb("coord_group_local_get", _ffi.COORD_EVENT_BYTES)
SET = verb("coord_group_set", _ffi.COORD_EVENT_DONE)
REMOVE = verb("coord_group_remove", _ffi.COORD_EVENT_DONE)
REMOVE_MANY = verb("coord_group_remove_many", _ffi.COORD_EVENT_MANY)

_lookup = quick.coord_group_lookup


def many_keys(keys: Iterable[str | bytes]) -> tuple[list[str | bytes], tuple[bytes, Any, int]]:
    """Several keys as they were given, and as C takes them."""
    if isinstance(keys, (str, bytes)) or not isinstance(keys, Iterable):
        raise _arguments.wrong_type("keys", "several keys, such as a list of str", keys)
    given = list(keys)
    encoded = [encode_key(key, "each of keys") for key in given]
    lengths = (c_size_t * len(encoded))(*map(len, encoded))
    return given, (b"".join(encoded), lengths, len(encoded))


def raise_failed(keys: list[str | bytes], outcome: Outcome) -> None:
    """Raises what the first of several keys failed with, if one failed."""
    if outcome.failure is not None:
        failures = (outcome.value or {}).items()
        outcome.failure.failed = {keys[place]: failure for place, failure in failures}
        raise outcome.failure


def parse_message(message: Any, content: bytes) -> Any:
    """A message of a class that parses itself."""
    if hasattr(message, "FromString"):
        return message.FromString(content)
    if not hasattr(message, "ParseFromString"):
        raise _arguments.wrong_type("message", "a class with FromString", message)
    made = message()
    made.ParseFromString(content)
    return made


class GroupCalls(GroupHandle):
    """Getting and changing values; each verb waits, and Ctrl-C ends the waiting."""

    def __call__(self, key: str | bytes) -> bytes:
        """The value of a key, as get() gives it."""
        return self.get(key)

    def get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """The value of a key: from memory, from its owner, or by loading it once for all who ask.

        Raises what the loader raised; TimedOut after `timeout` seconds, which disturbs nobody else
        who waits; Cancelled when the context was. Without a timeout it waits until the load's own.
        Ctrl-C ends the waiting. Inside a loader the first one who asks runs the next loader itself,
        and returns when that does.
        """
        encoded = encode_key(key)
        value = c_void_p()
        if _lookup(self._handle, encoded, len(encoded), byref(value), None) == 0:
            return take_bytes(value)
        return bytes(self._load(encoded, timeout, context))

    def get_view(
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
        return self._load(encoded, timeout, context)

    def get_into(
        self,
        key: str | bytes,
        buffer: Any,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> int:
        """Copies the value of a key into a writable buffer, cut off where that ends.

        Returns the length of the whole value, which may be more than the buffer holds.
        """
        View().copy_into(buffer)  # a wrong one is refused before anything is loaded
        view = self.get_view(key, timeout, context)
        view.copy_into(buffer)
        return len(view)

    def get_message(
        self,
        key: str | bytes,
        message: Any,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> Any:
        """The value of a key as a message: `message` is a class of protobuf, or one like those.

        What its FromString (or ParseFromString) raises on wrong bytes comes here.
        """
        return parse_message(message, self.get(key, timeout, context))

    def local_get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """The value of a key from memory, or loaded here whoever owns it; no peer is asked.

        For a transport of your own: what a Peer's get gives at the other end.
        """
        return bytes(self.local_get_view(key, timeout, context))

    def local_get_view(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> View:
        """The same without a copy, and with its expiry, which a transport should carry too."""
        encoded, call = key_call(key, timeout, context)
        found: View = self._end(encoded, LOCAL_GET, byref(call))
        return found

    def set(
        self,
        key: str | bytes,
        value: BytesLike,
        ttl: durations.Duration | None = None,
        expires: datetime | None = None,
        hot: bool = False,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Sets the value of a key everywhere: its owner keeps it, all others drop what they have.

        It is kept `ttl` seconds or until `expires`, a datetime with a time zone; None for the
        group's ttl. With `hot` a copy stays here too when another peer owns the key. Raises
        Unsupported, with nothing done, when the owner is not known to take values, Unavailable,
        naming each peer that did not confirm, when the others have done it, and Exhausted for a
        value larger than max_bytes.
        """
        encoded, call = key_call(key, timeout, context)
        self._end(encoded, SET, *set_arguments(value, ttl, expires, hot), byref(call))

    def remove(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Removes a key. Who waits for its load gets that; a get that begins later loads again.

        With peers it is removed at all of them; raises Unavailable, naming each peer that did not
        confirm, when the others have done it.
        """
        encoded, call = key_call(key, timeout, context)
        if self._is_alone:
            self._call(library.coord_group_remove, encoded, len(encoded), byref(call))
        else:
            self._end(encoded, REMOVE, byref(call))

    def remove_many(
        self,
        keys: Iterable[str | bytes],
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> None:
        """Removes many keys, each as remove() does, at most 64 at a time.

        Raises what the first one that failed did; its `failed` has the errors of all of them.
        """
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        given, packed = many_keys(keys)
        raise_failed(given, self._outcome(REMOVE_MANY, *packed, byref(call)))

    @property
    def _is_alone(self) -> bool:
        """Whether a remove waits for nobody."""
        return self._peers is None and self._picker is None and self._chosen_picker is None

    def _load(
        self, key: bytes, timeout: durations.Duration | None, context: Context | None
    ) -> View:
        call = durations.call_options(
            durations.timeout_ns(timeout), context_handle(context), _ffi.COORD_CALL_COUNTED
        )
        found: View = self._end(key, GET, byref(call))
        return found

    def _end(self, key: bytes, what: Verb, *arguments: Any) -> Any:
        outcome = self._outcome(what, key, len(key), *arguments)
        if outcome.failure is not None:
            self._explain(key, outcome.failure)
        return outcome.get()

    def _outcome(self, what: Verb, *arguments: Any) -> Outcome:
        try:
            return self._checked(_waiting.outcome(self._runtime, what, self._handle, *arguments))
        except errors.Forked:
            if not self._reopen():
                raise
            return _waiting.outcome(self._runtime, what, self._handle, *arguments)

    def _checked(self, outcome: Outcome) -> Outcome:
        """A fork shows as a failure inside a callback, and as an exception elsewhere."""
        if isinstance(outcome.failure, errors.Forked):
            raise outcome.failure
        return outcome
