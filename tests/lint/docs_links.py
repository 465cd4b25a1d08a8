"""Holds the links in the documentation that stay inside this repository to files that exist."""

from __future__ import annotations

import re
import sys

from tree import REPOSITORY, line_at, relative, report

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)(#[^)\s]*)?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.S | re.M)


def main() -> int:
    checked = 0
    findings = []
    for page in [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]:
        text = CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), page.read_text("utf-8"))
        for link in LINK.finditer(text):
            checked += 1
            if not (page.parent / link[1]).exists():
                where = f"{relative(page)}:{line_at(text, link.start())}"
                findings.append(f"{where}: there is no {link[1]}")
    return report(checked, findings)


if __name__ == "__main__":
    sys.exit(main())
