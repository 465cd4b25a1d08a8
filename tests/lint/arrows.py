"""Holds the directions in which the rooms of this repository may include each other."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tree import REPOSITORY, files, line_at, relative, report

# room -> the rooms of src/ it may include, itself apart.
ROOMS: dict[str, set[str]] = {
    "base": set(),
    "runtime": {"base"},
    "cache": {"base"},
    "ring": {"base"},
    "http": {"base", "runtime"},
    "groupcache": {"base", "runtime", "cache", "ring", "http"},
    "admin": {"base", "runtime", "cache", "ring", "http", "groupcache"},
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
# Heavy or foreign types stay behind a .cpp file.
SOURCE_ONLY = re.compile(r"boost/(asio|beast|json)|google/protobuf|.*\.pb\.h|nats")


def complaint_about_public(path: Path, bracket: str, name: str) -> str | None:
    if bracket == '"':
        return "public headers are included as <coord/...>"
    if name.startswith("coord/"):
        if path.suffix == ".h" and not name.endswith(".h"):
            return "a C header includes the C++ wrapper"
        exists = (REPOSITORY / "include" / name).is_file()
        return None if exists else "there is no such public header"
    if path.suffix == ".h":
        allowed = name in {"stddef.h", "stdint.h"}
        return None if allowed else "C headers include <stddef.h> and <stdint.h> only"
    allowed = re.fullmatch(r"[a-z_]+", name)
    return None if allowed else "the wrapper includes <coord/...> and the standard library only"


def complaint_about_program(path: Path, bracket: str, name: str) -> str | None:
    if bracket == "<":
        heavy = re.match(r"boost|CLI|curl", name)
        return "only .cpp files include this" if heavy and path.suffix == ".hpp" else None
    own = name.startswith("cli/") and (REPOSITORY / "src" / name).is_file()
    return None if own else "the program knows itself and <coord/...> only"


def complaint_about_core(path: Path, bracket: str, name: str) -> str | None:
    room = path.relative_to(REPOSITORY / "src").parts[0]
    if room == "cli":
        return complaint_about_program(path, bracket, name)
    if bracket == "<":
        if name.startswith("coord/") and name != "coord/status.h":
            return "the core knows <coord/status.h> only"
        if path.suffix == ".hpp" and SOURCE_ONLY.match(name):
            return "only .cpp files include this"
        return None
    if room not in ROOMS:
        return f"the room {room} is not known to this test"
    target = name.split("/")[0]
    if "/" not in name or not (REPOSITORY / "src" / name).is_file():
        return 'files of the core are included as "room/file.hpp"'
    if target != room and target not in ROOMS[room]:
        return f"{room} must not know {target}"
    return None


def complaint_about_capi(path: Path, bracket: str, name: str) -> str | None:
    if bracket == "<":
        return None if name.endswith(".h") or "/" not in name else "the C API is plain translation"
    own = name.startswith("capi/") and (REPOSITORY / name).is_file()
    core = name.split("/")[0] in ROOMS and (REPOSITORY / "src" / name).is_file()
    return None if own or core else "neither capi/ nor a known room has such a file"


CHECKS = {
    "include": complaint_about_public,
    "src": complaint_about_core,
    "capi": complaint_about_capi,
}


def main() -> int:
    findings = []
    checked = 0
    for room, complain in CHECKS.items():
        for path in files(room, suffixes=(".h", ".hpp", ".cpp")):
            text = path.read_text(encoding="utf-8")
            for found in INCLUDE.finditer(text):
                checked += 1
                wrong = complain(path, found[1], found[2])
                if wrong:
                    where = f"{relative(path)}:{line_at(text, found.start())}"
                    findings.append(f"{where}: #include {found[2]}: {wrong}")
    return report(checked, findings)


if __name__ == "__main__":
    sys.exit(main())
