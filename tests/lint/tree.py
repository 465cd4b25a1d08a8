"""What the lint tests share: the repository's files, code without comments, how to report."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
ROOMS = ("src", "capi", "include", "tests", "benchmarks", "python", "docs", "cmake", "proto")
IGNORED = {"__pycache__", "build", ".venv", "results"}

_COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)


def files(*rooms: str, suffixes: tuple[str, ...] = ()) -> Iterator[Path]:
    """The files under these top-level folders, in a fixed order; of any kind without suffixes."""
    for room in rooms or ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*")):
            if IGNORED.intersection(path.parts) or not path.is_file():
                continue
            if not suffixes or path.suffix in suffixes:
                yield path


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def code_of(path: Path) -> str:
    """A C or C++ file with comments and strings blanked out; the lines keep their numbers."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found.group())

    return _COMMENT_OR_STRING.sub(blank, path.read_text(encoding="utf-8"))


def line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def report(checked: int, findings: list[str]) -> int:
    """Prints the findings and gives the exit status. Having looked at nothing is a failure too."""
    if checked == 0:
        findings.append("nothing was checked")
    print("\n".join(findings) or f"{checked} checked, nothing found")
    sys.stdout.flush()
    return 1 if findings else 0
