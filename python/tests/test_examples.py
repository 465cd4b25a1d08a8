"""Examples that people will copy from: a transport of one's own, and signed requests."""

from __future__ import annotations

import importlib.util
import io
import json
import socket
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import coord
from watching import Task

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "python"
NOW = 1_900_000_000


def example(name: str) -> Any:
    """A program of the documentation as a module; Any, for its names are not known here."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class OwnTransportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.own = example("own_transport")

    own: Any

    def members(self) -> list[Any]:
        found = [self.own.Member(number, 2) for number in range(2)]
        for member in found:
            self.addCleanup(member.runtime.close)
        self.own.connect(found)
        return found

    def test_the_expiry_goes_along_with_a_get_and_with_a_set(self) -> None:
        members = self.members()
        when = datetime.now(timezone.utc).replace(microsecond=123) + timedelta(hours=1)
        for key in map(str, range(20)):
            members[0].squares.set(key, b"v", expires=when)
            for member in members:
                view = member.squares.get_view(key)
                self.assertEqual((bytes(view), view.expires), (b"v", when))

    def test_a_message_that_ends_early_is_no_answer(self) -> None:
        for message in (b"", b"{", b'{"size": 5, "expires": null}\nabcd'):
            with self.subTest(message=message), self.assertRaises(ValueError):
                self.own.receive(io.BytesIO(message))

    def answered(self, status: str, size: int = 4) -> Any:
        """What asking raises when this comes back."""
        near, far = socket.socketpair()
        self.addCleanup(far.close)
        with coord.Runtime() as runtime, near:
            peer = self.own.Connection(near).peer("there", runtime)
            head = {"status": status, "says": "no luck", "size": size, "expires": None}
            far.sendall(json.dumps(head).encode() + b"\nbody")
            far.shutdown(socket.SHUT_WR)
            with self.assertRaises(coord.Error) as caught:
                peer.get("squares", "1", timeout=10)
            return caught.exception

    def test_statuses_tell_who_was_not_reached_from_what_a_loader_said(self) -> None:
        for status in coord.Status:
            if status.name == "OK":
                continue
            name = status.name.lower()
            wanted: Any = coord.HostFailed
            if name in ("unavailable", "timed_out", "cancelled", "closed", "abandoned"):
                wanted = coord.Unavailable
            elif name == "not_found":
                wanted = coord.NotFound
            with self.subTest(status=name):
                error = self.answered(name)
                self.assertIs(type(error), wanted)
                self.assertIn("no luck", str(error))
        self.assertIs(type(self.answered("ok", size=5)), coord.Unavailable)

    def test_who_serves_ends_when_the_other_side_is_gone(self) -> None:
        for question in (b"", b'{"verb": "get", "key": "7", "size": 0, "expires": null}\n'):
            near, far = socket.socketpair()
            serving = Task(self.members()[0].serve, far)
            near.sendall(question)
            near.close()  # with the answer unread: sending or reading fails
            serving.result()
            far.close()


class KeepStrangersOutTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.strangers = example("keep_strangers_out")
        cls.strangers.time = SimpleNamespace(time=lambda: NOW)

    strangers: Any

    def setUp(self) -> None:
        self.seen: list[tuple[str, str, bytes]] = []
        self.sent: list[tuple[str, str, bytes]] = []
        runtimes = [coord.Runtime(worker_threads=2) for _ in range(2)]
        for runtime in runtimes:
            self.addCleanup(runtime.close)
        self.here, self.there = (
            coord.Peers("127.0.0.1:0", exchange=self.sign, accept=self.check, runtime=runtime)
            for runtime in runtimes
        )
        for peers in (self.here, self.there):
            peers.set([self.there.self_url])
        self.groups = [
            coord.Group("words", lambda key: b"v", peers=peers) for peers in (self.here, self.there)
        ]

    def sign(self, request: coord.HttpRequest) -> None:
        self.sent.append((request.method, request.target, request.body))
        self.strangers.sign(request)

    def check(self, request: coord.HttpRequest) -> Any:
        self.seen.append((request.method, request.target, request.body))
        return self.strangers.check(request)

    def test_members_may_do_everything_and_both_hooks_see_the_same_body(self) -> None:
        self.assertEqual(self.groups[0].get("a"), b"v")
        self.groups[0].set("b", b"a value", ttl=60)
        self.assertEqual(self.groups[1].get("b"), b"a value")
        self.groups[0].remove("b")
        self.assertEqual([method for method, _, _ in self.seen], ["GET", "PUT", "DELETE"])
        self.assertEqual(self.sent, self.seen)
        self.assertIn(b"a value", self.seen[1][2])

    def status(self, headers: dict[str, str], body: bytes = b"", method: str = "GET") -> Any:
        answer = self.there.serve(method, "/_groupcache/words/a", headers, body)
        return answer.status, answer.body.strip()

    def signed(self, when: int, body: bytes = b"", method: str = "GET") -> dict[str, str]:
        asked = _Asked(method, "/_groupcache/words/a", body)
        text = str(when)
        signature = self.strangers.signature(asked, text).decode()
        return {"x-signed-at": text, "X-SIGNATURE": signature}

    def test_strangers_old_requests_and_changed_ones_are_denied(self) -> None:
        good = self.signed(NOW)
        self.assertEqual(self.status(good)[0], 200)
        who = 403, b"who are you?"
        self.assertEqual(self.status({}), who)
        self.assertEqual(self.status({**good, "X-SIGNATURE": "\xe9"}), who)
        self.assertEqual(self.status({**good, "x-signed-at": str(NOW + 1)}), who)
        self.assertEqual(self.status(self.signed(NOW, b"one", "PUT"), b"two", "PUT"), who)
        for off, status in ((-61, 403), (-60, 200), (60, 200), (61, 403)):
            self.assertEqual(self.status(self.signed(NOW + off))[0], status)
        url = f"{self.there.self_url}/_groupcache/words/a"
        asked = urllib.request.Request(url, headers={"X-Signature": "\xe9"})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(asked, timeout=10)
        with caught.exception as answer:
            self.assertEqual((answer.code, answer.read().strip()), who)


class _Asked:
    """As much of a request as is signed."""

    def __init__(self, method: str, target: str, body: bytes) -> None:
        self.method, self.target, self.body = method, target, body


if __name__ == "__main__":
    unittest.main()
