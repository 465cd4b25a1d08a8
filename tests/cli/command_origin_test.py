"""--origin-command: what a command may do, and what becomes of it."""

from __future__ import annotations

import os
import signal
import unittest

from program import ProgramTest, Server, coord

# Its life can be read from a fifo: a line when it begins, the end when nothing of it is left.
HANGS = 'exec 9>"$1"; echo up >&9; exec tail -f /dev/null'


class CommandOrigin(ProgramTest):
    def origin(self, script: str, *more: str) -> Server:
        return self.serve("--origin-command", f"{self.script(script)} {{key}}", *more)

    def fifo(self) -> str:
        path = str(self.folder / "alive")
        os.mkfifo(path)
        return path

    def test_stdout_is_the_value_byte_for_byte(self) -> None:
        server = self.serve("--origin-command", "printf %s {key}")
        for key in ("user:42", "a b", "a'b\"c$(id)`id`\\", "{key}", "[a,b]", "{}", "ä", "a\nb"):
            ended = self.get(server, key)
            self.assertEqual((ended.code, ended.out, ended.err), (0, key.encode(), ""))
        self.assertEqual(self.get(server, b"\xff\xfe").out, b"\xff\xfe")

    def test_an_empty_value_and_an_empty_key_are_values_and_keys(self) -> None:
        server = self.serve("--origin-command", "printf <%s> {key}")
        self.assertEqual(self.get(server, "").out, b"<>")
        empty = self.serve("--origin-command", "true {key}")
        ended = self.get(empty, "x")
        self.assertEqual((ended.code, ended.out), (0, b""))

    def test_the_command_is_split_once_and_the_key_stays_in_one_argument(self) -> None:
        script = self.script('for each; do printf "<%s>" "$each"; done')
        command = f"{script} 'a b' \"c {{key}}\" d\\ e --key={{key}} $HOME"
        server = self.serve("--origin-command", command)
        self.assertEqual(self.get(server, "k k").out, b"<a b><c k k><d e><--key=k k><$HOME>")

    def test_a_key_may_look_like_a_flag(self) -> None:
        server = self.serve("--origin-command", "printf -- %s {key}")
        self.assertEqual(self.get(server, "-rf").out, b"-rf")

    def test_it_reads_nothing_and_inherits_nothing(self) -> None:
        server = self.origin("cat; ls /proc/self/fd | tr '\\n' ' '")
        # 3 is the directory that ls reads.
        self.assertEqual(self.get(server, "x").out, b"0 1 2 3 ")

    def test_exit_code_3_is_not_found_with_the_last_line_of_stderr(self) -> None:
        server = self.origin("echo looking >&2; echo 'no such user' >&2; exit 3")
        ended = self.get(server, "x")
        self.refused(ended, 4, "coord: thumbs: not_found: no such user", f"404 from {server.url}")

    def test_other_exit_codes_are_failures_with_the_last_line_of_stderr(self) -> None:
        server = self.origin("echo half; printf 'a\\nno \\033[31mdisk\\n\\n' >&2; exit 7")
        self.refused(self.get(server, "x"), 1, "host_failed: no \\x1b[31mdisk")
        silent = self.serve("--origin-command", "sh -c 'exit 7' {key}")
        self.refused(self.get(silent, "x"), 1, "host_failed", "exited with 7")

    def test_a_signal_is_a_failure(self) -> None:
        server = self.origin("kill -SEGV $$")
        self.refused(self.get(server, "x"), 1, "host_failed", f"signal {int(signal.SIGSEGV)}")

    def test_one_that_cannot_be_run_is_refused_at_start(self) -> None:
        serve = ("cache", "serve", "--group", "g", "--listen", "127.0.0.1:0", "--origin-command")
        self.refused(coord(*serve, "./no-such-program {key}"), 1, "./no-such-program")
        self.refused(coord(*serve, "no-such-program-anywhere {key}"), 1, "no-such-program-anywhere")

    def test_one_that_vanishes_is_a_failure(self) -> None:
        server = self.origin("echo 1")
        (self.folder / "origin.sh").unlink()
        self.refused(self.get(server, "x"), 1, "host_failed", "did not start")

    def test_one_that_hangs_is_killed_with_all_of_its_group(self) -> None:
        alive = self.fifo()
        hangs = "(" + HANGS + ") & wait"
        server = self.origin(hangs, "--origin-timeout", "300ms")
        with self.background(server, alive), open(alive, encoding="ascii") as fifo:
            self.assertEqual(fifo.readline(), "up\n")
            self.assertEqual(fifo.read(), "")  # the end: nobody holds it any more

    def test_one_that_hangs_is_said_to(self) -> None:
        server = self.origin("exec tail -f /dev/null", "--origin-timeout", "200ms")
        self.refused(self.get(server, "x"), 1, "timed_out", "longer than 200ms")

    def test_one_that_writes_without_end_is_cut(self) -> None:
        server = self.serve("--origin-command", "yes {key}", "--max-value", "1MiB")
        self.refused(self.get(server, "x"), 1, "host_failed", "larger than 1 MiB")
        talks = "while echo xxxxxxxxxxxxxxxxxxxxxxx >&2; do :; done"
        errors = self.origin(talks, "--origin-timeout", "300ms")
        self.refused(self.get(errors, "x"), 1, "timed_out")

    def test_a_value_as_large_as_allowed_comes_whole(self) -> None:
        script = 'head -c "$1" /dev/zero'
        server = self.origin(script, "--max-value", "1MiB")
        self.assertEqual(self.get(server, "1048576").out, bytes(1 << 20))
        self.refused(self.get(server, "1048577"), 1, "larger than 1 MiB")

    def test_what_it_leaves_in_the_background_is_not_waited_for(self) -> None:
        alive = self.fifo()
        server = self.origin("(" + HANGS + ") & read line < \"$1\"; echo done")
        ended = self.get(server, alive)
        self.assertEqual((ended.code, ended.out), (0, b"done\n"))

    def test_a_clean_stop_waits_for_it(self) -> None:
        alive, gate = self.fifo(), str(self.folder / "gate")
        os.mkfifo(gate)
        server = self.origin(
            f'echo up > "$1"; read line < {gate}; echo "$line"', "--admin", "127.0.0.1:0"
        )
        with self.background(server, alive) as asker, open(alive, encoding="ascii") as fifo:
            fifo.read()
            server.signal()
            self.await_refusal(server.started["url"].removesuffix("/_groupcache/"))
            # It stays to say so, and takes no work.
            for path in ("/healthz", "/v1/groups/thumbs/keys/new"):
                self.assertEqual(self.status_at(server.started["admin"], path), 503, path)
            with open(gate, "w", encoding="ascii") as opened:
                opened.write("late\n")
            self.assertEqual(asker.communicate(timeout=60)[0], b"late\n")
        self.assertEqual(server.wait(), 0)
        self.assertTrue(server.err.endswith("stopped: 0 requests open\n"), server.err)

    def test_a_stop_ends_in_time_and_leaves_none_behind(self) -> None:
        alive = self.fifo()
        server = self.origin(HANGS, "--origin-timeout", "10m", "--stop-timeout", "1s")
        with self.background(server, alive), open(alive, encoding="ascii") as fifo:
            fifo.readline()
            self.assertEqual(server.stop(), 0)
            self.assertEqual(fifo.read(), "")
        self.assertTrue(server.err.endswith("stopped: 1 requests open\n"), server.err)

    def test_a_second_signal_ends_at_once_and_leaves_none_behind(self) -> None:
        alive = self.fifo()
        server = self.origin(HANGS, "--origin-timeout", "10m")
        with self.background(server, alive), open(alive, encoding="ascii") as fifo:
            fifo.readline()
            server.signal(signal.SIGINT)
            # The first one is taken when the port is closed.
            self.until_refused(server)
            server.signal(signal.SIGINT)
            self.assertEqual(server.wait(), 128 + signal.SIGINT)
            self.assertEqual(fifo.read(), "")


if __name__ == "__main__":
    unittest.main()
