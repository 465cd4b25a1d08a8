"""Two Go programs on mailgun's groupcache and two libcoord processes share one cache, on default settings.

COORD_NODE and COORD_GO_NODE are the two programs; `./dev test` builds both.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from interop.expected import Ring, answer_of, large, word_of  # noqa: E402
from support.line_process import LineProcess  # noqa: E402

SEED = int(os.environ.get("COORD_TEST_SEED", "20240229"))
GROUP = "shared"
ODD_KEYS = [b"", b".", b"..", b"../b", b"a//b", b"/", b"//", b"a/", b"/a", b"a b", b" ", b"a+b", b"100%", b"%2F",
            b"%zz", b"?&=#", b"#", b"a;b,c", b"~!*'()-_.$@:;,[]", b"\x00", b"a\x00b\x7f", b"\xff\xfe", b"\x80",
            "日本 é".encode(), b"\r\n", b"\"<>\\^`{|}", bytes(range(256)), b"k" * 1_000]
SIZES = (0, 64 << 10, 8 << 20)
FAR = 4_102_444_800_123_456_789  # 2100-01-01, and some nanoseconds


class Node(LineProcess):
    def __init__(self, name: str, *groups: str):
        variable = "COORD_GO_NODE" if name.startswith("go") else "COORD_NODE"
        super().__init__([os.environ[variable], name, *groups])
        self.name = name
        self.url = self.hello["url"]

    def get(self, key: bytes, group: str = GROUP) -> dict:
        return self.ask("get", group, word_of(key))

    def get_all(self, keys: list[bytes]) -> list[dict]:
        return self.ask("get_all", GROUP, *map(word_of, keys))["answers"]


class Cluster:
    """Names beginning with "go" are Go programs, all others are libcoord's."""

    def __init__(self, *names: str):
        self.nodes: list[Node] = []
        try:
            for name in names:
                own = "only-go" if name.startswith("go") else "only-ours"
                self.nodes.append(Node(name, GROUP, own))
            urls = [one.url for one in self.nodes]
            self.ring = Ring(urls)
            for one in self.nodes:
                assert one.ask("peers", ",".join(urls)) == {"ok": True}
        except BaseException:
            self.end()
            raise

    def end(self) -> dict[str, int]:
        """The exit status of each."""
        return {one.name: one.end() for one in self.nodes}

    def drop(self, node: Node) -> None:
        self.nodes.remove(node)
        node.kill()
        node.end()

    def named(self, name: str) -> Node:
        return next(one for one in self.nodes if one.name == name)

    def owner(self, key: bytes) -> Node:
        url = self.ring.owner(key)
        return next(one for one in self.nodes if one.url == url)

    def own_key(self, node: Node, prefix: bytes) -> bytes:
        return self.ring.key_owned_by(node.url, prefix)

    def loads(self, group: str = GROUP) -> dict[bytes, Counter]:
        """How often each node loaded each key."""
        counted: dict[bytes, Counter] = {}
        for node in self.nodes:
            for entry, count in node.ask("loads")["loads"].items():
                of, word = entry.split(" ")
                if of == group:
                    counted.setdefault(bytes.fromhex(word[1:]), Counter())[node.name] += count
        return counted

    def on_each(self, work) -> None:
        """work(node), for all nodes at once."""
        failures: list[BaseException] = []

        def run(node: Node) -> None:
            try:
                work(node)
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=run, args=(node,)) for node in self.nodes]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        if failures:
            raise failures[0]


class Case(unittest.TestCase):
    names: tuple[str, ...] = ("go-1", "ours-1", "go-2", "ours-2")
    maxDiff = 4_000

    def setUp(self):
        self.cluster = Cluster(*self.names)
        self.addCleanup(self.end)
        self.nodes = list(self.cluster.nodes)

    def end(self):
        self.assertEqual(set(self.cluster.end().values()), {0}, "exit statuses")

    def value_of(self, key: bytes) -> bytes:
        return self.cluster.owner(key).name.encode() + b"|" + key

    def assert_everywhere(self, key: bytes, expected: dict) -> None:
        for node in self.nodes:
            with self.subTest(key=key[:40], node=node.name):
                self.assertEqual(node.get(key), expected)


