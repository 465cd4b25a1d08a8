"""What peers let one do with requests: exchange, accept, server_error, hash, serve."""

from __future__ import annotations

import asyncio
import unittest
import urllib.error
import urllib.request
from typing import Any

import coord
import coord.aio
from cluster import ClusterCase, spread


class HookCase(ClusterCase):
    def node(self, load: Any = None, **options: Any) -> tuple[coord.Peers, coord.Group]:
        """Peers with hooks, and a group of them."""
        runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(runtime.close)
        options.setdefault("listen", "127.0.0.1:0")
        peers = coord.Peers(runtime=runtime, **options)
        return peers, coord.Group("users", load or (lambda key: b"v"), peers=peers)

    def fetch(self, peers: coord.Peers, path: str = "users/a") -> tuple[int, dict[str, str], bytes]:
        """What anybody gets over the network."""
        url = f"{peers.self_url}/_groupcache/{path}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()


class ExchangeTest(HookCase):
    def test_it_sees_the_request_and_may_add_headers(self) -> None:
        went: list[Any] = []
        came: list[Any] = []

        def exchange(request: coord.HttpRequest) -> None:
            went.append((request.peer, request.method, request.target, request.body))
            request.add_header("X-Token", "open sesame")

        def accept(request: coord.HttpRequest) -> None:
            came.append((request.peer, request.method, request.target))
            self.assertIn(("X-Token", "open sesame"), request.headers)
            self.assertEqual(request.header("x-tOKEN"), "open sesame")
            self.assertIsNone(request.header("X-Tok"))
            with self.assertRaises(TypeError):
                request.header(b"X-Token")  # type: ignore[arg-type]

        there, _ = self.node(accept=accept)
        here, group = self.node(exchange=exchange)
        here.set([there.self_url])
        self.assertEqual(group("a b"), b"v")
        [(peer, method, target, body)] = went
        self.assertEqual((peer, method, body), (there.self_url, "GET", b""))
        self.assertEqual(came, [("", "GET", target)])
        self.assertTrue(target.startswith("/_groupcache/users/a"))

    def test_a_response_is_what_the_peer_would_have_answered(self) -> None:
        def exchange(request: coord.HttpRequest) -> coord.Response:
            answer = there.serve(request.method, request.target, request.headers, request.body)
            self.assertEqual(request.peer, "https://elsewhere")
            return answer

        there, served = self.node(lambda key: b"there/" + key.encode(), listen=None)
        here, group = self.node(exchange=exchange)
        here.set(["https://elsewhere"])
        self.assertEqual(group("a"), b"there/a")
        group.remove("a")
        self.assertIsNone(served.lookup("a"))

    def test_what_it_raises_or_gives_wrongly_is_a_peer_that_was_not_reached(self) -> None:
        def raising(request: coord.HttpRequest) -> None:
            raise coord.Denied("no key for that peer")

        for exchange in (raising, lambda request: b"no response", lambda r: coord.Response(99)):
            here, group = self.node(lambda key: b"loaded here", exchange=exchange)
            here.set([self.silent()])
            self.assertEqual(group("a"), b"loaded here")
            self.assertEqual(group.stats().peer_errors, 1)

    def test_headers_that_frame_a_message_are_refused(self) -> None:
        refused: list[str] = []

        def exchange(request: coord.HttpRequest) -> None:
            for name, value in (
                ("Host", "a"),
                ("Content-Length", "1"),
                ("a b", "c"),
                ("a", "b\r\n"),
            ):
                try:
                    request.add_header(name, value)
                except coord.InvalidArgument:
                    refused.append(name)
            kept.append(request)

        kept: list[coord.HttpRequest] = []
        here, group = self.node(exchange=exchange)
        here.set([self.silent()])
        group("a")
        self.assertEqual(refused[:4], ["Host", "Content-Length", "a b", "a"])
        with self.assertRaises(coord.Closed):
            kept[0].add_header("X-Late", "1")


