"""Runs one program in a process of its own, on chosen processors, and tells who else used them meanwhile."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from pathlib import Path
from typing import Optional, Sequence


class DidNotRun(Exception):
    """A program failed; there are no figures."""


def busy_seconds() -> float:
    """Processor time used by everything on this machine, what the host took away included."""
    ticks = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = ticks[:8]
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def last_processors(count: Optional[int]) -> set[int]:
    """The last ones this process may use: the first ones often serve interrupts."""
    return set(sorted(os.sched_getaffinity(0))[-(count or 0):])


def run_alone(command: Sequence[str], processors: Optional[int] = None) -> dict[str, float]:
    """The figures a program prints as JSON, and `others`: processors used by other programs."""
    chosen = last_processors(processors)
    busy, own, started = busy_seconds(), children_seconds(), time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, preexec_fn=lambda: os.sched_setaffinity(0, chosen))
    elapsed = time.monotonic() - started
    own = children_seconds() - own
    others = (busy_seconds() - busy - own) / elapsed
    if done.returncode != 0:
        end = done.stderr.strip().splitlines()[-1:] or ["no message"]
        name = os.path.basename(command[0])
        raise DidNotRun(f"{name} {' '.join(command[1:])}: exit status {done.returncode}: {end[0]}")
    try:
        figures = json.loads(done.stdout)
    except json.JSONDecodeError as wrong:
        raise DidNotRun(f"{os.path.basename(command[0])}: its output is no JSON: {wrong}") from None
    figures["others"] = max(0.0, others)
    return figures


def first_line(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or ["unknown"])[0]


def processor_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def machine() -> dict[str, object]:
    """What the figures depend on."""
    return {
        "processor": processor_name(),
        "processors": len(os.sched_getaffinity(0)),
        "kernel": os.uname().release,
        "load average": list(os.getloadavg()),
    }
