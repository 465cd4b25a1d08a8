"""Reads the C headers into a small model of what they declare.

This is not a C parser: it knows the one strict form in which include/coord/*.h are written, and
stops with a message where a header leaves it. gen.py writes files from the model,
tests/lint/docs.py checks the comments with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
HEADERS = REPOSITORY / "include" / "coord"


class HeaderError(Exception):
    """A header is not in the form that is understood here."""


@dataclass(frozen=True)
class Type:
    """A C type: const char * is Type("char", 1, is_const=True)."""

    name: str
    pointers: int = 0
    is_const: bool = False
    array: int = 0


@dataclass(frozen=True)
class Variable:
    """A parameter, or a field of a struct."""

    name: str
    type: Type


@dataclass
class Function:
    """A declaration, a function pointer type included (which has no doc of its own form)."""

    name: str
    result: Type
    parameters: list[Variable]
    header: str
    line: int = 0
    doc: str | None = None

    @property
    def since(self) -> str:
        found = re.search(r"@since\s+(\S+)", self.doc or "")
        if not found:
            raise HeaderError(f"{self.header}:{self.line}: {self.name} has no @since")
        return found.group(1)


@dataclass
class Struct:
    name: str
    fields: list[Variable]
    header: str


@dataclass
class Model:
    """Everything the headers declare, in their order (a header comes after those it includes)."""

    headers: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    handles: list[str] = field(default_factory=list)
    # Structs and function pointer types, in the order in which they must be defined.
    types: list[Struct | Function] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)

    @property
    def structs(self) -> list[Struct]:
        return [one for one in self.types if isinstance(one, Struct)]

    @property
    def callbacks(self) -> list[Function]:
        return [one for one in self.types if isinstance(one, Function)]


_VARIABLE = re.compile(r"(const\s+)?(?:struct\s+)?(\w+)\s*((?:\*\s*)*)(\w+)(?:\[(\d+)\])?")
_RESULT = re.compile(r"(const\s+)?(\w+)\s*((?:\*\s*)*)")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_ITEM = re.compile(
    r"""(?P<doc>/\*\*.*?\*/)
      | (?P<comment>/\*.*?\*/)
      | ^\#define\s+(?P<macro>COORD_\w+)[ \t]+(?P<value>[^\n\\]+)$
      | ^(?P<directive>\#[^\n]*(?:\\\n[^\n]*)*)
      | (?P<extern>extern\s+"C"\s*\{) | (?P<close>^\}$)
      | ^enum\s*\{(?P<enum>.*?)\};
      | ^typedef\s+struct\s+(?P<struct>\w+)\s*\{(?P<fields>.*?)^\}\s*(?P=struct);
      | ^typedef\s+struct\s+(?P<handle>\w+)\s+(?P=handle);
      | ^typedef\s+(?P<fnresult>[^;()]*?)\(\*(?P<fn>\w+)\)\((?P<fnparams>[^;]*)\);
      | ^typedef\s+(?P<aliased>\w+)\s+(?P<alias>\w+);
      | ^COORD_API\s+(?P<result>[^;()]*?)(?P<name>\w+)\((?P<params>[^;]*)\);
      | (?P<space>\s+)""",
    re.S | re.M | re.X,
)


def _variable(text: str, where: str) -> Variable:
    found = _VARIABLE.fullmatch(text.strip())
    if not found:
        raise HeaderError(f"{where}: not understood: {text.strip()!r}")
    const, name, stars, variable, array = found.groups()
    return Variable(variable, Type(name, stars.count("*"), bool(const), int(array or 0)))


def _result(text: str, where: str) -> Type:
    found = _RESULT.fullmatch(text.strip())
    if not found:
        raise HeaderError(f"{where}: not understood: {text.strip()!r}")
    const, name, stars = found.groups()
    return Type(name, stars.count("*"), bool(const))


def _parameters(text: str, where: str) -> list[Variable]:
    if text.strip() == "void":
        return []
    return [_variable(one, where) for one in text.split(",")]


def _enum(text: str, where: str) -> dict[str, str]:
    constants = {}
    for one in _COMMENT.sub("", text).split(","):
        if not one.strip():
            continue
        name, equals, value = (part.strip() for part in one.partition("="))
        if not equals:
            raise HeaderError(f"{where}: {name} has no value written down")
        constants[name] = value
    return constants


def _read_header(model: Model, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    doc: str | None = None
    at = 0
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        where = f"{path.name}:{line}"
        item = _ITEM.match(text, at)
        if not item:
            raise HeaderError(f"{where}: not understood: {text[at:].splitlines()[0]!r}")
        at = item.end()
        got = item.groupdict()
        if got["space"]:
            continue
        if got["doc"]:
            doc = got["doc"]
            continue
        if got["macro"] and got["macro"] != "COORD_API":
            model.constants[got["macro"]] = _COMMENT.sub("", got["value"]).strip()
        elif got["enum"] is not None:
            model.constants.update(_enum(got["enum"], where))
        elif got["struct"]:
            lines = _COMMENT.sub("", got["fields"]).split(";")
            fields = [_variable(one, where) for one in lines if one.strip()]
            model.types.append(Struct(got["struct"], fields, path.name))
        elif got["handle"]:
            model.handles.append(got["handle"])
        elif got["fn"]:
            parameters = _parameters(got["fnparams"], where)
            result = _result(got["fnresult"], where)
            model.types.append(Function(got["fn"], result, parameters, path.name, line, doc))
        elif got["alias"]:
            model.aliases[got["alias"]] = got["aliased"]
        elif got["name"]:
            parameters = _parameters(got["params"], where)
            result = _result(got["result"], where)
            model.functions.append(Function(got["name"], result, parameters, path.name, line, doc))
        doc = None


def read_headers(folder: Path = HEADERS) -> Model:
    """Reads all headers of a folder, each after those it includes."""
    model = Model()

    def visit(path: Path) -> None:
        if path.name in model.headers:
            return
        text = path.read_text(encoding="utf-8")
        for included in re.findall(r"^#include <coord/(\w+\.h)>", text, re.M):
            visit(folder / included)
        model.headers.append(path.name)
        _read_header(model, path)

    for path in sorted(folder.glob("*.h")):
        visit(path)
    return model
