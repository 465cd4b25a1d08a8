"""Checks how a built libcoord.so was built: nothing needlessly writable, guarded stacks.

    hardening.py <libcoord.so> <compile_commands.json>
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tree import report

NEEDED = re.compile(
    r"lib(stdc\+\+|m|gcc_s|c|pthread|protobuf-lite)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+"
)

FLAGS = (
    "-D_FORTIFY_SOURCE=2",
    "-fvisibility=hidden",
    "-fstack-protector-strong",
    "-ffile-prefix-map=",
)


def readelf(option: str, library: str) -> str:
    line = ["readelf", "-W", option, library]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def main(library: str, compile_commands: str) -> int:
    dynamic = readelf("-d", library)
    segments = readelf("-l", library)
    symbols = readelf("--dyn-syms", library)
    checks = {
        "has no RELRO segment": "GNU_RELRO" in segments,
        "binds lazily, so its tables stay writable": bool(re.search(r"FLAGS_1.*\bNOW\b", dynamic)),
        "can be unloaded under its threads": bool(re.search(r"FLAGS_1.*\bNODELETE\b", dynamic)),
        "has a search path": not re.search(r"\((RPATH|RUNPATH)\)", dynamic),
        "has text relocations": "TEXTREL" not in dynamic,
        "has an executable stack": bool(re.search(r"GNU_STACK.*\bRW\b", segments)),
        "has no stack protector": "__stack_chk_fail" in symbols,
        "has the wrong name": "[libcoord.so.0]" in dynamic,
    }
    findings = [wrong for wrong, right in checks.items() if not right]
    for name in re.findall(r"\(NEEDED\).*\[(.*?)\]", dynamic):
        if not NEEDED.fullmatch(name):
            findings.append(f"needs {name}")
    with open(compile_commands, encoding="utf-8") as file:
        ours = [one for one in json.load(file) if re.search(r"/(src|capi)/\w", one["file"])]
    lines = [one["command"] for one in ours]
    for flag in FLAGS:
        if not lines or not all(flag in line for line in lines):
            findings.append(f"was not compiled with {flag} throughout")
    return report(len(checks) + len(lines), findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
