"""A program that reads commands as lines and answers each with one JSON object on a line."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Sequence

WATCHDOG_SECONDS = 60  # ends a hang; no test waits for it


class Ended(Exception):
    """The program ended, or was ended by the watchdog, instead of answering."""


class LineProcess:
    """Asked by one thread at a time. The first line it prints is `hello`."""

    def __init__(self, command: Sequence[str]):
        self.command = list(command)
        self._process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.hello = self._read()
        except Ended:
            self.end()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, *words: object) -> dict:
        """Sends a command and gives its answer."""
        self.send(*words)
        return self._read()

    def send(self, *words: object) -> None:
        try:
            self._process.stdin.write((" ".join(str(one) for one in words) + "\n").encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Ended(f"{self.command}: exit status {self._process.wait()}") from None

    def receive(self) -> dict:
        """The answer to what was sent."""
        return self._read()

    def _read(self) -> dict:
        watchdog = threading.Timer(WATCHDOG_SECONDS, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise Ended(f"{self.command}: exit status {self._process.wait()}")
        return json.loads(line)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """At once, and waits until it is gone."""
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """Closes what it reads from, and waits until it has ended by itself; gives its exit status."""
        self._process.stdin.close()
        try:
            status = self._process.wait(WATCHDOG_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._process.stdout.close()
        return status
