"""Holds the comments of the C headers to what they declare: parameters, result, version."""

from __future__ import annotations

import re
import sys

from tree import REPOSITORY, report

sys.path.insert(0, str(REPOSITORY / "capi"))
from header_model import Function, read_headers  # noqa: E402

TAGS = {"param", "return", "thread", "since", "see", "source"}


def complaints(function: Function, known: set[str]) -> list[str]:
    doc = function.doc
    if not doc:
        return ["has no comment"]
    wrong = []
    text = re.sub(r"^[ \t]*/?\*+/?[ \t]?", "", doc, flags=re.M).strip()
    if text.startswith("@") or not re.match(r"[A-Z].*?[.:]", text, re.S):
        wrong.append("does not begin with a sentence")
    for tag in re.findall(r"^@(\w+)", text, re.M):
        if tag not in TAGS:
            wrong.append(f"uses the unknown @{tag}")
    for tag in ("thread", "since"):
        if len(re.findall(rf"^@{tag}\s+\S", text, re.M)) != 1:
            wrong.append(f"needs one @{tag}")
    described = re.findall(r"^@param\s+(\w+)\s+\S", text, re.M)
    declared = [parameter.name for parameter in function.parameters]
    if described != declared:
        wrong.append(f"describes {described}, but takes {declared}")
    gives = function.result.name != "void" or function.result.pointers > 0
    if gives != bool(re.search(r"^@return\s+\S", text, re.M)):
        wrong.append("needs @return" if gives else "has @return, but gives nothing")
    for name in re.findall(r"\b(coord_[a-z0-9_]+[a-z0-9])\b(?!\.)", text):
        if name not in known:
            wrong.append(f"mentions {name}, which does not exist")
    return wrong


def main() -> int:
    model = read_headers()
    known = {one.name for one in model.functions} | {one.name for one in model.types}
    known |= set(model.handles) | set(model.aliases)
    findings = []
    for function in model.functions:
        where = f"include/coord/{function.header}:{function.line}: {function.name}"
        findings += [f"{where} {wrong}" for wrong in complaints(function, known)]
    for one in model.types:
        if not one.name.startswith("coord_"):
            findings.append(f"include/coord/{one.header}: {one.name} lacks the prefix coord_")
    return report(len(model.functions), findings)


if __name__ == "__main__":
    sys.exit(main())
