"""The readable side of the results."""

from __future__ import annotations

import statistics
from typing import Iterable, Sequence

from harness.comparison import compare
from harness.plan import Case, Figures, processor_ns_each

# Above this many processors used by others, figures are not worth much.
BUSY = 0.25


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def summary(case: Case, ours: Sequence[Figures], theirs: Sequence[Figures]) -> dict[str, object]:
    """Everything that is printed of one case, for the JSON file too."""
    compared = compare([case.measure(one) for one in ours], [case.measure(one) for one in theirs])
    found: dict[str, object] = {
        "section": case.section, "name": case.name, "unit": case.unit, "arguments": case.arguments(),
        "processors": case.processors, "ours": compared.ours, "theirs": compared.theirs,
        "ratio": compared.ratio, "interval": [compared.low, compared.high],
        "others": statistics.median(one["others"] for one in (*ours, *theirs)),
        "goal": str(case.goal) if case.goal else None, "verdict": compared.verdict(case.goal),
    }
    if case.is_rate():
        used = compare([processor_ns_each(one) for one in ours], [processor_ns_each(one) for one in theirs])
        found["processor_ns"] = [used.ours, used.theirs]
        found["processor_ratio"], found["processor_interval"] = used.ratio, [used.low, used.high]
    return found


def print_comparisons(found: list[dict], peer: str) -> None:
    head = ("", "unit", "ours", peer, "ratio", "95 % interval", "CPU ns each", "ratio", "others' CPU",
            "goal", "")
    for section in dict.fromkeys(one["section"] for one in found):
        rows = []
        for one in (each for each in found if each["section"] == section):
            used = " / ".join(f"{ns:.0f}" for ns in one.get("processor_ns", ()))
            busy = " (busy)" if one["others"] > BUSY else ""
            rows.append((one["name"], one["unit"], number(one["ours"]), number(one["theirs"]),
                         f"{one['ratio']:.3f}", f"{one['interval'][0]:.3f} .. {one['interval'][1]:.3f}",
                         used, f"{one['processor_ratio']:.3f}" if used else "",
                         f"{one['others']:.2f}{busy}", one["goal"] or "", one["verdict"]))
        print(f"\n{section}\n{table(head, rows)}")


def print_components(found: list[dict]) -> None:
    if not found:
        return
    rows = [(one["name"], number(one["processor_ns"]), number(one["ns"])) for one in found]
    print(f"\ncomponents, one step\n{table(('', 'CPU ns', 'ns'), rows)}")


def verdicts(found: list[dict]) -> str:
    lines = [f"goal {one['goal']}: {one['verdict']}: {one['name']}, ratio {one['ratio']:.3f}"
             for one in found if one["goal"]]
    return "\n".join(lines)
