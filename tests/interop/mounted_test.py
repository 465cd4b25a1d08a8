"""The peer endpoint inside HTTP servers that are not libcoord's, asked by a Go program and by a libcoord process.

One is docs/examples/python/mounted_server.py, on Python's own server; the other docs/examples/cpp/mounted_server.cpp,
on plain Boost.Beast. COORD_NODE, COORD_GO_NODE and COORD_MOUNTED are the programs; `./dev test` builds them.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import unittest
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests"))
from interop.expected import Ring, answer_of, word_of  # noqa: E402
from interop.interop_test import ODD_KEYS, Node  # noqa: E402
from support.line_process import WATCHDOG_SECONDS  # noqa: E402

GROUP = "g"
COMMANDS = {
    "py": [sys.executable, str(REPOSITORY / "docs" / "examples" / "python" / "mounted_server.py")],
    "cpp": [os.environ.get("COORD_MOUNTED", "")],
}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, outside the range from which the system gives out others."""
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


class Mounted:
    """A foreign server that has the endpoint in it. It is told the list when it starts."""

    def __init__(self, name: str, port: int, urls: list[str]):
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        extra = [GROUP] if name == "py" else []
        command = [*COMMANDS[name], str(port), ",".join(urls), *extra]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        watchdog = threading.Timer(WATCHDOG_SECONDS, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        assert line == b"ready %d\n" % port, (command, line)

    def value(self, key: bytes) -> bytes:
        return self.name.encode() + b":" + key

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class MountedTest(unittest.TestCase):
    def setUp(self):
        self.nodes = [Node("go-1", GROUP), Node("ours-1", GROUP)]
        for one in self.nodes:
            self.addCleanup(one.end)
        ports = free_ports(len(COMMANDS))
        urls = [one.url for one in self.nodes] + [f"http://127.0.0.1:{port}" for port in ports]
        self.mounted = [Mounted(name, port, urls) for name, port in zip(COMMANDS, ports)]
        for one in self.mounted:
            self.addCleanup(one.end)
        for one in self.nodes:
            self.assertEqual(one.ask("peers", ",".join(urls)), {"ok": True})
        self.ring = Ring(urls)

    def own_key(self, server: Mounted, prefix: bytes) -> bytes:
        return self.ring.key_owned_by(server.url, prefix)

    def loads_of(self, key: bytes) -> Counter:
        """By the two that can be asked: what the foreign servers own must be loaded by neither."""
        entry = f"{GROUP} {word_of(key)}"
        return Counter({one.name: one.ask("loads")["loads"].get(entry, 0) for one in self.nodes})

    def test_values_come_from_the_foreign_server_that_owns_them(self):
        for server in self.mounted:
            for key in [self.own_key(server, b"key"), *(key for key in ODD_KEYS if self.ring.owner(key) == server.url)]:
                for node in self.nodes:
                    self.assertEqual(node.get(key, GROUP), answer_of(server.value(key)), (server.name, node.name, key))
                self.assertFalse(+self.loads_of(key), key)

    def test_sets_and_removals_of_both_sides_reach_them(self):
        for server in self.mounted:
            key = self.own_key(server, b"changed")
            for setter in self.nodes:
                value = b"by " + setter.name.encode()
                self.assertEqual(setter.ask("set", GROUP, word_of(key), word_of(value)), {"ok": True})
                for node in self.nodes:
                    self.assertEqual(node.get(key, GROUP), answer_of(value), (server.name, setter.name, node.name))
                self.assertEqual(setter.ask("remove", GROUP, word_of(key)), {"ok": True})
                for node in self.nodes:
                    self.assertEqual(node.get(key, GROUP), answer_of(server.value(key)))
            self.assertFalse(+self.loads_of(key))


if __name__ == "__main__":
    needed = ("COORD_NODE", "COORD_GO_NODE", "COORD_MOUNTED")
    missing = [name for name in needed if not Path(os.environ.get(name, "")).is_file()]
    if missing:
        print(f"{' and '.join(missing)} must name the programs; ./dev test builds them")
        sys.exit(77)
    unittest.main(verbosity=2)
