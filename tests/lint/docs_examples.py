"""Holds the code in the documentation to the files it is quoted from, so that it is code that runs.

A fenced block under `<!-- from docs/examples/x.c: region -->` must equal that region of the file,
which lies between `/* [region] */` and `/* [end] */` (`# [region]` and `# [end]` in Python), less
its indentation. Without `: region` it must equal the whole file. Where people copy from, every
block of C, C++ or Python must be quoted so.

Under `<!-- typed in order: docs/examples/x.c -->` a page's blocks of that file, one after the
other, must be all of its code, for those who type what they read.
"""

from __future__ import annotations

import re
import sys
import textwrap
from itertools import zip_longest
from pathlib import Path
from typing import Iterator

from tree import REPOSITORY, line_at, relative, report

QUOTED = re.compile(r"^<!-- from (?P<file>\S+?)(?:: (?P<region>[\w-]+))? -->$", re.M)
TYPED = re.compile(r"^<!-- typed in order: (?P<file>\S+) -->$", re.M)
REMARK = re.compile(r"/\*.*\*/|#( .*)?|//.*")
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


def code_lines(text: str) -> list[str]:
    """The lines that are neither empty nor a remark, without indentation."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not REMARK.fullmatch(line)]


def typed_findings(page: Path, text: str) -> list[str]:
    """What somebody would lack who types the blocks of a page in order."""
    wrong = []
    for claim in TYPED.finditer(text):
        typed: list[str] = []
        for note in QUOTED.finditer(text):
            block = FENCE.match(text, note.end() + 1)
            if block is not None and note["file"] == claim["file"]:
                typed += code_lines(block["text"])
        path = REPOSITORY / claim["file"]
        whole = code_lines(path.read_text(encoding="utf-8")) if path.is_file() else ["no such file"]
        for told, right in zip_longest(typed, whole, fillvalue="the end"):
            if told != right:
                where = f"{relative(page)}:{line_at(text, claim.start())}"
                wrong.append(f"{where}: {claim['file']} has '{right}' where one types '{told}'")
                break
    return wrong


def findings_of(page: Path) -> tuple[int, list[str]]:
    """How many blocks are quoted in a page, and what is wrong in it."""
    text = page.read_text(encoding="utf-8")
    blocks = {block.start(): block for block in FENCE.finditer(text)}
    wrong = typed_findings(page, text)
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
