"""Writes the C++ that calls every function of the C API: capi_calls.py OUTPUT.

What an argument is follows from its type, its name and its docstring: TRANSFERRED is given away, OWNED is kept. A function or a
field that no rule is for stops the build, so that none is forgotten.
"""

from __future__ import annotations

import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "capi"))

from header_model import Function, HeaderError, Model, Struct, Variable, read_headers  # noqa: E402

# Written in capi_by_hand.cpp: what the rules would not do well.
BY_HAND = {
    "coord_bytes_new_external", "coord_event_clear", "coord_flight_lock", "coord_group_remove_many",
    "coord_group_remove_many_start", "coord_options_init", "coord_queue_drain", "coord_queue_notify_fd", "coord_queue_wait",
    "coord_runtime_default",
}
NUMBERS = {"size_t", "uint64_t", "int64_t", "int32_t", "uint32_t", "coord_status"}


def said_of(function: Function, name: str) -> str:
    """What the docstring says of a parameter, or of "return" or "thread"."""
    doc = re.sub(r"\n\s*\* ?", "\n", function.doc or "")
    tag = f"@{name}" if name in ("return", "thread") else rf"@param {name}\b"
    found = re.search(rf"{tag}(.*?)(?=\n\s*@|\*/)", doc, re.S)
    return found[1] if found else ""


class Call:
    """The C++ of one call."""

    def __init__(self, function: Function, model: Model) -> None:
        self.function = function
        self.handles = set(model.handles)
        self.structs = {one.name for one in model.structs}
        self.callbacks = {one.name for one in model.callbacks}
        self.blocks = bool(re.search(r"(?<!never )\bblocks", said_of(function, "thread")))
        self.before: list[str] = []
        self.arguments: list[str] = []
        self.after: list[str] = []
        self.has_len = False

    def write(self) -> str:
        left = list(self.function.parameters)
        while left:
            self.take(left)
        name = self.function.name
        call = f"{name}({', '.join(self.arguments)})"
        lines = [f"void call_{name}(machine& m) {{", *self.before]
        result = self.function.result
        if result.name == "void" and result.pointers == 0:
            lines.append(f"    {call};")
        else:
            lines.append(f"    const auto got = {call};")
        lines += self.after + self.looked_at(result) + ["    m.called();", "}"]
        return "\n".join(lines)

    def looked_at(self, result) -> list[str]:
        if result.name == "coord_status" and self.function.parameters[-1].name == "err":
            return ["    m.ended(got, err);"]
        if result.name in ("char", "void") and result.pointers:
            return ["    m.look_at(got, len);" if self.has_len else "    m.look_at(got);"]
        if result.name in self.handles and "OWNED" in said_of(self.function, "return"):
            return ["    m.keep(got);"]
        return [] if result.pointers == 0 and result.name == "void" else ["    (void)got;"]

    def take(self, left: list[Variable]) -> None:
        one = left.pop(0)
        after = left[0].name if left else ""
        name, kind = one.name, one.type
        if kind.pointers == 2:
            if name == "err":
                return self.give("failure err(m);", "err.at()")
            self.after.append(f"    {name}.check(got);")
            return self.give(f"made<{kind.name}> {name}(m);", f"{name}.at()")
        if kind.name in self.handles:
            way = "given" if "TRANSFERRED" in said_of(self.function, name) else "some"
            return self.give(f"auto* const {name} = m.{way}<{kind.name}>();", name)
        if kind.name in self.structs and name.endswith("stats"):
            return self.give(f"counters<{kind.name}> {name}(m);", f"{name}.at()")
        if kind.name in self.structs:
            need = "true" if self.blocks and name == "call" else "false"
            return self.give(f"options<{kind.name}> {name}(m, {need});", f"{name}.at()")
        if kind.name in self.callbacks:
            return self.give(f"const auto {name} = m.host_function<{kind.name}>();", name)
        if kind.pointers and kind.name == "char" and after == f"{name}_len":
            left.pop(0)
            return self.give(f'const auto {name} = m.text("{name}");', f"{name}.at, {name}.len")
        if kind.pointers and kind.name == "void" and kind.is_const and after == "len":
            left.pop(0)
            return self.give("const auto data = m.memory();", "data.at, data.len")
        if kind.name == "void" and name == "buffer" and after == "cap":
            left.pop(0)
            return self.give("room buffer(m);", "buffer.at, buffer.cap")
        if kind.name == "void" and name == "user" and after == "user_free":
            left.pop(0)
            return self.give("const auto user = m.new_user();", "user.at, user.free")
        if kind.name == "void" and name == "user":
            return self.give("void* const user = nullptr;", name)
        if kind.pointers and kind.name in ("size_t", "uint8_t"):
            self.has_len = self.has_len or name == "len"
            return self.give(f"number_out<{kind.name}> {name}(m);", f"{name}.at()")
        if kind.pointers == 0 and kind.name in NUMBERS:
            if name == "timeout_ns":
                return self.give(f"const auto {name} = m.time({str(self.blocks).lower()});", name)
            return self.give(f'const auto {name} = m.number<{kind.name}>("{name}");', name)
        raise HeaderError(f"no rule for the parameter {name} of {self.function.name}")

    def give(self, line: str, argument: str) -> None:
        self.before.append("    " + line)
        self.arguments.append(argument)


