"""libcoord for Python: expensive results computed once, however many ask.

    import coord

    @coord.group("users", max_bytes=64 << 20, ttl=300)
    def user(key: str) -> bytes:
        return read_from_the_database(key)

    user("42")

Verbs here block; coord.aio has the same nouns for asyncio. Durations are seconds or a
datetime.timedelta, values are bytes, keys are str or bytes. Everything is safe from any thread.
"""

from __future__ import annotations

from . import _library
from .context import Context
from .durations import FOREVER
from .errors import (
    Abandoned,
    AlreadyExists,
    Cancelled,
    Closed,
    Conflict,
    Denied,
    Error,
    Exhausted,
    Forked,
    HostFailed,
    Internal,
    InvalidArgument,
    Lost,
    NoMemory,
    NotFound,
    Status,
    TimedOut,
    Unavailable,
    Unsupported,
    WouldDeadlock,
)
from .groups import Group, group
from .peers import Peers
from .ring import Ring
from .runtime import Runtime, default_runtime
from .stats import CacheStats, GroupStats, PeersStats
from .values import Value

__all__ = [
    "FOREVER",
    "Abandoned",
    "AlreadyExists",
    "CacheStats",
    "Cancelled",
    "Closed",
    "Conflict",
    "Context",
    "Denied",
    "Error",
    "Exhausted",
    "Forked",
    "Group",
    "GroupStats",
    "HostFailed",
    "Internal",
    "InvalidArgument",
    "Lost",
    "NoMemory",
    "NotFound",
    "Peers",
    "PeersStats",
    "Ring",
    "Runtime",
    "Status",
    "TimedOut",
    "Unavailable",
    "Unsupported",
    "Value",
    "WouldDeadlock",
    "default_runtime",
    "group",
    "version",
]


def version() -> str:
    """The version of the library that runs, such as "0.1.0"."""
    return _library.spell(_library.library.coord_version())