class AcceptTest(HookCase):
    def test_what_it_gives_reaches_the_loader_as_sender(self) -> None:
        seen: list[Any] = []

        def load(key: str, sender: Any) -> bytes:
            seen.append(sender)
            return b"v"

        peers, group = self.node(load, accept=lambda request: {"who": request.headers[0][0]})
        group.get("of this process")
        self.assertEqual(self.fetch(peers)[0], 200)
        self.assertIsNone(seen[0])
        self.assertIsInstance(seen[1], dict)

    def test_it_may_refuse(self) -> None:
        def accept(request: coord.HttpRequest) -> None:
            raise failures.pop()

        failures = [coord.InvalidArgument("no"), coord.Exhausted("later"), coord.Denied("not you")]
        peers, group = self.node(accept=accept)
        self.assertEqual([self.fetch(peers)[0] for _ in range(3)], [403, 503, 400])
        self.assertEqual(group.stats().loads, 0)


class ServerErrorTest(HookCase):
    def fail(self, key: str) -> bytes:
        raise coord.Unavailable("the database is away")

    def test_its_response_goes_out(self) -> None:
        def server_error(request: coord.HttpRequest, error: coord.Error) -> coord.Response:
            seen.append((request.method, error.status, str(error)))
            return coord.Response(418, [("X-Why", "teapot")], b"short and stout")

        seen: list[Any] = []
        peers, _ = self.node(self.fail, server_error=server_error)
        status, headers, body = self.fetch(peers)
        self.assertEqual((status, headers.get("X-Why"), body), (418, "teapot", b"short and stout"))
        method, failed, text = seen[0]
        self.assertEqual((method, failed), ("GET", coord.Status.UNAVAILABLE))
        self.assertIn("the database is away", text)

    def test_nothing_default_and_failing_mean_the_usual_answer(self) -> None:
        usual = self.fetch(self.node(self.fail)[0])

        def raising(request: coord.HttpRequest, error: coord.Error) -> None:
            raise ValueError

        for handler in (lambda *_: None, lambda *_: coord.DEFAULT, lambda *_: 5, raising):
            got = self.fetch(self.node(self.fail, server_error=handler)[0])
            self.assertEqual((got[0], got[2]), (usual[0], usual[2]))


class PeerErrorTest(ClusterCase):
    def test_default_decides_as_the_dialect_does(self) -> None:
        node, _, key = self.lonely(peer_error=lambda error: coord.DEFAULT)
        self.assertEqual(node.group(key), b"row/" + key.encode())

        def load(key: str) -> bytes:
            raise coord.Denied("the owner says no")

        here, there = self.cluster(None, load, peer_error=lambda error: coord.DEFAULT)
        with self.assertRaises(coord.Error):
            here.group(here.key_of(there.peers.self_url))
        self.assertEqual(here.loaded, [])


