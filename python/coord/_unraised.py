"""Exceptions where nobody can be told: functions of yours that C calls and that answer nothing."""

from __future__ import annotations

import sys
import traceback
from types import SimpleNamespace


def unraised(what: str, error: BaseException) -> None:
    """Gives an exception to sys.unraisablehook. Raises nothing: what C called has yet to answer."""
    message = f"Exception ignored in {what}"
    try:
        if sys.unraisablehook is not sys.__unraisablehook__:
            told = SimpleNamespace(
                exc_type=type(error),
                exc_value=error,
                exc_traceback=error.__traceback__,
                err_msg=message,
                object=None,
            )
            sys.unraisablehook(told)
            return
    except BaseException as wrong:
        _print(f"Exception ignored in sys.unraisablehook, which was told of one in {what}", wrong)
    # The hook of CPython takes nothing but what CPython made.
    _print(message, error)


def _print(message: str, error: BaseException) -> None:
    try:
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        sys.stderr.write(f"{message}:\n{''.join(lines)}")
        sys.stderr.flush()
    except BaseException:
        return  # there is no stderr, or no memory
