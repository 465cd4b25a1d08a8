"""What the tests share: waiting for a state without sleeping, threads with results, programs."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any, Callable

PACKAGE_ROOT = Path(__file__).resolve().parent.parent
#: No test comes near this; it turns a hang into a failure.
PATIENCE = 30.0


def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to be")


class Task(threading.Thread):
    """A thread with a result."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        super().__init__(daemon=True)
        self._work = (function, arguments, named)
        self._result: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        function, arguments, named = self._work
        try:
            self._result = function(*arguments, **named)
        except BaseException as error:
            self._error = error

    def result(self) -> Any:
        """What it returned, or raises what it raised."""
        self.join(PATIENCE)
        if self.is_alive():
            raise AssertionError("the thread did not end")
        if self._error is not None:
            raise self._error
        return self._result


def program(source: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Runs Python code in a process of its own; None takes a variable out of its environment."""
    variables = dict(os.environ, PYTHONPATH=str(PACKAGE_ROOT))
    for name, value in environment.items():
        variables.pop(name, None)
        if value is not None:
            variables[name] = value
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