class ServeTest(HookCase):
    def test_it_answers_as_the_port_does(self) -> None:
        peers, group = self.node(lambda key: b"v/" + key.encode())
        for path, status in (("users/a%20b", 200), ("nobody/a", 500), ("users", 400)):
            over_the_port = self.fetch(peers, path)
            answer = peers.serve("GET", f"/_groupcache/{path}", {"Accept": "*/*"})
            self.assertEqual((answer.status, answer.body), (over_the_port[0], over_the_port[2]))
            self.assertEqual(answer.status, status)
            for name, value in answer.headers:
                self.assertEqual(over_the_port[1][name], value)
        self.assertEqual(peers.serve("DELETE", b"/_groupcache/users/a%20b").status, 200)
        self.assertIsNone(group.lookup("a b"))
        self.assertEqual(peers.serve("PATCH", "/_groupcache/users/a").status, 405)

    def test_wrong_arguments_are_told(self) -> None:
        peers, _ = self.node()
        target = "/_groupcache/users/a"
        for error, arguments in (
            (TypeError, (7, target)),
            (TypeError, ("GET", 7)),
            (TypeError, ("GET", target, 7)),
            (TypeError, ("GET", target, ["a"])),
            (TypeError, ("GET", target, [("a", 7)])),
            (coord.InvalidArgument, ("GET", target, [("a:", "b")])),
            (coord.InvalidArgument, ("GET", target, [("a", "b\r\nc: d")])),
            (TypeError, ("GET", target, (), "text")),
            (coord.InvalidArgument, ("GET", "")),
            (coord.InvalidArgument, ("", target)),
            (coord.InvalidArgument, ("GET", "/\u20ac")),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(error):
                peers.serve(*arguments)  # type: ignore[arg-type]
        peers.close()
        with self.assertRaises(coord.Closed):
            peers.serve("GET", target)

    def test_it_is_awaited_on_an_event_loop(self) -> None:
        peers, _ = self.node()

        async def main() -> coord.Response:
            with self.assertRaises(TypeError):
                await coord.aio.serve("peers", "GET", "/")  # type: ignore[arg-type]
            return await coord.aio.serve(peers, "GET", "/_groupcache/users/a")

        self.assertEqual(asyncio.run(main()).status, 200)


class ListTest(HookCase):
    def test_peers_of_a_list_can_be_asked_directly(self) -> None:
        here, there = self.cluster()
        url = there.peers.self_url
        key = here.key_of(url)
        peer = here.peers.pick(key)
        assert peer is not None
        self.assertEqual(peer.url.rstrip("/").removesuffix("/_groupcache"), url)
        self.assertEqual(peer.get("users", key), b"row/" + key.encode())
        self.assertIsNone(here.peers.pick(here.key_of(here.peers.self_url)))
        self.assertIs(here.peers.find(url), peer)
        self.assertIsNone(here.peers.find("http://nowhere:1"))
        self.assertIsNone(here.peers.find(here.peers.self_url))
        peer.set("users", key, b"set")
        self.assertEqual(there.group.lookup(key), b"set")
        peer.remove("users", key)
        self.assertIsNone(there.group.lookup(key))
        here.peers.set([here.peers.self_url])
        self.assertIsNone(here.peers.find(url))
        here.peers.set([here.peers.self_url, url])
        again = here.peers.find(url)
        assert again is not None
        self.assertEqual(again.get("users", key), b"row/" + key.encode())
        with self.assertRaises(TypeError):
            here.peers.find(7)  # type: ignore[arg-type]

    def test_the_ring_of_a_list_is_as_it_was(self) -> None:
        here, there = self.cluster()
        ring = here.peers.ring()
        keys = spread(50)
        owners = [here.peers.owner(key) for key in keys]
        here.peers.set([here.peers.self_url])
        self.assertEqual([ring.owner(key) for key in keys], owners)
        self.assertEqual((len(ring), len(here.peers.ring())), (2, 1))

    def test_a_list_is_a_picker_for_groups_too(self) -> None:
        here, there = self.cluster()
        picker = here.peers.picker()
        group = coord.Group("also", picker=picker, peer_error=lambda error: False)
        key = here.key_of(there.peers.self_url)
        with self.assertRaises(coord.Error) as caught:
            group(key)  # which has no such group
        self.assertEqual(caught.exception.reason, "group-not-found")

    def test_a_hash_of_ones_own_decides_who_owns_what(self) -> None:
        def by_length(content: bytes) -> int:
            return len(content)

        peers = coord.Peers(
            peers=["http://a", "http://bb:80"], hash=by_length, ring="golang-crc32", replicas=1
        )
        ring = coord.Ring("golang-crc32", 1, hash=by_length).set(["http://a", "http://bb:80"])
        for size in range(20):
            self.assertEqual(peers.owner("k" * size), ring.owner("k" * size))
        self.assertEqual(peers.owner("k" * 9), "http://a")  # 0http://a has 9 bytes
        self.assertEqual(peers.owner("k" * 10), "http://bb:80")

    def test_a_hash_that_is_none_is_refused(self) -> None:
        for wrong in (7, lambda content: "text"):
            with self.assertRaises(TypeError):
                coord.Peers(hash=wrong)
            with self.assertRaises(TypeError):
                coord.Ring(hash=wrong)  # type: ignore[arg-type]

    def test_hooks_must_be_plain_functions(self) -> None:
        async def coroutine(request: coord.HttpRequest) -> None:
            """Nothing that C could call."""

        for name in ("exchange", "accept", "server_error"):
            for wrong in (7, coroutine):
                with self.assertRaisesRegex(TypeError, f"^{name} must be"):
                    coord.Peers(**{name: wrong})  # type: ignore[arg-type]

    def test_one_request_has_a_time_limit_of_its_own(self) -> None:
        held = self.silent()
        peers = coord.Peers(peers=[held], request_timeout=0.5)
        self.assertEqual(coord.Group("limited", lambda key: b"v", peers=peers)("a"), b"v")
        with self.assertRaises(coord.InvalidArgument):
            coord.Peers(request_timeout=-1)


if __name__ == "__main__":
    unittest.main()
