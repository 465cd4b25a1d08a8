"""Compares the generated ctypes structs and constants with the C compiler's.

    layout_test.py <the program built from layout.c>
"""

from __future__ import annotations

import ctypes
import importlib.util
import subprocess
import sys
from pathlib import Path

FFI = Path(__file__).resolve().parents[2] / "python" / "coord" / "_ffi.py"


def load_ffi():
    """The generated module alone: the package around it would look for the library."""
    spec = importlib.util.spec_from_file_location("coord_ffi", FFI)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_python_sees_it(ffi, kind: str, name: str) -> list[int]:
    if kind == "constant":
        return [getattr(ffi, name) % 2**64]
    if kind == "struct":
        struct = getattr(ffi, name)
        return [ctypes.sizeof(struct), ctypes.alignment(struct)]
    struct, _, field = name.partition(".")
    descriptor = getattr(getattr(ffi, struct), field)
    return [descriptor.offset, descriptor.size]


def main(program: str) -> int:
    ffi = load_ffi()
    printed = subprocess.run([program], check=True, capture_output=True, text=True)
    lines = printed.stdout.splitlines()
    structs = {line.split()[1] for line in lines if line.startswith("struct ")}
    if not structs or "constant COORD_OK 0" not in lines:
        sys.exit("the program printed no layout")
    wrong = []
    for line in lines:
        kind, name, *numbers = line.split()
        expected = [int(number) for number in numbers]
        got = as_python_sees_it(ffi, kind, name)
        if got != expected:
            wrong.append(f"{kind} {name}: C has {expected}, Python has {got}")
    for name, value in vars(ffi).items():
        if isinstance(value, type) and issubclass(value, ctypes.Structure) and name != "Structure":
            if name not in structs:
                wrong.append(f"struct {name}: C does not have it")
            filled = sum(getattr(value, field[0]).size for field in value._fields_)
            if filled != ctypes.sizeof(value):
                wrong.append(f"struct {name}: has padding, which callers leave unset")
    print("\n".join(wrong) or f"{len(lines)} lines agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
