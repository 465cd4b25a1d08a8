"""Runs the real program: commands to their end, servers until they are told to stop.

Every wait has a watchdog, which ends a hang and is never what a test asserts.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import unittest
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

PROGRAM = os.environ["COORD_PROGRAM"]
WATCHDOG_SECONDS = 60
# Root may read everything, unless that is taken away.
WITHOUT_PRIVILEGE: tuple[str, ...] = ()
if os.geteuid() == 0:
    WITHOUT_PRIVILEGE = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")

# A shell that runs tests in the background has it ignored, which the program would respect.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


def environment(extra: dict[str, str]) -> dict[str, str]:
    # Neither a shell's settings nor a proxy may reach the program.
    kept = {name: text for name, text in os.environ.items() if not name.startswith("COORD_")}
    return {**kept, "http_proxy": "http://127.0.0.1:9", "LC_ALL": "C.UTF-8", **extra}


@dataclass
class Ended:
    code: int
    out: bytes
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


def coord(*words: str | bytes, before: tuple[str, ...] = (), **env: str) -> Ended:
    done = subprocess.run(
        [*before, PROGRAM, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment(env),
        timeout=WATCHDOG_SECONDS,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


class Server:
    """`coord cache serve`, on a port of its own unless told otherwise."""

    def __init__(
        self, *words: str, group: str = "thumbs", before: tuple[str, ...] = WITHOUT_PRIVILEGE
    ) -> None:
        arguments = ["--group", group, *words]
        if "--listen" not in words:
            arguments += ["--listen", "127.0.0.1:0"]
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*before, PROGRAM, "cache", "serve", "--json", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment({}),
        )
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait(WATCHDOG_SECONDS)
            self.process.stdout.close()
            raise AssertionError(f"it ended with {code}: {self.err}")
        self.started = json.loads(line)
        self.url: str = self.started["url"]
        self.admin: str | None = self.started["admin"]

    @property
    def err(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        return self.process.wait(WATCHDOG_SECONDS)

    def stop(self) -> int:
        self.signal()
        return self.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._errors.close()


class ProgramTest(unittest.TestCase):
    """A folder, and servers that end with the test."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="coord-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def status_at(self, address: str, path: str) -> int:
        link = http.client.HTTPConnection(address.removeprefix("http://"), timeout=WATCHDOG_SECONDS)
        self.addCleanup(link.close)
        link.request("GET", path)
        return link.getresponse().status

    def await_refusal(self, url: str) -> None:
        """Until nobody accepts there any more."""
        host, port = url.removeprefix("http://").rstrip("/").rsplit(":", 1)
        while True:
            try:
                socket.create_connection((host, int(port)), WATCHDOG_SECONDS).close()
            except ConnectionRefusedError:
                return

    def serve(self, *words: str, group: str = "thumbs") -> Server:
        server = Server(*words, group=group)
        self.addCleanup(server.close)
        return server

    def write(self, name: str, value: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(value.encode() if isinstance(value, str) else value)
        return path

    def script(self, text: str) -> Path:
        """A shell script that can be run."""
        path = self.write("origin.sh", "#!/bin/sh\n" + text + "\n")
        path.chmod(0o755)
        return path

    def get(self, server: Server, key: str | bytes, *more: str) -> Ended:
        return coord("cache", "get", "--group", "thumbs", "--peers", server.url, *more, "--", key)

    @contextmanager
    def background(self, server: Server, key: str) -> Iterator[subprocess.Popen]:
        """Somebody who gets a key meanwhile."""
        words = [PROGRAM, "cache", "get", "--group", "thumbs", "--peers", server.url, key]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment({})
        ) as asker:
            try:
                yield asker
            finally:
                asker.kill()

    def until_refused(self, server: Server) -> None:
        """Returns when the port is closed."""
        host, port = server.url.removeprefix("http://").split(":")
        while True:
            try:
                socket.create_connection((host, int(port)), WATCHDOG_SECONDS).close()
            except ConnectionError:
                return

    def refused(self, ended: Ended, code: int, *wanted: str) -> None:
        """One clear line on stderr, nothing on stdout, and this exit code."""
        self.assertEqual((ended.code, ended.out, len(ended.lines)), (code, b"", 1), ended.err)
        self.assertTrue(ended.err.startswith("coord: "), ended.err)
        for text in wanted:
            self.assertIn(text, ended.err)


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens, outside the range from which the system gives out others."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports
