"""Checks of what callers pass: the wrong type is a TypeError, the wrong value an InvalidArgument.

Both name the argument. Nothing here is called for a key that is found in memory.
"""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Iterable
from typing import Any, Callable, Mapping, TypeVar

from .errors import InvalidArgument

_Wanted = TypeVar("_Wanted")
_Choice = TypeVar("_Choice")

_SHOWN = 60
_LARGEST = (1 << 63) - 1


def _told(value: object) -> str:
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 3] + "..."
    return f"{type(value).__name__}: {shown}"


def wrong_type(name: str, wanted: str, value: object) -> TypeError:
    """The exception for an argument that is not what it should be."""
    return TypeError(f"{name} must be {wanted}, not {_told(value)}")


def whole(name: str, value: Any, least: int, most: int = _LARGEST) -> int:
    """A whole number within bounds; 1e6 is one, True is not."""
    if isinstance(value, bool):
        raise wrong_type(name, "a whole number", value)
    if isinstance(value, float):
        if not value.is_integer():
            raise InvalidArgument(f"{name} must be a whole number: {value!r}")
        value = int(value)
    try:
        number = operator.index(value)
    except TypeError:
        raise wrong_type(name, "a whole number", value) from None
    if not least <= number <= most:
        raise InvalidArgument(f"{name} must be {least:,} to {most:,}: {number!r}")
    return number


def one_of(name: str, value: object, allowed: Mapping[str, _Choice]) -> _Choice:
    """What a word stands for."""
    wanted = f"one of {', '.join(map(repr, allowed))}"
    if not isinstance(value, str):
        raise wrong_type(name, wanted, value)
    if value not in allowed:
        raise InvalidArgument(f"{name} must be {wanted}: {value!r}")
    return allowed[value]


def instance_or_none(name: str, value: object, wanted: type[_Wanted]) -> _Wanted | None:
    """An object of one of our classes, or None."""
    if value is None or isinstance(value, wanted):
        return value
    raise wrong_type(name, f"a coord.{wanted.__name__} or None", value)


def text_or_none(name: str, value: object) -> bytes | None:
    """A text as C takes it, or None."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong_type(name, "str or None", value)
    return value.encode("utf-8", "surrogateescape")


def peer_list(peers: object) -> bytes:
    """A list of peers as C takes it."""
    if isinstance(peers, (str, bytes)) or not isinstance(peers, Iterable):
        raise wrong_type("peers", "several texts, such as a list of str", peers)
    names = list(peers)
    for name in names:
        if not isinstance(name, str):
            raise wrong_type("each of peers", "str", name)
        if not name or "," in name or name.split() != [name]:
            raise InvalidArgument(f"peers hold neither commas nor white space: {name!r}")
    return ",".join(names).encode("utf-8", "surrogateescape")


def keys_are_text(keys: object) -> bool:
    """Whether a loader gets its keys as str."""
    if keys not in (str, bytes):
        raise InvalidArgument(f"keys must be the type str or the type bytes: {keys!r}")
    return keys is str


def function_or_none(name: str, value: object) -> None:
    """Refuses what is neither None nor can be called."""
    if value is not None and not callable(value):
        raise wrong_type(name, "a function", value)


def group_name(decorator: str, name: Any) -> None:
    """Refuses what is no name of a group, such as the function under a bare @coord.group."""
    if isinstance(name, (str, bytes)):
        return
    if callable(name):
        function = getattr(name, "__name__", "a name")
        raise TypeError(
            f"{decorator} needs the group's name: write @{decorator}({function!r}) above the loader"
        )
    raise wrong_type("name", "str or bytes", name)


def _without_arguments(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _is_coroutine_function(function: Any) -> bool:
    function = _without_arguments(function)
    of_object = getattr(type(function), "__call__", None)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(of_object)


def plain_function(name: str, function: Any) -> None:
    """Refuses what would give a coroutine instead of a value."""
    function_or_none(name, function)
    if _is_coroutine_function(function):
        raise TypeError(
            f"{name} must be a plain function, and {_called(function)} is a coroutine function: "
            "use coord.aio.group (or coord.aio.Group), or write def instead of async def"
        )


def decorated_coroutine(load: Callable[..., Any]) -> None:
    """Refuses a plain function under @coord.aio.group, unless it wraps a coroutine function."""
    function = _without_arguments(load)
    is_plain = inspect.isfunction(function) or inspect.ismethod(function)
    if is_plain and not _is_coroutine_function(inspect.unwrap(function)):
        raise TypeError(
            f"load must be a coroutine function, and {_called(load)} is a plain one: "
            "use coord.group, or write async def instead of def"
        )


def decorated(load: object) -> None:
    """Refuses what a decorator cannot make a loader of."""
    if not callable(load):
        raise wrong_type("what is decorated", "a function", load)


def _called(function: Any) -> str:
    return getattr(_without_arguments(function), "__qualname__", None) or repr(function)
