"""Errors of peers, peers under asyncio and after a fork, and the admin endpoint."""

from __future__ import annotations

import asyncio
import errno
import json
import pickle
import threading
import unittest
import urllib.request
from typing import Any, Callable

import coord
import coord.aio
from cluster import ClusterCase, Node, spread
from watching import program


class PeerErrorTest(ClusterCase):
    def test_by_default_an_unreachable_owner_means_loading_here(self) -> None:
        node, _, key = self.lonely()
        self.assertEqual(node.group(key), b"row/" + key.encode())
        self.assertEqual(node.group.stats().peer_errors, 1)

    def test_true_loads_here(self) -> None:
        seen: list[Any] = []

        def judge(error: coord.Error, key: str, peer: str) -> bool:
            seen.append((error, key, peer))
            return True

        node, dead, key = self.lonely(peer_error=judge)
        self.assertEqual(node.group(key), b"row/" + key.encode())
        [(error, told_key, peer)] = seen
        self.assertEqual((told_key, peer), (key, dead))
        self.assertIsInstance(error, coord.Unavailable)
        self.assertEqual(error.cause.native_domain, "errno")
        self.assertEqual(error.cause.native_code, errno.ECONNREFUSED)

    def test_false_gives_the_callers_the_error(self) -> None:
        node, dead, key = self.lonely(peer_error=lambda error: False)
        with self.assertRaises(coord.Unavailable):
            node.group(key)
        self.assertEqual(node.loaded, [])

    def test_what_it_raises_reaches_the_callers(self) -> None:
        def judge(error: coord.Error) -> bool:
            raise coord.Denied("only the owner may")

        node, _, key = self.lonely(peer_error=judge)
        with self.assertRaisesRegex(coord.Denied, "^only the owner may$"):
            node.group(key)

        def broken(error: coord.Error) -> bool:
            raise ZeroDivisionError("by zero")

        node, _, key = self.lonely(peer_error=broken)
        with self.assertRaisesRegex(coord.HostFailed, "by zero") as caught:
            node.group(key)
        self.assertIsInstance(caught.exception.cause, ZeroDivisionError)

    def test_it_works_without_a_loader(self) -> None:
        asking = coord.Peers(peers=[self.silent()], runtime=coord.Runtime())
        group = coord.Group("users", peers=asking, peer_error=lambda error: False)
        with self.assertRaises(coord.Unavailable):
            group("a")

    def test_it_must_be_a_plain_function(self) -> None:
        async def judge(error: coord.Error) -> bool:
            return True

        with self.assertRaisesRegex(TypeError, "^peer_error must be a plain function"):
            self.lonely(peer_error=judge)
        with self.assertRaisesRegex(TypeError, "^peer_error must be a function"):
            self.lonely(peer_error=True)


class RemoteTest(ClusterCase):
    def test_a_failed_load_elsewhere_tells_where_and_what_came_back(self) -> None:
        def load(key: str) -> bytes:
            raise coord.NotFound("no such user")

        here, there = self.cluster(None, load)
        key = here.key_of(there.peers.self_url)
        with self.assertRaises(coord.NotFound) as caught:
            here.group(key)
        remote = caught.exception.remote
        assert remote is not None
        self.assertEqual((remote.group, remote.key), ("users", key.encode()))
        self.assertEqual(remote.peer, there.peers.self_url)
        self.assertEqual((remote.http_status, remote.status), (404, "404 Not Found"))
        self.assertIn(b"no such user", remote.body)
        self.assertEqual(caught.exception.reason, "")
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual(again.details, caught.exception.details)

    def test_one_that_nobody_answered_has_no_status(self) -> None:
        node, dead, key = self.lonely(peer_error=lambda error: False)
        with self.assertRaises(coord.Unavailable) as caught:
            node.group(key)
        remote = caught.exception.remote
        assert remote is not None
        self.assertEqual((remote.peer, remote.http_status, remote.status), (dead, None, ""))

    def test_a_failure_here_is_not_remote(self) -> None:
        def load(key: str) -> bytes:
            raise coord.NotFound("no such user")

        node = Node(self, load)
        with self.assertRaises(coord.NotFound) as caught:
            node.group("a")
        error = caught.exception
        self.assertEqual((error.remote, error.reason, error.details), (None, "", {}))

    def test_a_group_that_the_peer_has_not_is_told_apart_from_a_bad_request(self) -> None:
        here, there = self.cluster()
        peer = here.peers.find(there.peers.self_url)
        assert peer is not None
        with self.assertRaises(coord.Error) as caught:
            peer.get("nobody", "a")
        self.assertEqual(caught.exception.reason, "group-not-found")


