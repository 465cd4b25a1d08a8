"""get, remove and owner, as members of a cluster of real processes."""

from __future__ import annotations

import base64
import subprocess
import unittest

from program import Ended, ProgramTest, Server, coord, free_ports

TOUR = "http://127.0.0.1:8001,http://127.0.0.1:8002,http://127.0.0.1:8003"


class Owner(ProgramTest):
    """Which needs nobody else."""

    def test_owners_are_a_table(self) -> None:
        keys = ("user:1", "user:42", "thumbs/cat.png", "b")
        ended = coord("cache", "owner", "--group", "thumbs", *keys, COORD_PEERS=TOUR)
        self.assertEqual((ended.code, ended.err), (0, ""))
        self.assertEqual(
            ended.out.decode(),
            "KEY             OWNER\n"
            "user:1          http://127.0.0.1:8002\n"
            "user:42         http://127.0.0.1:8002\n"
            "thumbs/cat.png  http://127.0.0.1:8003\n"
            "b               http://127.0.0.1:8001\n",
        )

    def test_other_rings_have_other_owners(self) -> None:
        keys = [f"key-{number}" for number in range(30)]
        tables = set()
        for ring in ("v2-fnv1-md5", "v2-fnv1a-md5", "v2-crc32-md5", "golang-crc32"):
            tables.add(coord("cache", "owner", "--ring", ring, "--peers", TOUR, *keys).out)
        tables.add(coord("cache", "owner", "--replicas", "7", "--peers", TOUR, *keys).out)
        self.assertEqual(len(tables), 5)

    def test_any_bytes_are_a_key(self) -> None:
        keys = (b"", b"[a,b]", b"{}", b"a b", b"\xff", b"-v", b"x\n")
        ended = coord("cache", "owner", "--json", "--peers", TOUR, "--", *keys)
        self.assertEqual(ended.code, 0, ended.err)
        lines = ended.out.decode().splitlines()
        self.assertEqual(len(lines), len(keys))
        self.assertIn('"key":"[a,b]",', lines[1])
        self.assertIn('"key":"{}",', lines[2])
        encoded = base64.b64encode(b"\xff").decode()
        self.assertIn(f'"key":"\ufffd","key_base64":"{encoded}",', lines[4])
        shown = coord("cache", "owner", "--peers", TOUR, b"\xff\x1b[31m", b"{}").out
        self.assertIn(b"\n\\xff\\x1b[31m  http", shown)
        self.assertIn(b"\n{}  ", shown)


