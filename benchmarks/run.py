#!/usr/bin/env python3
"""Measures libcoord beside mailgun's groupcache, alternately and in one run, then its components.

`./dev bench` builds what is needed and calls this. A goal that is not met is told, and is no failure; the
exit status is 1 only when something did not run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from harness import plan, processes, report
from harness.processes import DidNotRun

HERE = Path(__file__).resolve().parent
PEER = "mailgun"


def build_peer(go: str, to: Path) -> None:
    """Compiles the Go program; its modules are fetched the first time."""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    done = subprocess.run([go, "build", "-trimpath", "-buildvcs=false", "-o", str(to.resolve()), "."],
                          cwd=HERE / "peers" / "go", env=environment, check=False)
    if done.returncode != 0:
        raise DidNotRun("the Go program does not build")


def measure(cases: list[plan.Case], programs: dict[str, Path], rounds: int) -> dict:
    """Figures by side and run. The sides alternate; who begins does, too."""
    figures: dict[str, dict] = {side: {} for side in programs}
    wanted = plan.runs(cases)
    for turn in range(rounds):
        print(f"round {turn + 1} of {rounds}, load average {os.getloadavg()[0]:.2f}", flush=True)
        order = list(programs) if turn % 2 == 0 else list(reversed(programs))
        for arguments, processors in wanted:
            for side in order:
                one = processes.run_alone([str(programs[side]), *arguments], processors)
                figures[side].setdefault((arguments, processors), []).append(one)
    return figures


def measure_component(program: Path, quick: bool) -> list[dict]:
    """The medians of a Google Benchmark program."""
    command = [str(program), "--benchmark_format=json", "--benchmark_report_aggregates_only=true",
               f"--benchmark_min_time={0.05 if quick else 0.2}",
               f"--benchmark_repetitions={3 if quick else 5}"]
    found = processes.run_alone(command)
    medians = [one for one in found["benchmarks"] if one.get("aggregate_name") == "median"]
    if not medians:
        raise DidNotRun(f"{program.name}: no medians")
    return [{"name": one["run_name"].replace("/real_time", ""), "ns": one["real_time"],
             "processor_ns": one["cpu_time"], "others": found["others"]} for one in medians]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="the directory that was built in")
    parser.add_argument("--quick", action="store_true", help="five short rounds, fewer sizes")
    parser.add_argument("--rounds", type=int, help="of each comparison; 7, or 5 with --quick")
    parser.add_argument("--only", metavar="TEXT", default="", help="cases whose section or name contains it")
    parser.add_argument("--skip-components", action="store_true", help="leave out the Google Benchmark programs")
    chosen = parser.parse_args()
    chosen.rounds = chosen.rounds or (5 if chosen.quick else 7)
    return chosen


def run(chosen: argparse.Namespace) -> None:
    programs = {"ours": chosen.build / "bin" / "coord_peer", PEER: chosen.build / "bin" / "mailgun_peer"}
    go = os.environ.get("GO", "go")
    build_peer(go, programs[PEER])
    cases = [case for case in plan.cases(chosen.quick) if chosen.only in f"{case.section} {case.name}"]
    about = {**processes.machine(), "go": processes.first_line([go, "version"]),
             PEER: "github.com/mailgun/groupcache/v2 v2.6.0", "rounds": chosen.rounds,
             "quick": chosen.quick}
    print("\n".join(f"{name}: {value}" for name, value in about.items()))

    figures = measure(cases, programs, chosen.rounds)
    found = []
    for case in cases:
        key = (tuple(case.arguments()), case.processors)
        found.append(report.summary(case, figures["ours"][key], figures[PEER][key]))
    report.print_comparisons(found, PEER)

    components: list[dict] = []
    if not chosen.skip_components:
        for program in sorted((chosen.build / "bin").glob("*_bench")):
            components += measure_component(program, chosen.quick)
    report.print_components(components)

    samples = [{"side": side, "arguments": arguments, "processors": processors, "figures": several}
               for side, by_run in figures.items() for (arguments, processors), several in by_run.items()]
    results = chosen.build / "results.json"
    results.write_text(json.dumps({"about": about, "comparisons": found, "components": components,
                                   "samples": samples}, indent=1) + "\n", encoding="utf-8")
    print(f"\n{report.verdicts(found)}\nall figures: {os.path.relpath(results)}")


def main() -> int:
    chosen = parse_arguments()
    try:
        run(chosen)
    except (DidNotRun, OSError) as failed:
        print(f"bench: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
