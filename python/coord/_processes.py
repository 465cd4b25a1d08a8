"""Which process this is: handles from before a fork are left alone in the child."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable

#: How many forks lie between this process and the one that imported the package.
generation = 0

_in_child: list[Callable[[], None]] = []


def finish(
    handle: int | None,
    made_in: int | None,
    free: Callable[[int], Any],
    module: dict[str, Any] = globals(),  # noqa: B008
    is_finalizing: Callable[[], bool] = sys.is_finalizing,
) -> None:
    """Frees a handle, unless another process made it or the interpreter is taking itself apart.

    Called by destructors, and so when modules are empty already: it holds what it needs.
    """
    if handle and not is_finalizing() and made_in == module["generation"]:
        free(handle)


def on_fork(callback: Callable[[], None]) -> None:
    """Calls `callback` in each child of a fork, before anything else runs there."""
    _in_child.append(callback)


def _after_fork() -> None:
    global generation
    generation += 1
    for callback in _in_child:
        callback()


os.register_at_fork(after_in_child=_after_fork)