class Cluster(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.log = self.folder / "log"
        script = self.script(
            f"echo \"$1\" >> '{self.log}'\n"
            'case $1 in gone*) echo "no such user" >&2; exit 3;; bad*) exit 9;; esac\n'
            'printf "value of %s" "$1"'
        )
        urls = [f"http://127.0.0.1:{port}" for port in free_ports(3)]
        self.peers = ",".join(urls)
        self.servers: dict[str, Server] = {}
        for url in urls:
            place = url.removeprefix("http://")
            server = self.serve(
                "--listen", place, "--peers", self.peers, "--origin-command", f"{script} {{key}}"
            )
            self.servers[url] = server

    def run_verb(self, verb: str, *words: str) -> Ended:
        return coord("cache", verb, "--group", "thumbs", *words, COORD_PEERS=self.peers)

    def owner(self, key: str) -> str:
        return self.run_verb("owner", "--json", key).json["owner"]

    def key_of(self, url: str) -> str:
        # FNV puts keys beside each other that differ in their last bytes only.
        keys = [f"{number * 37 % 101:03}-key" for number in range(100)]
        lines = self.run_verb("owner", *keys).out.decode().splitlines()[1:]
        return next(line.split()[0] for line in lines if line.split()[1] == url)

    def loads(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []

    def test_every_value_comes_from_its_owner_and_is_loaded_once(self) -> None:
        for _ in range(2):
            for key in ("user:1", "user:42", "b"):
                ended = self.run_verb("get", "-v", key)
                self.assertEqual((ended.code, ended.out), (0, f"value of {key}".encode()))
                wanted = rf"^{key}  \d+ B  from {self.owner(key)}  never expires  \d+\.\d ms\n$"
                self.assertRegex(ended.err, wanted)
        self.assertEqual(sorted(self.loads()), ["b", "user:1", "user:42"])

    def test_json_has_the_value_and_what_is_known_of_it(self) -> None:
        got = self.run_verb("get", "--json", "b").json
        self.assertEqual(base64.b64decode(got["value_base64"]), b"value of b")
        self.assertEqual((got["group"], got["key"], got["size"]), ("thumbs", "b", 10))
        self.assertEqual((got["owner"], got["expire_unix_ns"]), (self.owner("b"), None))
        self.assertGreater(got["milliseconds"], 0)

    def test_failures_say_who_said_so(self) -> None:
        gone = self.run_verb("get", "gone")
        why = f"not_found: no such user (peers: http 404 from {self.owner('gone')})"
        self.refused(gone, 4, f"coord: thumbs: {why}\n")
        bad = self.run_verb("get", "bad")
        self.refused(bad, 1, "coord: thumbs: host_failed: ", f"http 503 from {self.owner('bad')}")
        told = self.run_verb("get", "--json", "gone")
        self.assertEqual((told.code, told.json["status"]), (4, "not_found"))

    def test_a_group_that_nobody_serves_is_unavailable(self) -> None:
        ended = coord("cache", "get", "--group", "other", "x", COORD_PEERS=self.peers)
        self.refused(ended, 69, "coord: other: unavailable: ", "other")

    def test_remove_is_everywhere(self) -> None:
        self.run_verb("get", "user:42")
        ended = self.run_verb("remove", "user:42")
        wanted = "removed user:42 on 3 of 3 peers\n"
        self.assertEqual((ended.code, ended.out, ended.err), (0, b"", wanted))
        self.run_verb("get", "user:42")
        self.assertEqual(self.loads(), ["user:42", "user:42"])
        done = self.run_verb("remove", "--json", "user:42").json
        self.assertEqual((done["peers"], done["confirmed"], done["status"]), (3, 3, "ok"))

    def test_a_dead_peer_takes_its_keys_along_and_no_others(self) -> None:
        dead, alive, _ = self.servers
        keys = {url: self.key_of(url) for url in (dead, alive)}
        self.servers[dead].close()
        self.refused(self.run_verb("get", keys[dead]), 69, "unavailable", dead, "refused")
        self.assertEqual(self.run_verb("get", keys[alive]).code, 0)
        for key in keys.values():
            ended = self.run_verb("remove", key)
            self.assertEqual((ended.code, ended.out), (69, b""))
            self.assertEqual(ended.lines[0], f"removed {key} on 2 of 3 peers")
            self.assertIn(dead, ended.lines[1])
            self.assertNotIn(alive, ended.lines[1])
            self.assertEqual(len(ended.lines), 2)

    def test_when_nobody_answers_it_is_69(self) -> None:
        for server in self.servers.values():
            server.close()
        self.refused(self.run_verb("get", "x"), 69, "unavailable")
        ended = self.run_verb("remove", "x")
        self.assertEqual(ended.code, 69)
        self.assertEqual(self.run_verb("remove", "--json", "x").json["confirmed"], 0)
        self.assertEqual(self.run_verb("owner", "x").code, 0)

    def test_a_peer_that_hangs_is_left_at_the_timeout(self) -> None:
        url = next(iter(self.servers))
        self.servers[url].signal(19)  # SIGSTOP
        key = self.key_of(url)
        self.refused(self.run_verb("get", "--timeout", "200ms", key), 69, "timed_out")

    def test_a_value_that_cannot_be_written_is_a_failure(self) -> None:
        self.assertEqual(self.run_verb("get", "b").out, b"value of b")
        for to in (">/dev/full", ">&-"):
            with self.subTest(to=to):
                words = f'"$COORD_PROGRAM" cache get --group thumbs --peers {self.peers} b'
                done = subprocess.run(
                    ["sh", "-c", f"exec {words} {to}"], capture_output=True, timeout=60
                )
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr.decode(), "^coord: stdout: .*\n$")


if __name__ == "__main__":
    unittest.main()