class Values(Case):
    def test_both_sides_agree_on_every_owner(self):
        for key in [b"key-%d" % i for i in range(200)] + ODD_KEYS:
            self.assert_owner(key)

    def assert_owner(self, key: bytes) -> None:
        expected = self.cluster.ring.owner(key)
        self.assertEqual({node.ask("owner", word_of(key))["owner"] for node in self.nodes}, {expected})

    def test_a_thousand_keys_asked_of_every_node_at_once_are_loaded_once_each_at_their_owner(self):
        chance = random.Random(SEED)
        keys = [b"%016x %d" % (chance.getrandbits(64), i) for i in range(1_000)]

        def ask_all(node: Node) -> None:
            order = random.Random(f"{SEED} {node.name}").sample(keys, len(keys))
            for key, answer in zip(order, node.get_all(order)):
                self.assertEqual(answer, answer_of(self.value_of(key)), (SEED, node.name, key))

        self.cluster.on_each(ask_all)
        loads = self.cluster.loads()
        self.assertEqual(loads, {key: Counter({self.cluster.owner(key).name: 1}) for key in keys})
        self.assertEqual(len({self.cluster.owner(key).name for key in keys}), len(self.nodes))

    def test_keys_of_any_bytes_arrive_as_they_are(self):
        for key in ODD_KEYS:
            self.assert_everywhere(key, answer_of(self.value_of(key)))
        self.assertEqual(self.cluster.loads(),
                         {key: Counter({self.cluster.owner(key).name: 1}) for key in ODD_KEYS})

    def test_values_of_any_size_arrive_whole(self):
        for owner in self.nodes:
            for size in SIZES:
                key = self.cluster.own_key(owner, b"!size %d" % size)
                self.assert_everywhere(key, answer_of(large(size)))


class Expiry(Case):
    def test_the_instant_is_the_same_to_the_nanosecond_on_every_node(self):
        for owner in self.nodes:
            key = self.cluster.own_key(owner, b"!expire %d" % FAR)
            node_answers = {node.name: node.get(key) for node in self.nodes}
            for node, answer in node_answers.items():
                self.assertEqual(answer["head"], self.value_of(key).hex())
                both_ours = node.startswith("ours") and owner.name.startswith("ours")
                # Between two libcoord processes the time that remains counts, so that clocks may differ.
                self.assertAlmostEqual(answer["expire_ns"], FAR, delta=1_000_000_000 if both_ours else 0,
                                       msg=f"{node}, owner {owner.name}")

    def test_a_value_that_expired_is_loaded_again_wherever_it_was_kept(self):
        for owner in self.nodes:
            key = self.cluster.own_key(owner, b"!ttl 300")
            first = {node.name: node.get(key)["expire_ns"] for node in self.nodes}
            self.assertTrue(all(first.values()), first)
            for node in self.nodes:
                while node.get(key)["expire_ns"] <= first[node.name]:
                    pass  # until its copy has expired


class Removal(Case):
    def test_a_remove_on_any_node_is_seen_by_all(self):
        for owner in self.nodes:
            key = self.cluster.own_key(owner, b"removed")
            for round_, remover in enumerate(self.nodes, start=1):
                self.assert_everywhere(key, answer_of(self.value_of(key)))
                self.assertEqual(self.cluster.loads()[key], Counter({owner.name: round_}))
                self.assertEqual(remover.ask("remove", GROUP, word_of(key)), {"ok": True})
            self.assert_everywhere(key, answer_of(self.value_of(key)))
            self.assertEqual(self.cluster.loads()[key], Counter({owner.name: len(self.nodes) + 1}))

    def test_keys_of_any_bytes_are_removed_everywhere(self):
        for turn, key in enumerate(ODD_KEYS):
            self.assert_everywhere(key, answer_of(self.value_of(key)))
            remover = self.nodes[turn % len(self.nodes)]
            self.assertEqual(remover.ask("remove", GROUP, word_of(key)), {"ok": True}, (key, remover.name))
            self.assert_everywhere(key, answer_of(self.value_of(key)))
            self.assertEqual(self.cluster.loads()[key], Counter({self.cluster.owner(key).name: 2}), key)


