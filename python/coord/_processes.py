"""Which process this is: handles from before a fork are left alone in the child."""

from __future__ import annotations

import os
from typing import Callable

#: How many forks lie between this process and the one that imported the package.
generation = 0

_in_child: list[Callable[[], None]] = []


def on_fork(callback: Callable[[], None]) -> None:
    """Calls `callback` in each child of a fork, before anything else runs there."""
    _in_child.append(callback)


def _after_fork() -> None:
    global generation
    generation += 1
    for callback in _in_child:
        callback()


os.register_at_fork(after_in_child=_after_fork)
