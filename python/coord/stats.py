"""What a group counts."""

from __future__ import annotations

from typing import NamedTuple

from . import _ffi


class GroupStats(NamedTuple):
    """Counters of a group; they only grow, but for the last three."""

    #: gets and lookups
    gets: int
    #: answered from memory, also those that found it while joining a load
    cache_hits: int
    #: gets that missed, and so started or joined a load
    loads: int
    #: loads minus those that joined another
    loads_deduped: int
    #: loads that gave a value here
    local_loads: int
    #: loads that failed here
    local_load_errors: int
    #: answers dropped because their load's deadline had passed
    late_answers: int
    #: loads under way now
    flights_active: int
    #: age of the oldest one in seconds; 0.0 without any
    flight_oldest: float
    #: callers who wait for one now
    waiters: int


class CacheStats(NamedTuple):
    """Counters of one of a group's caches."""

    #: keys and values held now, in bytes
    bytes: int
    #: the same with all overhead: what max_bytes limits
    memory_bytes: int
    #: memory of values that left the cache but are still held by somebody
    detached_bytes: int
    #: entries now
    items: int
    #: lookups
    gets: int
    #: lookups that found something
    hits: int
    #: entries that left in whatever way
    evictions: int
    #: left because room was needed
    evicted_full: int
    #: left because they had expired
    evicted_expired: int
    #: left by a remove
    removed: int
    #: values not kept: larger than the group's limit
    refused: int


def read_group_stats(counted: _ffi.coord_group_stats) -> GroupStats:
    named = {name: getattr(counted, name) for name in GroupStats._fields if name != "flight_oldest"}
    return GroupStats(flight_oldest=counted.flight_oldest_ns / 1e9, **named)


def read_cache_stats(counted: _ffi.coord_cache_stats) -> CacheStats:
    return CacheStats(*(getattr(counted, name) for name in CacheStats._fields))
