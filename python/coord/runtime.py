"""Runtimes: the threads and clocks that groups share. The default one makes itself."""

from __future__ import annotations

import atexit
import contextlib
import threading
import weakref
from ctypes import byref, c_size_t, c_void_p, sizeof, string_at
from typing import Any, Callable

from . import _arguments, _ffi, _log, _processes, _runtime_hooks, _waiting, durations, errors
from ._lent_threads import LentThreads, default_size
from ._library import library, quick
from ._log import LogFunction
from ._outcomes import verb
from .values import encode_key, take_bytes, take_text

_CALLBACKS = {"lent": _ffi.COORD_CALLBACKS_LENT, "workers": _ffi.COORD_CALLBACKS_WORKERS}

#: How long the interpreter's exit waits for loaders that still run: first politely, then
#: interrupting them.
EXIT_SECONDS = (1.0, 0.5)


_CLOSE = verb("coord_runtime_close", _ffi.COORD_EVENT_DONE)


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
        self._hook_numbers: list[int] = []
        self._groups: weakref.WeakValueDictionary[bytes, Any] = weakref.WeakValueDictionary()
        self._pickers: dict[int, Any] = {}
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
            log_level=_arguments.one_of("log_level", log_level, _log.LEVELS),
        )
        _arguments.function_or_none("log", log)
        if log is not None:
            self._log_number = _log.register(log)
            options.log, options.log_user = _log.on_log, self._log_number
        made, error = c_void_p(), c_void_p()
        try:
            errors.check(
                library.coord_runtime_new(byref(options), byref(made), byref(error)), error
            )
        except errors.Error:
            _log.unregister(self._log_number)
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
        _log.unregister(self._log_number)
        self._forget_hooks()

    def _forget_hooks(self) -> None:
        for number in self._hook_numbers:
            _runtime_hooks.unregister(number)

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
            _waiting.ended(self, _CLOSE, self._handle, byref(call))
        except errors.Closed:  # closed before: there is nothing left to wait for
            pass
        finally:
            self._closed = True
            self._forget_hooks()
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
        text = c_void_p()
        self._call(library.coord_runtime_metrics, byref(text))
        return take_bytes(text).decode("utf-8", "replace")

    def dump(self) -> str:
        """What is pending, with age and state, for a person who looks for what hangs."""
        text = c_void_p()
        self._call(library.coord_runtime_dump, byref(text))
        return take_text(text)

    def set_log(self, log: LogFunction | None, level: str = "warn") -> None:
        """Replaces the function for log lines; None is silent from now on."""
        _arguments.function_or_none("log", log)
        number = _arguments.one_of("level", level, _log.LEVELS)
        function, user = _ffi.coord_log_fn(), 0
        if log is not None:
            function, user = _log.on_log, _log.register(log)
        try:
            free = _ffi.coord_user_free_fn()
            self._call(library.coord_runtime_set_log, number, function, user, free)
        except errors.Error:
            _log.unregister(user)
            raise
        before, self._log_number = self._log_number, user
        _log.unregister(before)

    def on_new_group(self, told: Callable[[Any], object]) -> None:
        """Sets who is told of every Group that is made: before its maker has it, on that thread.

        Raises AlreadyExists when somebody is. What it raises goes to sys.unraisablehook.
        """
        _arguments.plain_function("told", told)
        self._hook(library.coord_runtime_set_new_group, _runtime_hooks.on_new_group, "told", told)

    def on_server_start(self, start: Callable[[], object]) -> None:
        """Sets who is called once, before the first group from now on can be found.

        The place to begin to serve peers. Raises AlreadyExists when somebody is.
        """
        _arguments.plain_function("start", start)
        self._hook(
            library.coord_runtime_set_server_start, _runtime_hooks.on_server_start, "start", start
        )

    def set_picker(self, choose: Callable[[str], Any]) -> None:
        """Sets who gives groups their Picker when they are made without one, and are not local.

        `choose(name)` gives a Picker, Peers, or None for a group without peers. Once only: raises
        AlreadyExists when somebody does that already. What it raises fails the group.
        """
        _arguments.plain_function("choose", choose)
        if choose is None:
            raise _arguments.wrong_type("choose", "a function", choose)
        me = weakref.ref(self)

        def chosen(name: str) -> int | None:
            runtime = me()  # a group of it is being made
            try:
                return runtime._chosen(choose(name)) if runtime is not None else None
            except BaseException as error:
                _runtime_hooks.making.raised = error
                # No picker, and so the group fails.
                return None if runtime is None else runtime._handle

        self._hook(library.coord_runtime_set_picker, _runtime_hooks.on_picker, "choose", chosen)

    def _chosen(self, found: Any) -> int | None:
        if found is None:
            return None
        picker = found.picker() if hasattr(found, "picker") else found
        if not hasattr(picker, "_explain"):
            raise _arguments.wrong_type("what choose gives", "a coord.Picker or None", found)
        _runtime_hooks.making.group._chosen_picker = picker
        self._pickers[picker._handle] = picker  # C may use it as long as this runtime lives
        handle: int | None = picker._handle
        return handle

    def find_group(self, name: str | bytes) -> Any:
        """The group of that name, as it was made; None when there is none, or it was closed."""
        encoded = encode_key(name, "name")
        found = library.coord_group_find(self._handle, encoded, len(encoded))
        if not found:
            return None
        library.coord_group_free(found)
        return self._groups.get(encoded)

    def _hook(self, set_it: Any, callback: Any, name: str, hook: Callable[..., Any] | None) -> None:
        if hook is None:
            raise _arguments.wrong_type(name, "a function", hook)
        number = _runtime_hooks.register(hook)
        try:
            self._call(set_it, callback, number, _ffi.coord_user_free_fn())
        except errors.Error:
            _runtime_hooks.unregister(number)
            raise
        self._hook_numbers.append(number)

    def _call(self, function: Any, *arguments: Any) -> None:
        error = c_void_p()
        errors.check(function(self._handle, *arguments, byref(error)), error)

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
            with contextlib.suppress(errors.Error):
                one.set_log(None)
    for seconds, interrupt in zip(EXIT_SECONDS, (False, True)):
        for one in left:
            if one._lent is not None:
                one._lent.stop(seconds, interrupt)


_processes.on_fork(_forget_in_child)
atexit.register(_close_all)