class AioPeersTest(ClusterCase):
    def aio_nodes(self, load: Any, **options: Any) -> list[coord.aio.Group]:
        groups = []
        peers = []
        for _ in range(2):
            runtime = coord.Runtime(worker_threads=2)
            self.addCleanup(runtime.close)
            peers.append(coord.Peers("127.0.0.1:0", runtime=runtime))
            groups.append(coord.aio.Group("users", load, peers=peers[-1], **options))
        for one in peers:
            one.set([other.self_url for other in peers])
        return groups

    def test_both_nodes_load_on_the_loop_and_each_key_once(self) -> None:
        loaded: list[str] = []

        async def load(key: str) -> bytes:
            loaded.append(key)
            return b"row/" + key.encode()

        async def main() -> None:
            here, there = self.aio_nodes(load)
            keys = spread(50)
            got = await asyncio.gather(*(group(key) for key in keys for group in (here, there)))
            self.assertEqual(got, [b"row/" + key.encode() for key in keys for _ in range(2)])
            self.assertEqual(sorted(loaded), sorted(keys))
            await here.remove(keys[7])
            self.assertIsNone(there.lookup(keys[7]))

        asyncio.run(main())

    def test_a_group_made_before_the_loop_serves_peers_inside_async_with(self) -> None:
        async def load(key: str) -> bytes:
            return b"v"

        here, there = self.aio_nodes(load)

        async def main() -> None:
            async with there:  # nobody ever asks it here
                got = await asyncio.gather(*(here.get(key) for key in spread(20)))
                self.assertEqual(got, [b"v"] * 20)

        asyncio.run(main())

    def test_peer_error_runs_on_the_loop(self) -> None:
        threads: list[threading.Thread] = []

        async def load(key: str) -> bytes:
            return b"loaded here"

        async def judge(error: coord.Error, peer: str) -> bool:
            await asyncio.sleep(0)
            threads.append(threading.current_thread())
            self.assertEqual(peer, dead)
            return error.cause.native_code == errno.ECONNREFUSED

        dead = self.silent()
        asking = coord.Peers(peers=[dead], runtime=coord.Runtime())

        async def main(decide: Callable[..., Any]) -> bytes:
            async with coord.aio.Group("users", load, peers=asking, peer_error=decide) as group:
                return await group("a")

        self.assertEqual(asyncio.run(main(judge)), b"loaded here")
        self.assertEqual(threads, [threading.main_thread()])
        with self.assertRaises(coord.Unavailable):
            asyncio.run(main(lambda error: False))


class AdminTest(unittest.TestCase):
    def test_the_admin_endpoint_answers_for_python_loaders(self) -> None:
        with coord.Runtime(worker_threads=2, admin_listen="127.0.0.1:0") as runtime:
            group = coord.Group("users", lambda key: b"row/" + key.encode(), runtime=runtime)
            url = f"http://{runtime.admin_address}/v1/groups"
            with urllib.request.urlopen(f"{url}/users/keys/42", timeout=10) as answer:
                self.assertEqual(answer.read(), b"row/42")
            with urllib.request.urlopen(url, timeout=10) as answer:
                self.assertEqual(json.load(answer), {"groups": ["users"]})
            self.assertEqual(group.lookup("42"), b"row/42")

    def test_without_one_there_is_no_address(self) -> None:
        with coord.Runtime(worker_threads=2) as runtime:
            self.assertEqual(runtime.admin_address, "")
        with self.assertRaisesRegex(TypeError, "^admin_listen must be str or None"):
            coord.Runtime(admin_listen=9090)
        with self.assertRaises(coord.InvalidArgument):
            coord.Runtime(admin_listen="0.0.0.0:0")
        coord.Runtime(admin_listen="0.0.0.0:0", allow_insecure_bind=True).close()


class ForkTest(unittest.TestCase):
    def test_in_a_child_peers_and_their_groups_are_of_no_use(self) -> None:
        done = program(
            """
            import os
            import coord

            peers = coord.Peers("127.0.0.1:0")
            group = coord.Group("users", lambda key: b"v", peers=peers)
            assert group("a") == b"v"
            child = os.fork()
            if child == 0:
                for call in (lambda: group("a"), lambda: peers.list, lambda: peers.set([])):
                    try:
                        call()
                    except coord.Forked:
                        continue
                    os._exit(1)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert group("b") == b"v"
            """
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))

if __name__ == "__main__":
    unittest.main()