def fields_of(struct: Struct, model: Model) -> str:
    lines = [f"template <>\nvoid fill(machine& m, {struct.name}& to, bool soon) {{"]
    names = {one.name for one in struct.fields}
    for one in struct.fields:
        name, kind = one.name, one.type
        if name == "size" or name.endswith("user_free") or (name.endswith("_len") and name[:-4] in names):
            continue
        if f"{name}_free" in names:
            whose = ", host::whose::picker" if struct.name == "coord_picker_options" else ""
            lines.append(f"    m.set_user(to.{name}, to.{name}_free{whose});")
        elif f"{name}_len" in names:
            lines.append(f'    m.set_text("{name}", to.{name}, to.{name}_len);')
        elif name in {one.name for one in model.callbacks} or kind.name in {one.name for one in model.callbacks}:
            lines.append(f"    to.{name} = m.host_function<{kind.name}>();")
        elif kind.pointers and kind.name in model.handles:
            lines.append(f"    if (m.one_in(2)) to.{name} = m.some<{kind.name}>();")
        elif kind.pointers and kind.name == "void":
            lines.append(f"    m.set_any(to.{name});")
        elif name.endswith("_unix_ns"):
            lines.append(f"    to.{name} = m.date();")
        elif name.endswith("_ns"):
            lines.append(f"    to.{name} = m.time(soon);")
        elif kind.pointers == 0 and kind.name in NUMBERS:
            lines.append(f'    to.{name} = m.option<{kind.name}>("{name}");')
        else:
            raise HeaderError(f"no rule for the field {name} of {struct.name}")
    if {"load", "requests"} <= names:
        lines.append("    if (to.load != nullptr && to.requests != nullptr && !m.one_in(8)) to.requests = nullptr;")
    return "\n".join([*lines, "    (void)soon;", "}"])


def main() -> int:
    model = read_headers()
    structs = [one for one in model.structs if one.name.endswith(("_options", "_message"))]
    functions = sorted(model.functions, key=lambda one: one.name)
    lines = ["// Generated by capi_calls.py from the headers in include/coord; not to be edited.",
             '#include "fuzz/capi_machine.hpp"', "", "namespace coord::fuzz {", ""]
    lines += [f"void by_hand_{one}(machine& m);" for one in sorted(BY_HAND)]
    lines += [fields_of(one, model) for one in structs]
    lines.append("namespace {")
    lines += [Call(one, model).write() for one in functions if one.name not in BY_HAND]
    lines += ["}  // namespace", "const std::vector<call_kind>& every_call() {",
              "    static const std::vector<call_kind> all = {"]
    for one in functions:
        way = "by_hand" if one.name in BY_HAND else "call"
        lines.append(f'        {{"{one.name}", &{way}_{one.name}}},')
    lines += ["    };", "    return all;", "}", "}  // namespace coord::fuzz", ""]
    pathlib.Path(sys.argv[1]).write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HeaderError as error:
        sys.exit(f"capi_calls.py: {error}")
