"""Every exported function is called by some C program of this folder.

    symbols_test.py <this folder>
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def main(folder: str) -> int:
    room = Path(folder)
    symbols = re.findall(r"^SYMBOL\((\w+)\)$", (room / "symbols.inc").read_text(encoding="utf-8"), re.M)
    called: set[str] = set()
    for path in sorted(room.glob("*_test.c")):
        called.update(re.findall(r"\b(coord_\w+)\s*\(", path.read_text(encoding="utf-8")))
    silent = [symbol for symbol in symbols if symbol not in called]
    if not symbols:
        silent = ["symbols.inc names no symbol"]
    print("\n".join(f"no C test calls {symbol}" for symbol in silent) or f"{len(symbols)} functions, all called")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
