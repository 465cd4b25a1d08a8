"""What is mistyped: one line, exit code 2, nothing begun."""

from __future__ import annotations

import socket
import unittest

from program import ProgramTest, coord

SERVE = ("cache", "serve", "--group", "g", "--listen", "127.0.0.1:0")
FILES = ("--origin-dir", "/")
LIST = "http://127.0.0.1:8001,http://127.0.0.1:8002"


class Usage(ProgramTest):
    def test_help_and_version_are_data(self) -> None:
        for words in (["help"], ["--help"], ["cache", "get", "--help"], ["help", "cache", "get"]):
            ended = coord(*words)
            self.assertEqual((ended.code, ended.err), (0, ""), words)
            self.assertIn(b"Exit codes:", ended.out)
        self.assertIn(b"coord cache get", coord("help", "cache", "get").out)
        self.assertRegex(coord("--version").out.decode(), r"^coord \d+\.\d+\.\d+\n$")
        self.assertEqual(list(coord("--version", "--json").json), ["version"])

    def test_unknown_commands_and_flags_are_named(self) -> None:
        self.refused(coord(), 2, "coord help")
        self.refused(coord("cash"), 2, "cash")
        self.refused(coord("cache"), 2, "coord cache --help")
        self.refused(coord("cache", "bet"), 2, "bet")
        mistyped = coord(*SERVE, *FILES, "--lisen", "1")
        self.refused(mistyped, 2, "--lisen", "coord cache serve --help")
        self.refused(coord("cache", "get", "--group", "g", "--peers", LIST, "a", "b"), 2, "b")
        self.refused(coord("cache", "get", "--peers", LIST, "a"), 2, "--group")
        self.refused(coord("cache", "get", "--group", "g", "--peers", LIST), 2, "KEY")
        self.refused(coord("cache", "get", "--group", "g", "a"), 2, "--peers", "COORD_PEERS")

    def test_what_is_typed_goes_before_the_environment(self) -> None:
        typed, other = "http://127.0.0.1:1", "http://127.0.0.1:2"
        for verb in ("get", "remove", "owner"):
            words = ("cache", verb, "--group", "g", "--peers", typed, "key")
            ended = coord(*words, COORD_PEERS=other)
            self.assertIn(typed, ended.err + ended.out.decode(), verb)
            self.assertNotIn(other, ended.err + ended.out.decode(), verb)

    def test_an_empty_value_is_a_mistake(self) -> None:
        for option in ("--peers", "--cache-bytes", "--ttl", "--ring", "--admin"):
            words = ("cache", "serve", "--group", "g", "--listen", "127.0.0.1:0")
            ended = coord(*words, "--origin-dir", "/", option, "")
            self.refused(ended, 2, f"{option}: must not be empty")
        self.refused(coord("cache", "stats"), 2, "no admin address", "COORD_ADMIN")

    def test_values_without_meaning_are_shown(self) -> None:
        for flag, text in (
            ("--ttl", "5"),
            ("--ttl", "-5s"),
            ("--ttl", "0s"),
            ("--ttl", "300years"),
            ("--ttl", "99999999999h"),
            ("--origin-timeout", "soon"),
            ("--cache-bytes", "64MB2"),
            ("--cache-bytes", "-1"),
            ("--cache-bytes", "0"),
            ("--cache-bytes", "99999999999TiB"),
            ("--max-value", "8GiB"),
            ("--max-loads", "0"),
            ("--max-loads", "1001"),
            ("--max-loads", "1e3"),
            ("--replicas", "0"),
            ("--ring", "md5"),
            ("--dialect", "klingon"),
        ):
            with self.subTest(flag=flag, text=text):
                self.refused(coord(*SERVE, *FILES, f"{flag}={text}"), 2, flag, text)

    def test_exactly_one_origin_is_wanted(self) -> None:
        self.refused(coord(*SERVE), 2, "--origin-url", "--origin-dir", "--origin-command")
        both = (*FILES, "--origin-command", "cat {key}")
        self.refused(coord(*SERVE, *both), 2, "one of")

    def test_origins_are_checked_before_anything_listens(self) -> None:
        for flag, text, why in (
            ("--origin-url", "http://127.0.0.1/", "no {key}"),
            ("--origin-url", "ftp://127.0.0.1/{key}", "http://"),
            ("--origin-url", "127.0.0.1/{key}", "http://"),
            ("--origin-url", "http://{key}/", "after the host"),
            ("--origin-url", "http://user@{key}:80/", "after the host"),
            ("--origin-url", "http://127.0.0.1:99999/{key}", "ort"),
            ("--origin-command", "cat", "no {key}"),
            ("--origin-command", "cat '{key}", "quote"),
            ("--origin-command", "  ", "empty"),
            ("--origin-command", "{key}", "program"),
        ):
            with self.subTest(flag=flag, text=text):
                self.refused(coord(*SERVE, flag, text), 2, flag, why)

    def test_peers_are_checked(self) -> None:
        serve = ("cache", "serve", "--group", "g", *FILES, "--listen", "127.0.0.1:0")
        for text, shown in (
            ("127.0.0.1:8001", "127.0.0.1:8001"),
            ("http://", "http://"),
            ("http://127.0.0.1:99999", "99999"),
            ("http://127.0.0.1:8001/", "http://127.0.0.1:8001/"),
            ("http://127.0.0.1:8001,http://user@c:1", "user@c"),
            ("ftp://127.0.0.1:21", "ftp://"),
            ("https://127.0.0.1:443", "https://127.0.0.1:443"),
        ):
            with self.subTest(text=text):
                self.refused(coord(*serve, "--peers", text), 2, shown)
                self.refused(
                    coord("cache", "get", "--group", "g", "--peers", text, "key"), 2, shown
                )

    def test_self_must_be_among_the_peers_in_the_same_spelling(self) -> None:
        serve = ("cache", "serve", "--group", "g", *FILES, "--listen", "127.0.0.1:0")
        self.refused(
            coord(*serve, "--self", "http://127.0.0.1:8003", "--peers", LIST),
            2,
            "http://127.0.0.1:8003",
        )
        self.refused(
            coord(*serve, "--self", "http://localhost:8001", "--peers", LIST),
            2,
            "http://localhost:8001",
            "http://127.0.0.1:8001",
        )

    def test_addresses_are_checked(self) -> None:
        serve = ("cache", "serve", "--group", "g", *FILES, "--listen")
        self.refused(coord(*serve, "127.0.0.1"), 2, "127.0.0.1")
        self.refused(coord(*serve, "127.0.0.1:http"), 2, "127.0.0.1:http")
        self.refused(coord(*serve, "0.0.0.0:0"), 2, "--allow-insecure-bind")
        self.refused(coord(*serve, "127.0.0.1:0", "--admin", "0.0.0.0:0"), 2, "--allow-insecure-bind")
        self.refused(coord(*serve, "127.0.0.1:0", "--base-path", "x"), 2, "--base-path")

    def test_a_port_in_use_is_said(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            place = f"127.0.0.1:{taken.getsockname()[1]}"
            serve = ("cache", "serve", "--group", "g", *FILES)
            self.refused(coord(*serve, "--listen", place), 1, place)
            self.refused(coord(*serve, "--listen", "127.0.0.1:0", "--admin", place), 1, place)


if __name__ == "__main__":
    unittest.main()
