"""Holds the code in the documentation to the files it is quoted from, so that it is code that runs.

A fenced block under `<!-- from docs/examples/x.c: region -->` must equal that region of the file,
which lies between `/* [region] */` and `/* [end] */` (`# [region]` and `# [end]` in Python), less
its indentation. Without `: region` it must equal the whole file. Where people copy from, every
block of C, C++ or Python must be quoted so.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import Iterator

from tree import REPOSITORY, line_at, relative, report

QUOTED = re.compile(r"^<!-- from (?P<file>\S+?)(?:: (?P<region>[\w-]+))? -->$", re.M)
FENCE = re.compile(r"^```(?P<language>[\w+]*)\n(?P<text>.*?)^```$", re.S | re.M)
MARK = re.compile(r"^[ \t]*(?:/\* \[([\w-]+)\] \*/|# \[([\w-]+)\])[ \t]*$")
LANGUAGES = {"c", "cpp", "c++", "python"}
TO_COPY_FROM = re.compile(r"README\.md|docs/(tutorial|how-to)/.*")


class Unusable(Exception):
    """A file whose regions cannot be told apart."""


def pages() -> Iterator[Path]:
    yield from sorted(REPOSITORY.glob("*.md"))
    yield from sorted((REPOSITORY / "docs").rglob("*.md"))


def regions(text: str) -> dict[str, str]:
    """name -> text, as the marks in an example have them."""
    found: dict[str, str] = {}
    name, lines = None, []
    for line in text.splitlines():
        mark = MARK.match(line)
        if mark is None:
            lines.append(line)
            continue
        word = mark[1] or mark[2]
        if (name is None) == (word == "end"):
            raise Unusable(f"[{word}] comes where it cannot")
        if word in found:
            raise Unusable(f"[{word}] is there twice")
        if name is not None:
            found[name] = textwrap.dedent("\n".join(lines)).strip("\n")
        name, lines = (None if word == "end" else word), []
    if name is not None:
        raise Unusable(f"[{name}] has no [end]")
    return found


def expected(file: str, region: str | None) -> str:
    path = REPOSITORY / file
    if not file.startswith("docs/examples/") or not path.is_file():
        raise Unusable("there is no such example")
    text = path.read_text(encoding="utf-8")
    if region is None:
        return text.strip("\n")
    known = regions(text)
    if region not in known:
        raise Unusable(f"it has no region [{region}]")
    return known[region]


def findings_of(page: Path) -> tuple[int, list[str]]:
    """How many blocks are quoted in a page, and what is wrong in it."""
    text = page.read_text(encoding="utf-8")
    blocks = {block.start(): block for block in FENCE.finditer(text)}
    wrong = []
    quoted = 0
    for note in QUOTED.finditer(text):
        where = f"{relative(page)}:{line_at(text, note.start())}"
        block = blocks.pop(note.end() + 1, None)
        if block is None:
            wrong.append(f"{where}: no block of code follows on the next line")
            continue
        quoted += 1
        try:
            right = expected(note["file"], note["region"])
        except Unusable as problem:
            wrong.append(f"{where}: {note['file']}: {problem}")
            continue
        if block["text"].strip("\n") != right:
            wrong.append(f"{where}: the block differs from {note['file']}; it should be\n{right}")
    if TO_COPY_FROM.fullmatch(relative(page)):
        for start, block in blocks.items():
            if block["language"] in LANGUAGES:
                where = f"{relative(page)}:{line_at(text, start)}"
                wrong.append(f"{where}: this {block['language']} is quoted from no example")
    return quoted, wrong


def main() -> int:
    checked = 0
    findings = []
    for page in pages():
        quoted, wrong = findings_of(page)
        checked += quoted
        findings += wrong
    return report(checked, findings)


if __name__ == "__main__":
    sys.exit(main())
