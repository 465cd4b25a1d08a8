"""Exceptions of functions of yours, kept until somebody who waited asks for them."""

from __future__ import annotations

import threading

from . import errors

#: So many are kept; older ones are forgotten.
MAX_REMEMBERED = 64


class Remembered:
    """The latest exception for each key, with the message by which C knows it."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[str, BaseException]] = {}
        self._lock = threading.Lock()

    def keep(self, key: bytes, error: BaseException, message: str = "") -> None:
        """Remembers one; without a message it is behind whatever happens with the key next."""
        with self._lock:
            self._kept.pop(key, None)
            if len(self._kept) >= MAX_REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = message, error

    def forget(self, key: bytes) -> None:
        """The next failure of the key has another reason."""
        self._kept.pop(key, None)

    def explain(self, key: bytes, error: errors.Error) -> None:
        """Gives a failure the exception behind it as its cause, if that is still known."""
        message, cause = self._kept.get(key, ("", None))
        if cause is None or message not in ("", error.message):
            return
        # What the library knows of the reason comes after what the function raised.
        if cause.__cause__ is None and error.__cause__ is not cause:
            cause.__cause__ = error.__cause__
        error.__cause__ = cause
