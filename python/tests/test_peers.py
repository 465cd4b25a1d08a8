"""Peers: two nodes in one process, each in a runtime of its own."""

from __future__ import annotations

import asyncio
import errno
import gc
import json
import pickle
import socket
import threading
import unittest
import urllib.request
from typing import Any, Callable

import coord
import coord.aio
from watching import Task, program


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
        return next(key for key in map(str, range(10_000)) if self.peers.owner(key) == owner)


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


class PeersTest(ClusterCase):
    def test_a_key_is_loaded_once_by_its_owner(self) -> None:
        here, there = self.cluster()
        key = here.key_of(there.peers.self_url)
        for _ in range(2):
            self.assertEqual(here.group(key), b"row/" + key.encode())
            self.assertEqual(there.group(key), b"row/" + key.encode())
        self.assertEqual((here.loaded, there.loaded), ([], [key]))
        counted = here.group.stats()
        self.assertEqual((counted.peer_loads, counted.local_loads, counted.peer_errors), (1, 0, 0))
        self.assertGreater(counted.peer_slowest, 0.0)
        self.assertEqual(there.group.stats().server_requests, 1)
        self.assertEqual(here.group.cache_stats("hot").items, 1)
        self.assertEqual(here.peers.stats().client_requests, 1)
        self.assertEqual(there.peers.stats().server_requests, 1)
        self.assertEqual(there.peers.stats().server_connections, 1)

    def test_many_threads_at_both_nodes_load_each_key_once(self) -> None:
        here, there = self.cluster()
        keys = [f"k{number}" for number in range(40)]

        def ask(node: Node) -> None:
            for key in keys:
                self.assertEqual(node.group(key), b"row/" + key.encode())

        for task in [Task(ask, node) for node in (here, there) for _ in range(6)]:
            task.result()
        self.assertEqual(sorted(here.loaded + there.loaded), sorted(keys))
        self.assertEqual({here.peers.owner(key) for key in here.loaded}, {here.peers.self_url})

    def test_keys_and_values_hold_any_bytes(self) -> None:
        def load(key: bytes) -> bytes:
            return b"\x00" + key + b"\xff"

        here, there = self.cluster(load, load, keys=bytes)
        for key in (b"", b".", b"..", b"a/b", b"50 %", b"\x00", bytes(range(256)), b"k" * 4096):
            self.assertEqual(here.group(key), b"\x00" + key + b"\xff")
            self.assertEqual(there.group(key), b"\x00" + key + b"\xff")

    def test_a_removal_is_seen_by_all(self) -> None:
        here, there = self.cluster()
        for remover in (here, there):
            for owner in (here, there):
                key = here.key_of(owner.peers.self_url)
                here.group(key), there.group(key)
                remover.group.remove(key)
                self.assertIsNone(here.group.lookup(key))
                self.assertIsNone(there.group.lookup(key))

    def test_a_removal_that_a_peer_did_not_confirm_names_it(self) -> None:
        node, dead, key = self.lonely()
        node.group(key)
        with self.assertRaisesRegex(coord.Unavailable, dead):
            node.group.remove(key)
        self.assertIsNone(node.group.lookup(key))

    def test_the_owners_error_comes_with_its_cause(self) -> None:
        def load(key: str) -> bytes:
            raise coord.NotFound("no such user")

        here, there = self.cluster(load, load)
        with self.assertRaises(coord.NotFound) as caught:
            here.group(here.key_of(there.peers.self_url))
        self.assertEqual(str(caught.exception), "no such user")
        cause = caught.exception.cause
        assert isinstance(cause, coord.Error)
        self.assertEqual((cause.component, cause.native_domain, cause.native_code),
                         ("peers", "http", 404))
        again = pickle.loads(pickle.dumps(cause))
        self.assertEqual((again.native_domain, again.native_code), ("http", 404))

    def test_what_a_loader_elsewhere_raised_is_host_failed_with_its_text(self) -> None:
        def load(key: str) -> bytes:
            raise ZeroDivisionError("by zero")

        here, there = self.cluster(load, load)
        with self.assertRaisesRegex(coord.HostFailed, "^ZeroDivisionError: by zero$"):
            here.group(here.key_of(there.peers.self_url))

    def test_a_caller_leaves_at_its_own_deadline(self) -> None:
        go_on = threading.Event()
        self.addCleanup(go_on.set)

        def load(key: str) -> bytes:
            go_on.wait()
            return b"late"

        here, there = self.cluster(load, load)
        key = here.key_of(there.peers.self_url)
        with self.assertRaises(coord.TimedOut):
            here.group.get(key, timeout=0.02)
        waiting = Task(here.group.get, key)
        go_on.set()
        self.assertEqual(waiting.result(), b"late")

    def test_a_loader_may_ask_for_a_key_of_the_other_node(self) -> None:
        nodes: list[Node] = []

        def load(key: str) -> bytes:
            if key.startswith("inner"):
                return b"inner"
            index = next(i for i, one in enumerate(nodes) if one.peers.self_url == one.peers.owner(key))
            far = nodes[1 - index].peers.self_url
            inner = next(
                f"inner{n}" for n in range(1000) if nodes[0].peers.owner(f"inner{n}") == far
            )
            return b"outer of " + nodes[index].group(inner)

        nodes += self.cluster(load, load)
        keys = [f"outer{number}" for number in range(20)]
        for key in keys:
            self.assertEqual(nodes[0].group(key), b"outer of inner")

    def test_a_list_can_be_read_replaced_and_asked_for_owners(self) -> None:
        urls = ["http://a.example:1", "http://b.example:2", "http://[::1]:3"]
        peers = coord.Peers(peers=urls, runtime=coord.Runtime())
        self.assertEqual(peers.list, urls)
        self.assertEqual(peers.self_url, "")
        ring = coord.Ring().set(urls)
        for key in ("", "a", b"\x00", "größe"):
            self.assertEqual(peers.owner(key), ring.owner(key))
        peers.set(url for url in urls[:1])
        self.assertEqual(peers.list, urls[:1])
        with self.assertRaises(coord.InvalidArgument):
            peers.set(["no url"])
        with self.assertRaises(coord.InvalidArgument):
            peers.set(["nothing"])
        self.assertEqual(peers.list, urls[:1])
        peers.set([])
        self.assertEqual(peers.list, [])
        with self.assertRaises(coord.NotFound):
            peers.owner("a")

    def test_the_ring_is_the_one_that_was_asked_for(self) -> None:
        urls = [f"http://10.0.0.{number}:8080" for number in range(1, 8)]
        for profile in ("golang-crc32", "v2-crc32-md5", "v3-hostport"):
            peers = coord.Peers(peers=urls, ring=profile, replicas=40, runtime=coord.Runtime())
            if profile == "v3-hostport":
                ring = coord.Ring(profile, 40).set([url[len("http://"):] for url in urls])
                owners = ["http://" + ring.owner(str(key)) for key in range(50)]
            else:
                ring = coord.Ring(profile, 40).set(urls)
                owners = [ring.owner(str(key)) for key in range(50)]
            self.assertEqual([peers.owner(str(key)) for key in range(50)], owners)

    def test_wrong_arguments_are_named(self) -> None:
        runtime = coord.Runtime()
        self.addCleanup(runtime.close)

        def refused(kind: type[BaseException], words: str, *given: Any, **named: Any) -> None:
            with self.subTest(words), self.assertRaisesRegex(kind, words):
                coord.Peers(*given, runtime=runtime, **named)

        refused(TypeError, "^listen must be str or None, not int: 8080$", 8080)
        refused(TypeError, "^self_url must be str or None", self_url=b"http://a:1")
        refused(TypeError, "^base_path must be str or None", base_path=1)
        refused(TypeError, "^peers must be several texts", peers="http://a:1,http://b:2")
        refused(TypeError, "^each of peers must be str", peers=[1])
        refused(ValueError, "white space", peers=["http://a:1 http://b:2"])
        refused(ValueError, "^ring must be one of 'v2-fnv1-md5', ", ring="md4")
        refused(ValueError, "^dialect must be one of 'mailgun', 'seed'", dialect="thai")
        refused(ValueError, "^replicas must be 1 to 65,536: 0$", replicas=0)
        refused(ValueError, "^max_key_bytes must be 1 to 65,535", max_key_bytes=0)
        refused(TypeError, "^max_connections must be a whole number", max_connections="many")
        refused(ValueError, "a.example", peers=["a.example"])
        refused(coord.Unsupported, "https", peers=["https://a.example:1"])
        refused(ValueError, "0.0.0.0", "0.0.0.0:0")
        refused(ValueError, "", base_path="no slash")
        coord.Peers("0.0.0.0:0", allow_insecure_bind=True, runtime=runtime).close()
        with self.assertRaisesRegex(TypeError, "^runtime must be a coord.Runtime or None"):
            coord.Peers(runtime="default")
        with self.assertRaisesRegex(TypeError, "^peers must be a coord.Peers or None"):
            coord.Group("g", peers=["http://a:1"], runtime=runtime)

    def test_a_port_in_use_and_a_self_spelled_differently_are_refused(self) -> None:
        node = Node(self)
        url = node.peers.self_url
        port = url.rpartition(":")[2]
        with self.assertRaises(coord.AlreadyExists):
            coord.Peers(f"127.0.0.1:{port}", runtime=node.runtime)
        with self.assertRaisesRegex(coord.InvalidArgument, f"localhost:{port}"):
            node.peers.set([f"http://localhost:{port}"])
        self.assertEqual(node.group("a"), b"row/a")

    def test_refused_writes_stay_refused(self) -> None:
        here, there = self.cluster()
        guarded = coord.Peers("127.0.0.1:0", refuse_writes=True, runtime=there.runtime)
        own = coord.Group("own", there.load, peers=guarded)
        here.peers.set([here.peers.self_url, guarded.self_url])
        own("a")
        group = coord.Group("own", here.load, peers=here.peers)
        with self.assertRaisesRegex(coord.Unavailable, "403"):
            group.remove("a")
        self.assertEqual(own.lookup("a"), b"row/a")

    def test_a_group_without_a_loader_asks_only(self) -> None:
        node = Node(self)
        asking = coord.Peers(peers=[node.peers.self_url], runtime=coord.Runtime())
        group = coord.Group("users", peers=asking)
        self.assertEqual(group("a"), b"row/a")
        group.remove("a")
        self.assertIsNone(node.group.lookup("a"))
        self.assertRegex(repr(asking), "only asks")

    def test_after_close_keys_are_loaded_here_and_calls_are_refused(self) -> None:
        here, there = self.cluster()
        key = here.key_of(there.peers.self_url)
        with there.peers as peers:
            self.assertEqual(here.group(key), b"row/" + key.encode())
        peers.close()  # again
        with self.assertRaises(coord.Closed):
            peers.set([])
        other = next(
            one for one in map(str, range(1000)) if one != key
            and here.peers.owner(one) == there.peers.self_url
        )
        self.assertEqual(here.group(other), b"row/" + other.encode())
        self.assertEqual(here.loaded, [other])

    def test_a_group_keeps_its_peers(self) -> None:
        here, there = self.cluster()
        key = here.key_of(there.peers.self_url)
        del here.peers, there.peers
        gc.collect()
        self.assertEqual(here.group(key), b"row/" + key.encode())
        self.assertEqual(here.loaded, [])

    def test_a_group_is_made_in_the_runtime_of_its_peers(self) -> None:
        here, _ = self.cluster()
        self.assertIn("users", here.runtime.metrics())


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
            keys = [str(number) for number in range(50)]
            got = await asyncio.gather(*(group(key) for key in keys for group in (here, there)))
            self.assertEqual(got, [b"row/" + key.encode() for key in keys for _ in range(2)])
            self.assertEqual(sorted(loaded), sorted(keys))
            await here.remove("7")
            self.assertIsNone(there.lookup("7"))

        asyncio.run(main())

    def test_a_group_made_before_the_loop_serves_peers_inside_async_with(self) -> None:
        async def load(key: str) -> bytes:
            return b"v"

        here, there = self.aio_nodes(load)

        async def main() -> None:
            async with there:  # nobody ever asks it here
                got = await asyncio.gather(*(here.get(str(number)) for number in range(20)))
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
