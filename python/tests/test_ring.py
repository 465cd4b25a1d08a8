"""The ring against the owners that the Go packages compute."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

import coord

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "ring_vectors.json"

# What the vectors call a profile, and how to have the same ring here.
PROFILES = {
    "golang_crc32_50": ("golang-crc32", 50),
    "mailgun_crc32_50": ("v2-crc32-md5", 50),
    "mailgun_default_fnv1_64_50": ("v2-fnv1-md5", 50),
    "mailgun_default_fnv1_64_512": ("v2-fnv1-md5", 512),
    "mailgun_fnv1a_64_50": ("v2-fnv1a-md5", 50),
    "seed_crc32_50": ("v2-crc32-md5", 50),
    "seed_default_50": ("v2-fnv1-md5", 50),
    "v3_default_50_hostport": ("v3-hostport", 50),
    "v3_default_50_url": ("v2-fnv1-md5", 50),
}


class RingTest(unittest.TestCase):
    def test_every_profile_gives_the_owners_of_the_reference(self) -> None:
        vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
        peers = vectors["peers_7"]
        keys = [bytes.fromhex(one["key_hex"]) for one in vectors["keys"]]
        for name, owners in vectors["owner_index"].items():
            profile, count = name.split("/")
            chosen = peers[: int(count.split("_")[0])]
            kind, replicas = PROFILES[profile]
            ring = coord.Ring(kind, replicas).set(chosen)
            with self.subTest(name):
                self.assertEqual([ring.owner(key) for key in keys], [chosen[i] for i in owners])

    def test_texts_and_bytes_have_the_same_owner(self) -> None:
        ring = coord.Ring().set([f"http://127.0.0.1:{port}" for port in range(8001, 8008)])
        for key in ("", "a", "größe"):
            self.assertEqual(ring.owner(key), ring.owner(key.encode()))

    def test_an_empty_ring_has_no_owner(self) -> None:
        ring = coord.Ring()
        with self.assertRaises(coord.NotFound):
            ring.owner("a")
        ring.set(["http://a:1"])
        self.assertEqual(ring.owner("a"), "http://a:1")
        ring.set([])
        with self.assertRaises(KeyError):
            ring.owner("a")

    def test_what_is_no_list_of_peers_is_refused(self) -> None:
        ring = coord.Ring()
        with self.assertRaises(TypeError):
            ring.set("http://a:1")
        for peer in ("", "a,b", "a b", " a"):
            with self.assertRaises(coord.InvalidArgument):
                ring.set([peer])
        with self.assertRaises(coord.InvalidArgument):
            coord.Ring("md4")
        with self.assertRaises(coord.InvalidArgument):
            coord.Ring(replicas=0)

    def test_peers_can_be_added_counted_and_written_down(self) -> None:
        ring = coord.Ring("golang-crc32", 3)
        self.assertEqual((len(ring), ring.dump()), (0, ""))
        self.assertIs(ring.add(["b", "a"]), ring)
        ring.add(["a", "c"])
        whole = coord.Ring("golang-crc32", 3).set(["a", "b", "c"])
        self.assertEqual((len(ring), ring.dump()), (3, whole.dump()))
        lines = ring.dump().splitlines()
        self.assertEqual(len(lines), 9)
        hashes = [int(line.split()[0], 16) for line in lines]
        self.assertEqual(hashes, sorted(hashes))
        self.assertEqual({line.split()[1] for line in lines}, {"a", "b", "c"})
        for wrong in ("a", 7, [7]):
            with self.assertRaises(TypeError):
                ring.add(wrong)  # type: ignore[arg-type]
        self.assertEqual(len(ring), 3)

    def test_a_hash_of_ones_own_places_peers_and_keys(self) -> None:
        # As in a test of the reference: the number that the text is.
        ring = coord.Ring("golang-crc32", 3, hash=lambda content: int(content or b"0"))
        owners = {"2": "2", "11": "2", "23": "4", "27": "2"}
        ring.add(["6", "4", "2"])
        self.assertEqual({key: ring.owner(key) for key in owners}, owners)
        ring.add(["8"])
        self.assertEqual({key: ring.owner(key) for key in owners}, {**owners, "27": "8"})


if __name__ == "__main__":
    unittest.main()
