"""coord cache stats: against endpoints that are there, half there, and not there."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from program import PROGRAM, ProgramTest, coord, environment

FIGURES = {
    "group": "thumbs",
    "gets": 10_000,
    "cache_hits": 9_610,
    "local_loads": 1_260,
    "peer_loads": 3_411,
    "local_load_errors": 2,
    "peer_errors": 1,
    "main": {"items": 1_200, "bytes": 22_334_669},
    "hot": {"items": 4, "bytes": 100},
}


class Admin(BaseHTTPRequestHandler):
    """Answers from a table of paths."""

    def do_GET(self) -> None:
        known = self.path in self.server.answers
        body = self.server.answers.get(self.path, b"no such path\n")
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Stats(ProgramTest):
    def endpoint(self, **answers: object) -> str:
        """Answers these paths, with __ for /, as JSON; gives its address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), Admin)
        server.daemon_threads = True
        server.answers = {
            "/" + path.replace("__", "/"): json.dumps(value).encode()
            for path, value in answers.items()
        }
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        return f"127.0.0.1:{server.server_port}"

    def healthy(self, *groups: str) -> str:
        answers: dict[str, object] = {
            "v1__peers": {"pools": [{"self": "http://127.0.0.1:8001", "peers": [], "stats": {}}]},
            "v1__groups": {"groups": list(groups)},
        }
        for group in groups:
            answers[f"v1__groups__{group}__stats"] = {**FIGURES, "group": group}
        return self.endpoint(**answers)

    def nobody(self) -> str:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            return f"127.0.0.1:{closed.getsockname()[1]}"

    def test_one_row_for_each_group_and_for_who_is_down(self) -> None:
        there, absent = self.healthy("thumbs"), self.nobody()
        ended = coord("cache", "stats", "--admin", f"{there},{absent}")
        self.assertEqual(ended.code, 0, ended.err)
        rows = [line.split("  ") for line in ended.out.decode().splitlines()]
        cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
        titles = "PEER STATE GROUP ITEMS BYTES HIT% LOADS".split() + ["FROM PEERS", "ERRORS"]
        first = "http://127.0.0.1:8001 ok thumbs".split()
        self.assertEqual(cells[0], titles)
        self.assertEqual(cells[1], first + ["1 204", "21.3 MiB", "96.1", "1 260", "3 411", "3"])
        self.assertEqual(cells[2], [absent, "down", *"-------"])
        self.assertEqual(len(ended.lines), 1)
        self.assertIn(f"coord: {absent}: unavailable: ", ended.err)

    def test_columns_stand_below_each_other(self) -> None:
        ended = coord("cache", "stats", "--admin", self.healthy("a", "bbbbbb"))
        lines = ended.out.decode().splitlines()
        self.assertEqual(len({len(line) for line in lines}), 1)
        self.assertEqual(len({line.index("ok") for line in lines[1:]}), 1)

    def test_one_group_can_be_asked_for(self) -> None:
        there = self.healthy("a", "b")
        ended = coord("cache", "stats", "--json", "--group", "b", COORD_ADMIN=f"http://{there}/")
        peer = ended.json["peers"][0]
        self.assertEqual((peer["peer"], peer["state"]), ("http://127.0.0.1:8001", "ok"))
        self.assertEqual([group["group"] for group in peer["groups"]], ["b"])
        self.assertEqual(peer["groups"][0]["from_peers"], 3_411)

    def test_when_nobody_answers_it_is_69(self) -> None:
        ended = coord("cache", "stats", "--admin", f"{self.nobody()} {self.nobody()}")
        self.assertEqual((ended.code, len(ended.lines)), (69, 2), ended.err)
        self.assertEqual(ended.out.count(b"down"), 2)

    def test_something_else_on_that_port_is_down(self) -> None:
        for answers in ({}, {"v1__peers": [1]}, {"v1__peers": {}, "v1__groups": "x"}):
            with self.subTest(answers=answers):
                ended = coord("cache", "stats", "--admin", self.endpoint(**answers))
                self.assertIn(ended.code, (0, 69))
                self.assertLessEqual(len(ended.lines), 1)
        self.assertEqual(coord("cache", "stats", "--admin", self.endpoint()).code, 69)

    def test_watch_repeats_until_it_is_stopped(self) -> None:
        words = [PROGRAM, "cache", "stats", "--json", "--watch", "--admin", self.healthy("a")]
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment({})) as process:
            first, second = process.stdout.readline(), process.stdout.readline()
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), 0)
        self.assertEqual(first, second)
        self.assertEqual(json.loads(first)["peers"][0]["state"], "ok")

    def test_a_real_server_is_read(self) -> None:
        server = self.serve("--origin-command", "printf %s {key}", "--admin", "127.0.0.1:0")
        for key in ("a", "bb", "a"):
            self.assertEqual(self.get(server, key).code, 0)
        ended = coord("cache", "stats", "--json", "--admin", server.admin)
        peer = ended.json["peers"][0]
        self.assertEqual((peer["peer"], peer["state"]), (server.url, "ok"))
        group = peer["groups"][0]
        self.assertEqual((group["group"], group["loads"], group["errors"]), ("thumbs", 2, 0))
        self.assertEqual((group["items"], group["bytes"]), (2, 6))


if __name__ == "__main__":
    unittest.main()
