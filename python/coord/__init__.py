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
from ._handlers import DEFAULT, HttpRequest
from ._http import Response
from .cache import Cache
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
    RemoteLoad,
    Status,
    TimedOut,
    Unavailable,
    Unsupported,
    WouldDeadlock,
)
from .flight import Flight
from .groups import Group, group
from .peer import Peer
from .peers import Peers
from .picker import Picker
from .registry import dump, find_group, on_new_group, on_server_start, set_log, set_picker
from .ring import Ring
from .runtime import Runtime, default_runtime
from .stats import CacheStats, GroupStats, PeersStats
from .values import Value
from .views import View

__all__ = [
    "DEFAULT",
    "FOREVER",
    "Abandoned",
    "AlreadyExists",
    "Cache",
    "CacheStats",
    "Cancelled",
    "Closed",
    "Conflict",
    "Context",
    "Denied",
    "Error",
    "Exhausted",
    "Flight",
    "Forked",
    "Group",
    "GroupStats",
    "HostFailed",
    "HttpRequest",
    "Internal",
    "InvalidArgument",
    "Lost",
    "NoMemory",
    "NotFound",
    "Peer",
    "Peers",
    "PeersStats",
    "Picker",
    "RemoteLoad",
    "Response",
    "Ring",
    "Runtime",
    "Status",
    "TimedOut",
    "Unavailable",
    "Unsupported",
    "Value",
    "View",
    "WouldDeadlock",
    "default_runtime",
    "dump",
    "find_group",
    "group",
    "on_new_group",
    "on_server_start",
    "set_log",
    "set_picker",
    "version",
]


def version() -> str:
    """The version of the library that runs, such as "0.1.0"."""
    return _library.spell(_library.library.coord_version())
