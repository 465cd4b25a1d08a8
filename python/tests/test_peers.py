"""Peers that share the values of a group."""

from __future__ import annotations

import gc
import pickle
import threading
import unittest
from typing import Any

import coord
from cluster import ClusterCase, Node, spread
from watching import Task


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
        keys = spread(100)

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
            mine = nodes[0].peers.owner(key) == nodes[0].peers.self_url
            here, there = nodes if mine else reversed(nodes)
            return b"outer of " + here.group(inner[there.peers.self_url])

        nodes += self.cluster(load, load)
        inner = {nodes[0].peers.owner(f"inner {key}"): f"inner {key}" for key in spread(1000)}
        for key in spread(20):
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
            one
            for one in spread(1000)
            if one != key and here.peers.owner(one) == there.peers.self_url
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

if __name__ == "__main__":
    unittest.main()
