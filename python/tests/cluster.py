"""Two nodes in one process, each in a runtime of its own, for tests of peers."""

from __future__ import annotations

import socket
import unittest
from typing import Any

import coord


def spread(count: int) -> list[str]:
    """Keys for all nodes: the ring's hash needs some bytes behind those that differ."""
    return [f"{number} is the key" for number in range(count)]


class Node:
    """What each program of a cluster has."""

    def __init__(self, case: unittest.TestCase, load: Any = None, **options: Any) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        case.addCleanup(self.runtime.close)
        self.loaded: list[str] = []
        self.peers = coord.Peers("127.0.0.1:0", runtime=self.runtime)
        self.group = coord.Group("users", load or self.load, peers=self.peers, **options)

    def load(self, key: str) -> bytes:
        self.loaded.append(key)
        return b"row/" + key.encode()

    def key_of(self, owner: str) -> str:
        """A key that somebody owns."""
        return next(key for key in spread(10_000) if self.peers.owner(key) == owner)


class ClusterCase(unittest.TestCase):
    def cluster(self, *loads: Any, **options: Any) -> tuple[Node, Node]:
        here, there = (Node(self, load, **options) for load in loads or (None, None))
        for node in (here, there):
            node.peers.set([here.peers.self_url, there.peers.self_url])
        return here, there

    def silent(self) -> str:
        """A url where nobody listens: the socket keeps the port from others."""
        held = socket.socket()
        self.addCleanup(held.close)
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"

    def lonely(self, load: Any = None, **options: Any) -> tuple[Node, str, str]:
        """A node, a peer of it that nobody can reach, and a key which that one owns."""
        node, dead = Node(self, load, **options), self.silent()
        node.peers.set([node.peers.self_url, dead])
        return node, dead, node.key_of(dead)
