"""Runtimes: the threads and clocks that groups share. The default one makes itself."""

from __future__ import annotations

import atexit
import itertools
import threading
import weakref
from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from typing import Any, Callable

from . import _arguments, _ffi, _processes, _waiting, durations, errors
from ._lent_threads import LentThreads, default_size
from ._library import library, quick
from .values import take_bytes

#: Receives a log line: level ("error", "warn", "info", "debug"), component, text. Called on any
#: thread.
LogFunction = Callable[[str, str, str], Any]

_LEVELS = {"error": 1, "warn": 2, "info": 3, "debug": 4}
_LEVEL_NAMES = {number: name for name, number in _LEVELS.items()}
_CALLBACKS = {"lent": _ffi.COORD_CALLBACKS_LENT, "workers": _ffi.COORD_CALLBACKS_WORKERS}

_log_functions: dict[int, LogFunction] = {}
_log_numbers = itertools.count(1)

#: How long the interpreter's exit waits for loaders that still run: first politely, then
#: interrupting them.
EXIT_SECONDS = (1.0, 0.5)


@_ffi.coord_log_fn  # type: ignore[untyped-decorator]
def _on_log(user: int, level: int, component: bytes, text: int, length: int) -> None:
    function = _log_functions.get(user)
    if function is not None:
        line = string_at(text, length).decode("utf-8", "replace")
        function(_LEVEL_NAMES.get(level, "debug"), component.decode(), line)


class Runtime:
    """The threads and clocks that groups share; a context manager that closes it.

    Several runtimes can live in one process and know nothing of each other. After a fork it is of
    no use in the child; the default one is made anew there.
    """

    _finish = staticmethod(_processes.finish)

    def __init__(
        self,
        worker_threads: int | None = None,
        *,
        callbacks: str = "lent",
        log: LogFunction | None = None,
        log_level: str = "warn",
        admin_listen: str | None = None,
        allow_insecure_bind: bool = False,
    ) -> None:
        """Starts its threads.

        `callbacks` says where loaders run: "lent", the default, is on threads of Python, at most
        `worker_threads` of them at a time (None: one per processor and four more, at most 8);
        "workers" is on the library's own threads, where entering Python costs more.
        `admin_listen`, such as "127.0.0.1:9090", serves keys, owners, statistics, health and
        metrics over HTTP there; beyond loopback, where anybody can read and remove, only with
        `allow_insecure_bind`.
        """
        self._handle: int | None = None
        self._generation = _processes.generation
        self._log_number = 0
        self._closed = False
        self._described = ""
        threads = 0
        if worker_threads is not None:
            threads = _arguments.whole("worker_threads", worker_threads, 1, 1024)
        admin = _arguments.text_or_none("admin_listen", admin_listen)
        options = _ffi.coord_runtime_options(
            sizeof(_ffi.coord_runtime_options),
            flags=_ffi.COORD_RUNTIME_ALLOW_INSECURE_BIND if allow_insecure_bind else 0,
            admin_listen=admin,
            admin_listen_len=len(admin or b""),
            callbacks=_arguments.one_of("callbacks", callbacks, _CALLBACKS),
            worker_threads=threads,
            log_level=_arguments.one_of("log_level", log_level, _LEVELS),
        )
        _arguments.function_or_none("log", log)
        if log is not None:
            self._log_number = next(_log_numbers)
            _log_functions[self._log_number] = log
            options.log, options.log_user = _on_log, self._log_number
        made, error = c_void_p(), c_void_p()
        try:
            errors.check(
                library.coord_runtime_new(byref(options), byref(made), byref(error)), error
            )
        except errors.Error:
            _log_functions.pop(self._log_number, None)
            raise
        self._handle = made.value
        self._lent: LentThreads | None = None
        if callbacks == "lent" and self._handle:
            threads = threads or default_size()
            self._lent = LentThreads(self._handle, threads)
        self._described = f"callbacks={callbacks!r}, worker_threads={threads or None}"
        _alive.add(self)

    def __repr__(self) -> str:
        return f"<coord.Runtime {self._described}{', closed' if self._closed else ''}>"

    def __enter__(self) -> Runtime:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        handle, self._handle = getattr(self, "_handle", None), None
        self._finish(handle, self._generation, self._free)

    def _free(self, handle: int) -> None:
        # Lent threads still use the handle of a runtime that nobody closed: closing it ends them.
        if self._lent is not None and self._lent.alive:
            now = durations.call_options(_ffi.COORD_OFF)
            library.coord_runtime_close(handle, byref(now), None)
            self._lent.stop(0.1)
            if self._lent.alive:
                return
        library.coord_runtime_free(handle)
        _log_functions.pop(self._log_number, None)

    def close(self, timeout: durations.Duration | None = None) -> None:
        """Closes all that was made from it: new calls raise Closed, what is open may end in time.

        None is 10 s, 0 cancels at once. Raises TimedOut when something had to be cancelled; it is
        closed all the same. Ctrl-C cancels what is open. Repeating it is fine.
        """
        call = durations.call_options(durations.close_ns(timeout))
        if _waiting.inside_loader():
            error = c_void_p()
            status = library.coord_runtime_close(self._handle, byref(call), byref(error))
            raise errors.taken(status or _ffi.COORD_WOULD_DEADLOCK, error)
        try:
            start = library.coord_runtime_close_start
            _waiting.run(self, lambda *end: start(self._handle, byref(call), *end))
        except errors.Closed:  # closed before: there is nothing left to wait for
            pass
        finally:
            self._closed = True
            if self._lent is not None:
                self._lent.stop(1.0)

    @property
    def admin_address(self) -> str:
        """Where the admin endpoint listens, with its real port; "" when there is none."""
        length = c_size_t()
        text = quick.coord_runtime_admin_address(self._handle, byref(length))
        return string_at(text, length.value).decode()

    def metrics(self) -> str:
        """The counters of the runtime and of all its groups in the Prometheus text format."""
        text, error = c_void_p(), c_void_p()
        errors.check(library.coord_runtime_metrics(self._handle, byref(text), byref(error)), error)
        return take_bytes(text).decode("utf-8", "replace")

    def _lend(self) -> None:
        """Makes sure that callbacks find a thread."""
        if self._lent is not None:
            self._lent.start()


_alive: weakref.WeakSet[Runtime] = weakref.WeakSet()
_default: Runtime | None = None
_default_lock = threading.Lock()


def default_runtime() -> Runtime:
    """The runtime of groups that name none; made at the first call, and again after a fork."""
    global _default
    found = _default
    if found is None:
        with _default_lock:
            found = _default = _default or Runtime()
    return found


def _forget_in_child() -> None:
    global _default, _default_lock
    _default = None
    _default_lock = threading.Lock()
    _alive.clear()


def _close_all() -> None:
    """At exit: no thread may be inside a callback once Python takes itself apart."""
    left = list(_alive)
    now = durations.call_options(_ffi.COORD_OFF)
    for one in left:
        if one._handle:
            library.coord_runtime_close(one._handle, byref(now), None)
    for seconds, interrupt in zip(EXIT_SECONDS, (False, True)):
        for one in left:
            if one._lent is not None:
                one._lent.stop(seconds, interrupt)


_processes.on_fork(_forget_in_child)
atexit.register(_close_all)
