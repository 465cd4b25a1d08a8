"""What a group counts."""

from __future__ import annotations

from typing import NamedTuple

from . import _ffi


class GroupStats(NamedTuple):
    """Counters of a group; they only grow, but for those of now."""

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
    #: values that came from the peer that owns them
    peer_loads: int
    #: owners that could not be reached, or gave nothing usable
    peer_errors: int
    #: requests of peers for this group
    server_requests: int
    #: the longest time an owner took to answer, in seconds
    peer_slowest: float
    #: loads under way now
    flights_active: int
    #: age of the oldest one in seconds; 0.0 without any
    flight_oldest: float
    #: callers who wait for one now
    waiters: int
    #: sets and removals that other peers take part in, under way now
    changes_active: int
    #: age of the oldest one in seconds; 0.0 without any
    change_oldest: float
    #: calls of remove_many()
    remove_many_calls: int
    #: keys they named
    remove_many_keys: int


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


class PeersStats(NamedTuple):
    """Counters of peers; they only grow, but for the last."""

    #: requests of peers that passed every check
    server_requests: int
    #: requests refused because something about them is wrong
    server_malformed: int
    #: connections of peers that were cut for slowness
    server_timed_out: int
    #: requests to peers
    client_requests: int
    #: those that brought no usable answer
    client_failures: int
    #: sent once more, because a kept connection had died
    client_retries: int
    #: gets of peers for keys that, by the list here, this process does not own
    skewed: int
    #: connections of peers, now
    server_connections: int


_IN_SECONDS = ("peer_slowest", "flight_oldest", "change_oldest")


def read_group_stats(counted: _ffi.coord_group_stats) -> GroupStats:
    named = {name: getattr(counted, name) for name in GroupStats._fields if name not in _IN_SECONDS}
    seconds = {name: getattr(counted, f"{name}_ns") / 1e9 for name in _IN_SECONDS}
    return GroupStats(**named, **seconds)


def read_peers_stats(counted: _ffi.coord_peers_stats) -> PeersStats:
    return PeersStats(*(getattr(counted, name) for name in PeersStats._fields))


def read_cache_stats(counted: _ffi.coord_cache_stats) -> CacheStats:
    return CacheStats(*(getattr(counted, name) for name in CacheStats._fields))
