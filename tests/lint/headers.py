"""Compiles each header alone, as users do, with all warnings as errors.

    headers.py public   include/coord: *.h as C11 and C++20, *.hpp as C++20; by gcc, and by clang
                        where it is installed
    headers.py core     src and capi: *.hpp as C++20, by gcc
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tree import REPOSITORY, files, relative, report

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
COMPILERS = {
    "gcc": (shutil.which("gcc"), shutil.which("g++")),
    "clang": (shutil.which("clang-14"), shutil.which("clang++-14")),
}


def command(family: str, language: str, path: Path, includes: list[str]) -> list[str] | None:
    compiler = COMPILERS[family][0 if language == "c" else 1]
    if compiler is None:
        return None
    standard = "-std=c11" if language == "c" else "-std=c++20"
    flags = [f"-I{REPOSITORY / one}" for one in includes]
    # As it is spelled in an #include.
    spelled = relative(path).removeprefix("include/").removeprefix("src/")
    # Included from an empty file rather than compiled itself, as no user compiles a header.
    return [compiler, standard, *WARNINGS, *flags, "-x", language, "-include", spelled, "/dev/null"]


def commands(which: str) -> list[tuple[str, list[str]]]:
    wanted = []
    if which == "public":
        for path in files("include", suffixes=(".h", ".hpp")):
            languages = ["c", "c++"] if path.suffix == ".h" else ["c++"]
            for family in COMPILERS:
                for language in languages:
                    line = command(family, language, path, ["include"])
                    wanted.append((f"{relative(path)} as {language} by {family}", line))
    else:
        for path in files("src", "capi", suffixes=(".hpp",)):
            line = command("gcc", "c++", path, ["include", "src", "."])
            wanted.append((relative(path), line))
    return [(name, line) for name, line in wanted if line]


def main(which: str) -> int:
    wanted = commands(which)

    def compile_one(one: tuple[str, list[str]]) -> str | None:
        done = subprocess.run(one[1], capture_output=True, text=True)
        return f"{one[0]}:\n{done.stderr}" if done.returncode else None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = [found for found in pool.map(compile_one, wanted) if found]
    return report(len(wanted), findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
