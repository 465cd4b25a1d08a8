"""Peers behind an HTTP server of Python's own, over real sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import unittest
import urllib.request

import coord
from cluster import spread
from watching import PACKAGE_ROOT

EXAMPLE = PACKAGE_ROOT.parent / "docs" / "examples" / "python" / "mounted_server.py"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MountedTest(unittest.TestCase):
    def mounted(self, own: coord.Peers) -> str:
        """Starts the example with a list of itself and `own`; gives its url."""
        url = f"http://127.0.0.1:{free_port()}"
        started = subprocess.Popen(
            [sys.executable, str(EXAMPLE), url.rpartition(":")[2], f"{url},{own.self_url}"],
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, PYTHONPATH=str(PACKAGE_ROOT)),
        )
        self.addCleanup(started.wait)
        self.addCleanup(started.kill)
        assert started.stdout is not None
        self.addCleanup(started.stdout.close)
        self.assertEqual(started.stdout.readline(), f"ready {url.rpartition(':')[2]}\n")
        own.set([url, own.self_url])
        return url

    def test_a_peer_gets_sets_and_removes_through_it(self) -> None:
        runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(runtime.close)
        own = coord.Peers("127.0.0.1:0", runtime=runtime)
        group = coord.Group("users", lambda key: b"here:" + key.encode(), peers=own, hot="never")
        url = self.mounted(own)
        # Bytes that are more than letters show that the target reaches it as it was on the wire.
        keys = [key + " a/b%2F,c\u00fc?" for key in spread(40)]
        theirs = [key for key in keys if own.owner(key) == url]
        self.assertTrue(theirs and len(theirs) < len(keys))
        for key in theirs[:5]:
            self.assertEqual(group(key), b"py:" + key.encode())
            group.set(key, b"set " + key.encode())
            self.assertEqual(group(key), b"set " + key.encode())
            group.remove(key)
            self.assertEqual(group(key), b"py:" + key.encode())
        self.assertEqual(group.stats().peer_errors, 0)
        with urllib.request.urlopen(f"{url}/else", timeout=10) as answer:
            self.assertEqual(answer.read(), b"hello\n")


if __name__ == "__main__":
    unittest.main()
