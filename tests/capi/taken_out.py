"""Takes one function out of the library at a time, and holds the test that a map names for it to failing.

    taken_out.py <folder of the test programs>

For each row of docs/reference/groupcache-map.md whose test is a program, the first C function of the row is replaced by one
that refuses (with LD_PRELOAD), the named test runs, and must fail. A test that passes all the same shows nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "lint"))

from reference_maps import rows  # noqa: E402

DECLARATION = re.compile(r"COORD_API\s+([\w ]+?\*?)\s*\b(coord_\w+)\(", re.S)


def result_types() -> dict[str, str]:
    found = {}
    for header in sorted((REPOSITORY / "include" / "coord").glob("*.h")):
        for type_, name in DECLARATION.findall(header.read_text("utf-8")):
            found[name] = " ".join(type_.split())
    return found


def refusing(name: str, type_: str) -> str:
    if type_ == "void":
        return f"void {name}(void) {{}}\n"
    if type_.endswith("*"):
        return f"void *{name}(void) {{ return 0; }}\n"
    refusal = 11 if type_ == "coord_status" else -1
    return f"long long {name}(void) {{ return {refusal}; }}\n"


def command_of(test: str, programs: Path) -> list[str] | None:
    """How the file's tests alone are run."""
    path = Path(test)
    if path.parts[:2] == ("tests", "capi") and path.suffix == ".c":
        return [str(programs / f"capi_{path.stem}")]
    if path.parts[:2] == ("tests", "cpp") and path.suffix == ".cpp":
        suites = set(re.findall(r"^TEST(?:_F|_P)?\((\w+),", (REPOSITORY / test).read_text("utf-8"), re.M))
        for program in sorted(programs.glob("cpp_*test")):
            listed = subprocess.run([str(program), "--gtest_list_tests"], capture_output=True, text=True, check=True).stdout
            if any(re.search(rf"^(?:\w+/)?{suite}[./]", listed, re.M) for suite in suites):
                return [str(program), "--gtest_filter=" + ":".join(f"*{suite}*.*" for suite in sorted(suites))]
    return None


def pairs() -> list[tuple[str, str]]:
    """(function, test file), each once."""
    found: dict[tuple[str, str], None] = {}
    for row in rows(REPOSITORY / "docs" / "reference" / "groupcache-map.md"):
        function = re.search(r"`(coord_\w+)", row.c)
        for test in re.findall(r"`(tests/(?:capi|cpp)/[^`]+)`", row.shown_by):
            if function:
                found[(function[1], test)] = None
    return list(found)


def main(programs: str) -> int:
    types = result_types()
    checked = 0
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for function, test in pairs():
            command = command_of(test, Path(programs))
            if command is None or function not in types:
                continue
            source, library = Path(folder, "out.c"), Path(folder, f"{function}.so")
            source.write_text(refusing(function, types[function]), "utf-8")
            subprocess.run(["cc", "-w", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
            try:
                run = subprocess.run(command, env={**os.environ, "LD_PRELOAD": str(library)}, timeout=60,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
                failed = run.returncode not in (0, 77)
            except subprocess.TimeoutExpired:
                failed = True
            checked += 1
            if not failed:
                wrong.append(f"{test} passes without {function}")
    print("\n".join(wrong) or f"{checked} functions taken out, each found missing")
    return 1 if wrong or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
