"""Pickers: who owns which key, decided by you."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from ctypes import byref, c_void_p, sizeof, string_at
from typing import Any, Callable
from weakref import WeakValueDictionary

from . import _arguments, _ffi, _processes, errors
from ._library import library
from ._remembered import Remembered
from ._unraised import unraised
from .peer import Peer
from .runtime import Runtime, default_runtime
from .values import decode_key

DIALECTS = {"mailgun": _ffi.COORD_DIALECT_MAILGUN, "seed": _ffi.COORD_DIALECT_SEED}

Pick = Callable[[Any], "Peer | None"]
All = Callable[[], "Iterable[Peer]"]


class _Chooser:
    """Your functions, and the peers they have named: C may use those while the picker lives."""

    def __init__(
        self, pick: Pick | None, everybody: All | None, text_keys: bool, runtime: Runtime
    ) -> None:
        self._pick = pick
        self._all = everybody
        self._text_keys = text_keys
        self._runtime = runtime
        self._named: dict[int, Peer] = {}
        self.remembered = Remembered()

    def pick(self, key: bytes) -> int | None:
        if self._pick is None:
            return None
        try:
            peer = self._pick(decode_key(key) if self._text_keys else key)
            named = None if peer is None else self._keep("pick", peer)
        except BaseException as error:
            self.remembered.keep(key, error)
            return self._nobody
        self.remembered.forget(key)
        return named

    def all(self) -> list[int | None]:
        try:
            return [self._keep("all", peer) for peer in self._all()] if self._all else []
        except BaseException as error:
            unraised("all", error)
            return [self._nobody]

    def _keep(self, function: str, peer: object) -> int | None:
        if not isinstance(peer, Peer):
            raise _arguments.wrong_type(f"what {function} gives", "a coord.Peer", peer)
        handle = peer._handle
        if handle is not None:
            self._named.setdefault(handle, peer)
        return handle

    @property
    def _nobody(self) -> int | None:
        """A handle that is no peer, which fails the call as nothing else would."""
        return self._runtime._handle


# Weak, as the functions may know the picker.
_choosers: WeakValueDictionary[int, _Chooser] = WeakValueDictionary()
_numbers = itertools.count(1)


def _forget(number: int, known: WeakValueDictionary[int, _Chooser] = _choosers) -> None:
    known.pop(number, None)


@_ffi.coord_pick_fn  # type: ignore[untyped-decorator]
def _on_pick(number: int, key: int, length: int) -> int | None:
    chooser = _choosers.get(number)
    if chooser is None:
        return None
    try:
        return chooser.pick(string_at(key, length) if length else b"")
    except BaseException as error:
        unraised("pick", error)
        return chooser._nobody


@_ffi.coord_pick_all_fn  # type: ignore[untyped-decorator]
def _on_pick_all(number: int, peers: Any, room: int) -> int:
    chooser = _choosers.get(number)
    try:
        named = [] if chooser is None else chooser.all()
        for place, handle in enumerate(named[:room]):
            peers[place] = handle
        return len(named)
    except BaseException as error:
        unraised("all", error)
        peers[0] = None  # no peer, which fails the call
        return 1


class Picker:
    """Tells groups which peer owns a key; safe from any thread."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_picker_free)
    _forget = staticmethod(_forget)
    _handle: int | None = None
    _generation = 0
    _number = 0
    _keep: object = None

    def __init__(
        self,
        pick: Pick | None = None,
        all: All | None = None,
        *,
        dialect: str = "mailgun",
        keys: type = str,
        runtime: Runtime | None = None,
    ) -> None:
        """`pick(key)` names the Peer that owns a key, or None for this process; without it this
        process owns every key. `all()` names all others, who are told of removals and sets; without
        it only the owner is. Both run on the thread of the get, set or remove, and must be quick:
        Peers.pick() is the only verb of libcoord that they may use. What they raise, or give that
        is no peer of this runtime, fails the call with HostFailed. `dialect` says what follows the
        failure of a peer where a group has no peer_error. With `keys=bytes` keys are bytes.
        """
        _arguments.plain_function("pick", pick)
        _arguments.plain_function("all", all)
        text_keys = _arguments.keys_are_text(keys)
        number = _arguments.one_of("dialect", dialect, DIALECTS)
        given = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._runtime = given or default_runtime()
        self._generation = _processes.generation
        self._chooser = _Chooser(pick, all, text_keys, self._runtime)
        self._number = next(_numbers)
        _choosers[self._number] = self._chooser
        options = _ffi.coord_picker_options(
            sizeof(_ffi.coord_picker_options), user=self._number, dialect=number
        )
        if pick is not None:
            options.pick = _on_pick
        if all is not None:
            options.pick_all = _on_pick_all
        made, error = c_void_p(), c_void_p()
        errors.check(
            library.coord_picker_new(
                self._runtime._handle, byref(options), byref(made), byref(error)
            ),
            error,
        )
        self._handle = made.value

    @classmethod
    def _owned(cls, handle: int | None, runtime: Runtime, keep: object) -> Picker:
        """A picker of C, whose reference it takes over."""
        self = cls.__new__(cls)
        self._handle, self._runtime, self._keep = handle, runtime, keep
        self._generation = _processes.generation
        return self

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)
        self._forget(self._number)

    def __repr__(self) -> str:
        return f"<coord.Picker of {self._keep!r}>" if self._keep else "<coord.Picker>"

    def _explain(self, key: bytes, error: errors.Error) -> None:
        """Gives a failure what `pick` raised as its cause."""
        if self._number:
            for one in error._chain():
                if isinstance(one, errors.HostFailed):
                    self._chooser.remembered.explain(key, one)
