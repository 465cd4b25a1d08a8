"""Holds the maps of the references to what there is: rows, names and test files.

Every table row of docs/reference/*-map.md that has five cells is one name of a reference: itself, then ours in C, C++ and
Python, then the test that shows it. No cell may be empty, names in backticks must exist, and no row may be missing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

from tree import REPOSITORY, relative, report

MAPS = REPOSITORY / "docs" / "reference"
REQUIRED = REPOSITORY / "tests" / "lint" / "reference_names"
LANGUAGES = {
    "C": ("include/coord", (".h",)),
    "C++": ("include/coord", (".h", ".hpp")),
    "Python": ("python/coord", (".py",)),
}
# Of the languages themselves and their standard libraries.
ORDINARY = {
    "auto", "bytes", "bytearray", "delete", "fwrite", "io", "int", "len", "memcmp", "memcpy", "memoryview", "new", "None", "NULL", "operator",
    "ostream", "raise", "span", "std", "str", "string", "string_view", "throw", "uint8_t", "uint64_t", "write", "Message", "FromString",
    "SerializeToString", "ParseFromArray", "protobuf", "google", "except", "size_t", "item", "data", "size", "strcmp", "printf", "function",
}


class Row(NamedTuple):
    reference: str
    c: str
    cpp: str
    python: str
    shown_by: str
    where: str


def rows(path: Path) -> Iterator[Row]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.startswith("|"):
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 5 or cells[0] == "reference" or set("".join(cells)) <= set("-: "):
            continue
        yield Row(*cells, where=f"{relative(path)}:{number}")


def words_of(folder: str, suffixes: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for path in sorted((REPOSITORY / folder).iterdir()):
        if path.suffix in suffixes:
            found.update(re.findall(r"[A-Za-z_]\w*", path.read_text("utf-8")))
    return found


def unknown(cell: str, known: set[str]) -> Iterator[str]:
    for code in re.findall(r"`([^`]+)`", cell):
        code = re.sub(r'"[^"]*"', "", code)
        for word in re.findall(r"[A-Za-z_]\w*", code):
            if word not in known and word not in ORDINARY:
                yield word


def check(row: Row, known: dict[str, set[str]]) -> Iterator[str]:
    for name, cell in row._asdict().items():
        if not cell.strip("`- "):
            yield f"{row.where}: the cell {name} is empty"
    for language, cell in zip(LANGUAGES, (row.c, row.cpp, row.python)):
        for word in unknown(cell, known[language]):
            yield f"{row.where}: {word} is no name in {language}"
    tests = re.findall(r"`((?:tests|python|docs|benchmarks)/[^`]+)`", row.shown_by)
    if not tests and not row.shown_by.startswith("not applicable"):
        yield f"{row.where}: no test is named"
    text = ""
    for test in tests:
        if (REPOSITORY / test).is_file():
            text += (REPOSITORY / test).read_text("utf-8")
        else:
            yield f"{row.where}: there is no {test}"
    if any(test.startswith("tests/capi/") for test in tests):
        for word in re.findall(r"[a-z_]\w*", " ".join(re.findall(r"`([^`]+)`", row.c)), re.I):
            if word in known["C"] and word not in ORDINARY and not re.search(rf"\b{word}\b", text):
                yield f"{row.where}: no test of the row has {word}"


def main() -> int:
    checked = 0
    findings: list[str] = []
    known = {name: words_of(*where) for name, where in LANGUAGES.items()}
    for wanted in sorted(REQUIRED.glob("*.txt")):
        path = MAPS / f"{wanted.stem}-map.md"
        table = list(rows(path)) if path.is_file() else []
        for row in table:
            checked += 1
            findings.extend(check(row, known))
        there = {row.reference.strip("`") for row in table}
        for name in wanted.read_text("utf-8").split("\n"):
            if name and name not in there:
                findings.append(f"{relative(path)}: there is no row for {name}")
    return report(checked, findings)


if __name__ == "__main__":
    sys.exit(main())