class Setting(Case):
    """Each turn every node has a copy first, so that one that stays old is seen."""

    def fill(self, key: bytes, expected: bytes) -> None:
        self.assert_everywhere(key, answer_of(expected))

    def set(self, setter: Node, key: bytes, value: bytes, *expiry: int, verb: str = "set") -> None:
        answer = setter.ask(verb, GROUP, word_of(key), word_of(value), *expiry)
        self.assertEqual(answer, {"ok": True}, (setter.name, key[:40]))

    def test_after_a_set_by_or_at_one_of_ours_nobody_gives_an_older_value(self):
        for owner in self.nodes:
            key = self.cluster.own_key(owner, b"set")
            value = self.value_of(key)
            for setter in self.nodes:
                if setter.name.startswith("go") and owner.name.startswith("go"):
                    continue
                for verb in ("set", "set_hot"):
                    self.fill(key, value)
                    value = b"%s by %s" % (verb.encode(), setter.name.encode())
                    self.set(setter, key, value, verb=verb)
            self.fill(key, value)
            self.assertEqual(self.cluster.loads()[key], Counter({owner.name: 1}), "sets load nothing")

    def test_a_go_setter_and_a_go_owner_leave_old_copies_which_the_next_set_of_ours_mends(self):
        owner, setter = (self.cluster.named(name) for name in ("go-1", "go-2"))
        key = self.cluster.own_key(owner, b"left stale")
        self.fill(key, self.value_of(key))
        self.set(setter, key, b"new", verb="set_hot")
        for node in self.nodes:
            expected = b"new" if node in (owner, setter) else self.value_of(key)
            self.assertEqual(node.get(key), answer_of(expected), node.name)
        self.set(self.cluster.named("ours-1"), key, b"newer")
        self.fill(key, b"newer")

    def test_what_was_set_is_removed_everywhere_from_every_side_and_loaded_again(self):
        for owner in self.nodes:
            key = self.cluster.own_key(owner, b"set and removed")
            for turn, remover in enumerate(self.nodes):
                setter = self.cluster.named(("ours-1", "ours-2")[turn % 2])
                self.set(setter, key, b"set %d" % turn)
                self.fill(key, b"set %d" % turn)
                self.assertEqual(remover.ask("remove", GROUP, word_of(key)), {"ok": True})
                self.fill(key, self.value_of(key))

    def test_keys_and_values_of_any_bytes_are_set(self):
        for turn, key in enumerate(ODD_KEYS):
            if key == b"" and self.nodes[turn % 4].name.startswith("go"):
                continue  # which refuses the empty key
            setter = self.nodes[turn % len(self.nodes)]
            both_go = setter.name.startswith("go") and self.cluster.owner(key).name.startswith("go")
            self.set(self.cluster.named("ours-1") if both_go else setter, key, b"\x00\xff" + key)
            self.fill(key, b"\x00\xff" + key)

    def test_sizes_and_the_instant_of_expiry_survive(self):
        for owner in self.nodes:
            for setter in (self.cluster.named("ours-1"), self.cluster.named("ours-2")):
                key = self.cluster.own_key(owner, b"set to expire by " + setter.name.encode())
                self.set(setter, key, b"", FAR)
                for node in self.nodes:
                    answer = node.get(key)
                    self.assertEqual(answer["len"], 0)
                    self.assertAlmostEqual(answer["expire_ns"], FAR, delta=1_000_000_000)


class Failures(Case):
    def test_what_the_owners_loader_says_reaches_the_caller_and_nothing_else_is_tried(self):
        told = {b"!missing": "not_found", b"!fail": "host_failed"}
        for owner in self.nodes:
            for verb, status in told.items():
                key = self.cluster.own_key(owner, verb + b" the table is \"gone\"")
                message = key[len(verb) + 1:].decode()
                for node in self.nodes:
                    answer = node.get(key)
                    if node is owner and node.name.startswith("go") and verb == b"!fail":
                        status_here = "unknown"  # the Go loader's own error, which never was remote
                    else:
                        status_here = status
                    self.assertEqual((answer["ok"], answer["status"]), (False, status_here), (owner.name, node.name))
                    self.assertEqual(answer["message"], message, (owner.name, node.name))
                # Failures are not kept: each of the four asked the owner, and nobody else loaded.
                self.assertEqual(self.cluster.loads()[key], Counter({owner.name: len(self.nodes)}))

    def test_a_group_that_the_owner_does_not_have_is_loaded_by_who_asks(self):
        for owner in self.nodes:
            for node in self.nodes:
                group = "only-go" if node.name.startswith("go") else "only-ours"
                key = self.cluster.own_key(owner, b"of %s" % group.encode())
                same_side = node.name[:2] == owner.name[:2]
                # A Go program takes the 404 of another for a missing key; there is none of that between two of these.
                self.assertEqual(node.get(key, group),
                                 answer_of((owner if same_side else node).name.encode() + b"|" + key))


class Death(Case):
    def test_when_a_node_is_killed_the_others_load_its_keys_themselves(self):
        for victim_name in self.names[2:]:
            victim = self.cluster.named(victim_name)
            before = self.cluster.own_key(victim, b"before")
            after = [self.cluster.own_key(victim, b"after %d" % i) for i in range(20)]
            self.assert_everywhere(before, answer_of(self.value_of(before)))
            self.cluster.drop(victim)
            self.nodes.remove(victim)
            for node in self.nodes:
                copy = node.get(before)
                self.assertEqual(copy["head"], (victim_name.encode() + b"|" + before).hex(), "its copy lives on")
                for key, answer in zip(after, node.get_all(after)):
                    self.assertEqual(answer, answer_of(node.name.encode() + b"|" + key))
            loads = self.cluster.loads()
            for key in after:
                self.assertEqual(loads[key], Counter(node.name for node in self.nodes))


if __name__ == "__main__":
    missing = [name for name in ("COORD_NODE", "COORD_GO_NODE") if not Path(os.environ.get(name, "")).is_file()]
    if missing:
        print(f"{' and '.join(missing)} must name the programs; ./dev test builds them")
        sys.exit(77)
    print(f"seed {SEED}")
    unittest.main(verbosity=2)
