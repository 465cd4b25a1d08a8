"""What a runtime tells of its groups, and how it is asked for them; also on the default runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Union

from ._log import LogFunction
from .runtime import default_runtime

if TYPE_CHECKING:
    from .aio import Group as AioGroup
    from .groups import Group

    AnyGroup = Union[Group, AioGroup]


def set_log(log: LogFunction | None, level: str = "warn") -> None:
    """Runtime.set_log() of the default runtime."""
    default_runtime().set_log(log, level)


def on_new_group(told: Callable[[Any], object]) -> None:
    """Runtime.on_new_group() of the default runtime."""
    default_runtime().on_new_group(told)


def on_server_start(start: Callable[[], object]) -> None:
    """Runtime.on_server_start() of the default runtime."""
    default_runtime().on_server_start(start)


def set_picker(choose: Callable[[str], Any]) -> None:
    """Runtime.set_picker() of the default runtime."""
    default_runtime().set_picker(choose)


def find_group(name: str | bytes) -> AnyGroup | None:
    """Runtime.find_group() of the default runtime."""
    found: AnyGroup | None = default_runtime().find_group(name)
    return found


def dump() -> str:
    """Runtime.dump() of the default runtime."""
    return default_runtime().dump()
