"""Functions of yours that a runtime calls when groups are made."""

from __future__ import annotations

import itertools
import threading
from ctypes import string_at
from typing import Any, Callable

from . import _ffi, errors
from ._unraised import unraised

_hooks: dict[int, Callable[..., Any]] = {}
_numbers = itertools.count(1)


class _Making(threading.local):
    """The group that this thread is making, and what went wrong in a function meanwhile."""

    group: Any = None
    raised: BaseException | None = None


making = _Making()


def register(hook: Callable[..., Any]) -> int:
    """The number by which C knows a hook."""
    number = next(_numbers)
    _hooks[number] = hook
    return number


def unregister(number: int, known: dict[int, Callable[..., Any]] = _hooks) -> None:
    """No call follows. Called by destructors, see finish()."""
    known.pop(number, None)


def explain(error: errors.Error) -> None:
    """Gives the failure to make a group what the picker function raised as its cause."""
    raised, making.raised = making.raised, None
    if isinstance(error, errors.HostFailed) and error.__cause__ is None:
        error.__cause__ = raised


@_ffi.coord_group_fn  # type: ignore[untyped-decorator]
def on_new_group(number: int, handle: int) -> None:
    """What C calls when a group was made, on the thread that makes it."""
    hook, group = _hooks.get(number), making.group
    if hook is None or group is None:
        return
    group._handle = handle
    group._enter()
    try:
        hook(group)
    except BaseException as error:
        unraised("on_new_group", error)


@_ffi.coord_start_fn  # type: ignore[untyped-decorator]
def on_server_start(number: int) -> None:
    """What C calls before the first group."""
    hook = _hooks.get(number)
    if hook is not None:
        try:
            hook()
        except BaseException as error:
            unraised("on_server_start", error)


@_ffi.coord_group_picker_fn  # type: ignore[untyped-decorator]
def on_picker(number: int, name: int, length: int) -> int | None:
    """What C calls for a group without a picker of its own."""
    hook = _hooks.get(number)
    if hook is None:
        return None
    try:
        text = string_at(name, length) if length else b""
        found: int | None = hook(text.decode("utf-8", "surrogateescape"))
        return found
    except BaseException as error:
        making.raised = error
        # No picker, and so the group fails.
        return None if making.group is None else making.group._runtime._handle
