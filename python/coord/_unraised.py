"""Exceptions where nobody can be told: functions of yours that C calls and that answer nothing."""

from __future__ import annotations

import sys
from types import SimpleNamespace


def unraised(what: str, error: BaseException) -> None:
    """Gives an exception to sys.unraisablehook."""
    told = SimpleNamespace(
        exc_type=type(error),
        exc_value=error,
        exc_traceback=error.__traceback__,
        err_msg=f"Exception ignored in {what}",
        object=None,
    )
    sys.unraisablehook(told)
