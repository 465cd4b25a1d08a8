"""Two series of figures side by side: medians, their ratio with an interval, and what it says about a goal.

Figures of one machine drift, so a single ratio proves little. The interval is a bootstrap: both series
are drawn again from themselves many times, and 95 % of the ratios of medians lie inside it.
"""

from __future__ import annotations

import dataclasses
import random
import statistics
from typing import Optional, Sequence

DRAWS = 4_000
INSIDE = 0.95
FEWEST = 5  # figures a side, to decide anything


@dataclasses.dataclass(frozen=True)
class Goal:
    """The ratio ours : theirs is to be at most, or at least, this."""

    ratio: float
    at_most: bool

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.ratio:g}"


@dataclasses.dataclass(frozen=True)
class Comparison:
    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    figures: int  # of the side that has fewer

    def verdict(self, goal: Optional[Goal]) -> str:
        """Met or not met only when the whole interval is on one side of the goal."""
        if goal is None:
            return ""
        if self.figures < FEWEST:
            return "undecided"
        reached, missed = self.low >= goal.ratio, self.high < goal.ratio
        if goal.at_most:
            reached, missed = self.high <= goal.ratio, self.low > goal.ratio
        return "met" if reached else "not met" if missed else "undecided"


def compare(ours: Sequence[float], theirs: Sequence[float], seed: int = 1) -> Comparison:
    chance = random.Random(seed)

    def ratio_of_a_draw() -> float:
        mine = statistics.median(chance.choices(ours, k=len(ours)))
        other = statistics.median(chance.choices(theirs, k=len(theirs)))
        return mine / other

    draws = sorted(ratio_of_a_draw() for _ in range(DRAWS))
    outside = int(DRAWS * (1 - INSIDE) / 2)
    our_median, their_median = statistics.median(ours), statistics.median(theirs)
    return Comparison(our_median, their_median, our_median / their_median,
                      draws[outside], draws[-1 - outside],
                      min(len(ours), len(theirs)))
