"""--origin-url: what is asked of a server, and what is made of its answers."""

from __future__ import annotations

import socket
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from program import ProgramTest, Server


class Origin(BaseHTTPRequestHandler):
    """Answers by the last part of the path; remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.server.clients.add(self.client_address)
        what = self.path.rsplit("/", 1)[-1]
        if what.startswith("redirect"):
            left = int(what.removeprefix("redirect"))
            return self.answer(302, Location=f"redirect{left - 1}" if left > 1 else "landed")
        if what == "elsewhere":
            return self.answer(302, Location="file:///etc/passwd")
        if what == "upgraded":
            return self.answer(302, Location=f"https://127.0.0.1:{self.server.server_port}/x")
        if what.isdigit():
            return self.answer(int(what), b"told why")
        if what == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
            self.close_connection = True
            return None
        if what == "endless":
            return self.endless()
        if what == "hangs":
            self.server.arrived.set()
            self.server.released.wait(60)
            return None
        return self.answer(200, self.path.encode())

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(bytes(65_536))
        except OSError:
            pass  # that is what the test is about

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class UrlOrigin(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.origin = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
        self.origin.daemon_threads = True
        self.origin.seen = []
        self.origin.clients = set()
        self.origin.arrived = threading.Event()
        self.origin.released = threading.Event()
        thread = threading.Thread(target=self.origin.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(self.origin.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.origin.shutdown)
        self.addCleanup(self.origin.released.set)

    def through(self, *more: str, path: str = "/v/{key}") -> Server:
        port = self.origin.server_port
        return self.serve("--origin-url", f"http://127.0.0.1:{port}{path}", *more)

    def test_the_key_is_encoded_but_for_unreserved_bytes(self) -> None:
        server = self.through(path="/v/{key}?again={key}")
        for key, wanted in (
            (b"user:42", "user%3A42"),
            (b"a/b c?d#e&f+g", "a%2Fb%20c%3Fd%23e%26f%2Bg"),
            (b"AZaz09-._~", "AZaz09-._~"),
            (b"..", ".."),
            (b"%41", "%2541"),
            (b"\xff\xc3\xa4\n", "%FF%C3%A4%0A"),
            (b"", ""),
        ):
            with self.subTest(key=key):
                wanted = f"/v/{wanted}?again={wanted}"
                self.assertEqual(self.get(server, key).out.decode(), wanted)

    def test_the_body_of_a_success_is_the_value(self) -> None:
        server = self.through()
        self.assertEqual(self.get(server, "201").out, b"told why")
        ended = self.get(server, "204")
        self.assertEqual((ended.code, ended.out), (0, b""))

    def test_404_is_not_found_and_other_codes_are_failures(self) -> None:
        server = self.through()
        self.refused(self.get(server, "404"), 4, "not_found")
        for code in ("304", "400", "403", "410", "500", "503"):
            with self.subTest(code=code):
                self.refused(self.get(server, code), 1, "host_failed", f"answered {code}")

    def test_five_redirects_are_followed_of_the_same_scheme(self) -> None:
        server = self.through()
        self.assertEqual(self.get(server, "redirect5").out, b"/v/landed")
        self.refused(self.get(server, "redirect6"), 1, "host_failed", "redirects")
        self.refused(self.get(server, "elsewhere"), 1, "host_failed", "file")
        self.refused(self.get(server, "upgraded"), 1, "host_failed", "https")

    def test_a_body_without_end_is_cut(self) -> None:
        server = self.through("--max-value", "1MiB")
        self.refused(self.get(server, "endless"), 1, "host_failed", "larger than 1 MiB")

    def test_a_body_that_breaks_off_is_no_value(self) -> None:
        self.refused(self.get(self.through(), "cut"), 1, "host_failed")

    def test_one_that_hangs_is_said_to(self) -> None:
        server = self.through("--origin-timeout", "200ms")
        self.refused(self.get(server, "hangs"), 1, "timed_out", "longer than 200ms")

    def test_slow_ones_do_not_starve_the_others(self) -> None:
        server = self.through("--max-loads", "2")
        with self.background(server, "hangs"):
            self.assertTrue(self.origin.arrived.wait(60))
            self.assertEqual(self.get(server, "quick").out, b"/v/quick")
            self.origin.released.set()

    def test_an_origin_that_is_down_is_a_failure(self) -> None:
        kept = socket.socket()  # bound, so that nobody else gets the port, and not listening
        self.addCleanup(kept.close)
        kept.bind(("127.0.0.1", 0))
        port = kept.getsockname()[1]
        server = self.serve("--origin-url", f"http://127.0.0.1:{port}/{{key}}")
        self.refused(self.get(server, "x"), 1, "host_failed", str(port))

    def test_connections_are_kept(self) -> None:
        server = self.through()
        for number in range(5):
            self.get(server, f"k{number}")
        self.assertEqual((len(self.origin.seen), len(self.origin.clients)), (5, 1))


if __name__ == "__main__":
    unittest.main()
