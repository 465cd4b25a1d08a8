"""Duplicate suppression alone: one load per key at a time, and nothing kept."""

from __future__ import annotations

from ctypes import byref, c_void_p, sizeof
from typing import Any, Callable, TypeVar, Union

from . import _arguments, _ffi, _handlers, _processes, _requests, _waiting, durations, errors
from ._group_handle import ON_ABANDONED
from ._library import library
from ._outcomes import verb
from ._serving import Host
from .context import Context, context_handle
from .runtime import Runtime, default_runtime
from .values import BytesLike, Value, encode_key
from .views import View

_GET = verb("coord_flight_get", _ffi.COORD_EVENT_BYTES)
_Result = TypeVar("_Result")


class Flight:
    """Loads each key once at a time for everybody who asks meanwhile; safe from any thread."""

    _finish = staticmethod(_processes.finish)
    _free = staticmethod(library.coord_flight_free)
    _unregister = staticmethod(_requests.unregister)
    _handle: int | None = None
    _generation = 0
    _number = 0

    def __init__(
        self,
        load: Callable[..., Union[BytesLike, Value]],
        *,
        load_timeout: durations.Duration | None = None,
        max_loads: int | None = None,
        on_abandoned: str = "finish",
        keys: type = str,
        runtime: Runtime | None = None,
    ) -> None:
        """`load` and the other arguments are as those of coord.Group."""
        if load is None:
            raise _arguments.wrong_type("load", "a function", load)
        _arguments.plain_function("load", load)
        text_keys = _arguments.keys_are_text(keys)
        loads = 0 if max_loads is None else _arguments.whole("max_loads", max_loads, 1, 0xFFFFFFFF)
        options = _ffi.coord_flight_options(
            sizeof(_ffi.coord_flight_options),
            load_timeout_ns=durations.option_ns("load_timeout", load_timeout),
            max_loads=loads,
            on_abandoned=_arguments.one_of("on_abandoned", on_abandoned, ON_ABANDONED),
        )
        given = _arguments.instance_or_none("runtime", runtime, Runtime)
        self._runtime = given or default_runtime()
        self._runtime._lend()
        self._generation = _processes.generation
        known = _handlers.handlers((_handlers.Load, load), text_keys=text_keys)
        self._host = Host(known, self._runtime._lent)
        self._number = _requests.register(self._host)
        options.load, options.user = _requests.on_request, self._number
        made, error = c_void_p(), c_void_p()
        errors.check(
            library.coord_flight_new(
                self._runtime._handle, byref(options), byref(made), byref(error)
            ),
            error,
        )
        self._handle = made.value

    def __del__(self) -> None:
        self._finish(self._handle, self._generation, self._free)
        self._unregister(self._number)

    def __call__(self, key: str | bytes) -> bytes:
        """What the load of a key gives, as get() does."""
        return self.get(key)

    def get(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> bytes:
        """What the load of a key gives; loads only when nobody does already.

        Raises what the loader raised, TimedOut, Cancelled; inside lock() WouldDeadlock.
        """
        return bytes(self.get_view(key, timeout, context))

    def get_view(
        self,
        key: str | bytes,
        timeout: durations.Duration | None = None,
        context: Context | None = None,
    ) -> View:
        """The same without a copy, and with its expiry."""
        encoded = encode_key(key)
        call = durations.call_options(durations.timeout_ns(timeout), context_handle(context))
        arguments = self._handle, encoded, len(encoded), byref(call)
        try:
            found: View = _waiting.ended(self._runtime, _GET, *arguments)
            return found
        except errors.HostFailed as error:
            self._host.remembered.explain(encoded, error)
            raise

    def lock(self, function: Callable[[], _Result]) -> _Result:
        """Runs a function while no load begins, and gives what it returns or raises.

        Those that run go on. It must be quick.
        """
        if not callable(function):
            raise _arguments.wrong_type("function", "a function", function)
        results: list[_Result] = []
        failures: list[BaseException] = []

        def locked(_: Any) -> None:
            # As inside a loader, so that a get in here is one that can be refused.
            _waiting.here.loading += 1
            try:
                results.append(function())
            except BaseException as error:
                failures.append(error)
            finally:
                _waiting.here.loading -= 1

        callback, error = _ffi.coord_flight_fn(locked), c_void_p()
        status = library.coord_flight_lock(self._handle, callback, None, byref(error))
        errors.check(status, error)
        if failures:
            raise failures[0]
        return results[0]
