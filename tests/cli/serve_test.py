"""coord cache serve: how it begins, what it tells, how it stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import unittest
from urllib.request import ProxyHandler, build_opener

from program import PROGRAM, ProgramTest, environment, free_ports

ECHO = ("--origin-command", "printf %s {key}")


class Serve(ProgramTest):
    def test_it_says_where_it_serves(self) -> None:
        server = self.serve(*ECHO)
        self.assertRegex(server.url, r"^http://127\.0\.0\.1:[1-9]\d*$")
        place = f"{server.url}/_groupcache/"
        about = "no peers, ring v2-fnv1-md5, 64 MiB"
        self.assertEqual(server.err, f"serving group thumbs on {place} ({about})\n")
        self.assertEqual(
            server.started,
            {
                "group": "thumbs",
                "url": server.url,
                "base_path": "/_groupcache/",
                "admin": None,
                "peers": 0,
                "ring": "v2-fnv1-md5",
                "cache_bytes": 64 << 20,
                "pid": server.process.pid,
            },
        )

    def test_options_are_what_it_says(self) -> None:
        more = ("--ring", "golang-crc32", "--cache-bytes", "1500", "--base-path", "/c/")
        server = self.serve(*ECHO, *more)
        self.assertIn(f"{server.url}/c/ (no peers, ring golang-crc32, 1.5 KiB)", server.err)
        self.assertEqual(self.get(server, "x", "--base-path", "/c/").out, b"x")
        self.assertEqual(self.get(server, "x").code, 69)

    def test_without_json_stdout_stays_empty(self) -> None:
        words = ["cache", "serve", "--group", "g", "--listen", "127.0.0.1:0", *ECHO]
        with subprocess.Popen(
            [PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment({})
        ) as process:
            self.assertIn(b"serving group g", process.stderr.readline())
            process.terminate()
            out, err = process.communicate(timeout=60)
        self.assertEqual((out, err, process.returncode), (b"", b"stopped: 0 requests open\n", 0))

    def test_each_signal_to_stop_is_a_clean_stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                server = self.serve(*ECHO)
                self.get(server, "x")
                server.signal(number)
                self.assertEqual(server.wait(), 0)
                self.assertTrue(server.err.endswith("stopped: 0 requests open\n"), server.err)

    def test_what_was_ignored_at_start_stays_ignored(self) -> None:
        self.addCleanup(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        server = self.serve(*ECHO)
        server.signal(signal.SIGHUP)
        self.assertEqual(self.get(server, "still here").out, b"still here")
        self.assertEqual(server.stop(), 0)

    def test_the_port_can_be_used_again_at_once(self) -> None:
        server = self.serve(*ECHO)
        self.get(server, "x")
        self.assertEqual(server.stop(), 0)
        place = server.url.removeprefix("http://")
        self.assertEqual(self.serve(*ECHO, "--listen", place).url, server.url)

    def test_a_peer_that_is_not_up_is_a_warning(self) -> None:
        here, absent = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        place = here.removeprefix("http://")
        server = self.serve(*ECHO, "--listen", place, "--peers", f"{here},{absent}")
        # What the other one owns is loaded here.
        asked = [self.get(server, str(key)).out for key in range(20)]
        served = [str(key).encode() for key in range(20)]
        owned = [value for value in asked if value]
        self.assertTrue(owned and set(owned) <= set(served), owned)
        self.assertEqual(server.stop(), 0)
        self.assertIn("(2 peers, ", server.err)
        self.assertIn(f"coord: warning: {absent}: ", server.err)
        self.assertNotIn(f"coord: warning: {here}: ", server.err)

    def test_the_admin_port_serves_other_languages(self) -> None:
        server = self.serve(*ECHO, "--admin", "127.0.0.1:0")
        self.assertIn(f"admin on http://{server.admin}/\n", server.err)
        plain = build_opener(ProxyHandler({}))
        root = f"http://{server.admin}"
        with plain.open(f"{root}/v1/groups/thumbs/keys/user:42", timeout=60) as got:
            self.assertEqual((got.status, got.read()), (200, b"user:42"))
        with plain.open(f"{root}/healthz", timeout=60) as got:
            self.assertEqual(got.read(), b"ok\n")

    def test_values_expire_as_told(self) -> None:
        self.assertRegex(self.verbose("--ttl", "5m"), r"  expires in (5m00s|4m5\ds)  ")
        self.assertIn("  never expires  ", self.verbose())

    def verbose(self, *words: str) -> str:
        return self.get(self.serve(*ECHO, *words), "x", "-v").err

    def test_a_value_is_loaded_once(self) -> None:
        counts = self.script('echo >> "$0.log"; printf %s "$1"')
        server = self.serve("--origin-command", f"{counts} {{key}}")
        for _ in range(3):
            self.assertEqual(self.get(server, "x").out, b"x")
        self.assertEqual((self.folder / "origin.sh.log").read_bytes(), b"\n")

    def test_a_group_may_have_any_name(self) -> None:
        server = self.serve(*ECHO, group="a b ü%\n")
        self.assertIn("serving group a b ü%\\x0a on ", server.err)
        self.assertEqual(server.started["group"], "a b ü%\n")

    def test_who_no_longer_reads_does_not_end_it(self) -> None:
        read, write = os.pipe()
        words = ["cache", "serve", "--group", "thumbs", "--listen", "127.0.0.1:0", *ECHO]
        process = subprocess.Popen(
            [PROGRAM, *words, "--json"],
            stdout=subprocess.PIPE,
            stderr=write,
            env=environment({}),
        )
        os.close(write)
        with process:
            process.stdout.readline()
            os.close(read)
            process.terminate()
            self.assertEqual(process.wait(60), 0)  # its last words went nowhere

    def test_a_connection_that_says_nothing_does_not_hold_it(self) -> None:
        server = self.serve(*ECHO)
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 60) as silent:
            self.get(server, "x")
            self.assertEqual(server.stop(), 0)
            self.assertEqual(silent.recv(1), b"")


if __name__ == "__main__":
    unittest.main()
