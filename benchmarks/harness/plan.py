"""What is compared: each case is one workload that both programs run with the same settings."""

from __future__ import annotations

import dataclasses
from typing import Callable, Optional

from harness.comparison import Goal

Figures = dict[str, float]


def million_per_second(figures: Figures) -> float:
    return figures["operations"] / figures["nanoseconds"] * 1_000


def processor_ns_each(figures: Figures) -> float:
    return figures["processor_nanoseconds"] / figures["operations"]


@dataclasses.dataclass(frozen=True)
class Case:
    section: str
    name: str
    workload: str
    settings: dict[str, object]
    unit: str = "M/s"
    measure: Callable[[Figures], float] = million_per_second
    processors: Optional[int] = None  # to run on; None = all
    goal: Optional[Goal] = None

    def arguments(self) -> list[str]:
        return [self.workload, *(f"{name}={value}" for name, value in self.settings.items())]

    def is_rate(self) -> bool:
        return self.measure is million_per_second


def per_entry(what: str) -> Callable[[Figures], float]:
    return lambda figures: figures[what]


def thousand_per_second(figures: Figures) -> float:
    return figures["operations"] / figures["nanoseconds"] * 1_000_000


def thousand_per_processor_second(figures: Figures) -> float:
    return figures["operations"] / figures["processor_nanoseconds"] * 1_000_000


def microseconds_each(of: str) -> Callable[[Figures], float]:
    return lambda figures: figures[f"{of}_nanoseconds"] / figures["operations"] / 1_000


MEMORY = "memory: resident bytes per entry, 1,000,000 entries, 16 B keys, 64 B values"
HITS = "hits: get of a key in memory, 100,000 keys, 256 B values"
MISSES = "misses: get of a fresh key, trivial loader, 256 B values"
PEER_GET = "peer get: from the owner's memory over loopback, requests per second of processor time on both sides"
PEER_RATE = "peer get: per second"
PEER_REQUESTER = "peer get: processor time of each, at the requester"
PEER_OWNER = "peer get: processor time of each, at the owner"
GROWTH = "as the work grows, 1 thread"


def memory_cases() -> list[Case]:
    settings = {"items": 1_000_000, "value_bytes": 64}
    return [
        Case(MEMORY, "after a forced collection", "memory", settings, "B",
             per_entry("bytes_per_entry"), goal=Goal(0.45, at_most=True)),
        Case(MEMORY, "as the process shows it", "memory", settings, "B",
             per_entry("bytes_per_entry_unforced")),
    ]


def hit_cases(milliseconds: int) -> list[Case]:
    return [
        Case(HITS, f"{keys}, {threads} thread{'s' if threads > 1 else ''}", "hit",
             {"keys": keys, "threads": threads, "milliseconds": milliseconds}, processors=threads)
        for keys in ("uniform", "zipf") for threads in (1, 2)
    ]


def miss_cases(items: int) -> list[Case]:
    room = items // 10
    return [
        Case(MISSES, "everything is kept, 1 thread", "miss", {"items": items}, processors=1),
        Case(MISSES, "everything is kept, 2 threads", "miss", {"items": items, "threads": 2}, processors=2),
        Case(MISSES, "room for a tenth, 1 thread", "miss", {"items": items, "room": room}, processors=1),
        Case(MISSES, "room for a tenth, 2 threads", "miss", {"items": items, "room": room, "threads": 2},
             processors=2),
    ]


def peer_get_cases(milliseconds: int) -> list[Case]:
    """Every figure of each workload is a case of its own; they share their runs."""
    workloads = [
        (f"{in_flight} in flight, {size}{how}",
         {"items": 2_000, "in_flight": in_flight, "value_bytes": value_bytes, "callers": callers,
          "milliseconds": milliseconds})
        for value_bytes, size in ((256, "256 B"), (16_384, "16 KiB"))
        for callers, how in (("queue", ""), ("threads", ", blocking threads"))
        for in_flight in (1, 16, 64, 256)
        if value_bytes == 256 or (callers == "queue" and in_flight in (1, 64))
    ]
    figures = (
        (PEER_GET, "k/CPU s", thousand_per_processor_second),
        (PEER_RATE, "k/s", thousand_per_second),
        (PEER_REQUESTER, "us", microseconds_each("requester")),
        (PEER_OWNER, "us", microseconds_each("owner")),
    )
    goal = Goal(1.5, at_most=False)
    return [Case(section, name, "peer_get", settings, unit, measure,
                 goal=goal if section == PEER_GET and settings["callers"] == "queue" else None)
            for section, unit, measure in figures for name, settings in workloads]


def growth_cases(milliseconds: int, sizes: tuple[int, ...]) -> list[Case]:
    hits = [Case(GROWTH, f"hits, {items:,} keys", "hit", {"items": items, "milliseconds": milliseconds},
                 processors=1) for items in sizes]
    misses = [Case(GROWTH, f"misses, {items:,} keys", "miss", {"items": items}, processors=1)
              for items in sizes]
    return hits + misses


def cases(quick: bool) -> list[Case]:
    if quick:
        return [*memory_cases(), *hit_cases(200), *miss_cases(100_000), *peer_get_cases(200),
                *growth_cases(200, (1_000, 100_000))]
    return [*memory_cases(), *hit_cases(500), *miss_cases(200_000), *peer_get_cases(1_000),
            *growth_cases(300, (1_000, 10_000, 100_000, 1_000_000))]


def runs(of: list[Case]) -> list[tuple[tuple[str, ...], Optional[int]]]:
    """The processes of one round: cases with the same arguments share theirs."""
    return list(dict.fromkeys((tuple(case.arguments()), case.processors) for case in of))
