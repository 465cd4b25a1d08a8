"""Sums up JUnit files that CTest wrote: what failed and how, what was skipped, one line.

    summary.py <junit file>...

The last line is "N passed, N failed, N skipped". The exit status is 1 when a test failed or none
passed.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

LINES_OF_A_FAILURE = 40


def verdict(case: ElementTree.Element) -> str:
    """CTest says "notrun" of tests that skipped themselves and of those without a program."""
    status = case.get("status")
    if status == "run":
        return "passed"
    if status == "disabled":
        return "skipped"
    skipped = case.find("skipped")
    if status == "notrun" and skipped is not None and "SKIP_" in skipped.get("message", ""):
        return "skipped"
    return "failed"


def main(paths: list[str]) -> int:
    names: dict[str, list[str]] = {"passed": [], "failed": [], "skipped": []}
    for path in paths:
        preset = Path(path).stem.removeprefix("junit-")
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            result = verdict(case)
            name = f"{case.get('name')} ({preset})"
            names[result].append(name)
            if result == "failed":
                output = (case.findtext("system-out") or "it could not be run").rstrip()
                print(f"--- {name}", *output.splitlines()[-LINES_OF_A_FAILURE:], "", sep="\n")
    for result in ("skipped", "failed"):
        for name in names[result]:
            print(f"{result}: {name}")
    print(", ".join(f"{len(found)} {result}" for result, found in names.items()))
    return 1 if names["failed"] or not names["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
