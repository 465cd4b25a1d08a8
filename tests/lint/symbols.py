"""Checks what a built libcoord.so shows: exactly the symbols of the export map, each in its node.

    symbols.py <libcoord.so>
"""

from __future__ import annotations

import re
import subprocess
import sys

from tree import REPOSITORY, report


def promised() -> dict[str, str]:
    """symbol -> version node, as capi/exports.map has them."""
    text = (REPOSITORY / "capi" / "exports.map").read_text(encoding="utf-8")
    symbols = {}
    for node, body in re.findall(r"^(COORD_[\d.]+) \{(.*?)^\}", text, re.S | re.M):
        for name in re.findall(r"^\s+(coord_\w+);", body, re.M):
            symbols[name] = node
    return symbols


def shown(library: str) -> tuple[dict[str, str], set[str]]:
    """(symbol -> version node, the nodes themselves), as the library has them."""
    listing = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library],
                             check=True, capture_output=True, text=True).stdout
    symbols = {}
    nodes = set()
    for line in listing.splitlines():
        kind, name = line.split()[-2:]
        base, _, version = name.partition("@@")
        if kind == "A":
            nodes.add(base)
        else:
            symbols[base] = version
    return symbols, nodes


def main(library: str) -> int:
    expected = promised()
    got, nodes = shown(library)
    unexpected = sorted(got.keys() - expected.keys())
    lacking = sorted(expected.keys() - got.keys())
    findings = [f"{name} is shown, but not in the export map" for name in unexpected]
    findings += [f"{name} is in the export map, but not defined" for name in lacking]
    for name in sorted(expected.keys() & got.keys()):
        if got[name] != expected[name]:
            found = got[name] or "(none)"
            findings.append(f"{name} is in the node {found}, not in {expected[name]}")
    if nodes != set(expected.values()):
        findings.append(f"the nodes are {sorted(nodes)}, not {sorted(set(expected.values()))}")
    return report(len(got), findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
