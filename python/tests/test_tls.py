"""Mutual TLS: the endpoint in Python HTTPS servers, requests through an exchange of one's own."""

from __future__ import annotations

import http.client
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import coord
from cluster import spread


class Certificates:
    """An authority, and one certificate that it signed, in a temporary folder."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._openssl("req", "-x509", *self._new("authority"), "-subj", "/CN=authority")
        self._openssl("req", *self._new("node"), "-subj", "/CN=node")
        (self._folder / "names").write_text("subjectAltName=IP:127.0.0.1\n", encoding="ascii")
        self._openssl(
            "x509",
            "-req",
            "-in",
            "node.pem",
            "-out",
            "node.pem",
            "-extfile",
            "names",
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
            "-days",
            "2",
        )

    @staticmethod
    def _new(name: str) -> list[str]:
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        return [*key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2"]

    def _openssl(self, *arguments: str) -> None:
        listed = list(arguments)
        if "-x509" not in listed and listed[0] == "req":
            del listed[listed.index("-days") : listed.index("-days") + 2]
        subprocess.run(["openssl", *listed], cwd=self._folder, check=True, capture_output=True)

    def server(self) -> ssl.SSLContext:
        """One that demands a certificate of who calls."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.verify_mode = ssl.CERT_REQUIRED
        return self._trusting(made, own=True)

    def client(self, own: bool) -> ssl.SSLContext:
        return self._trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), own)

    def _trusting(self, made: ssl.SSLContext, own: bool) -> ssl.SSLContext:
        made.load_verify_locations(self._folder / "authority.pem")
        if own:
            made.load_cert_chain(self._folder / "node.pem", self._folder / "node.key")
        return made


class Node:
    """A node that is reached by https only."""

    def __init__(self, case: unittest.TestCase, certificates: Certificates, name: str) -> None:
        self.context = certificates.client(own=True)
        self.name = name.encode()
        self.runtime = coord.Runtime(worker_threads=2)
        case.addCleanup(self.runtime.close)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._server.socket = certificates.server().wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        case.addCleanup(self._server.server_close)
        case.addCleanup(self._server.shutdown)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self.peers = coord.Peers(
            self_url=self.url, peers=[self.url], exchange=self.exchange, runtime=self.runtime
        )
        self.group = coord.Group("users", lambda key: self.name + key.encode(), peers=self.peers)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        node = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = node.peers.serve(self.command, self.path, self.headers, body)
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_PUT = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler

    def exchange(self, request: coord.HttpRequest) -> coord.Response:
        """Sends a request over a connection with a certificate of this node."""
        there = urlsplit(request.peer)
        connection = http.client.HTTPSConnection(
            str(there.hostname), there.port, timeout=10, context=self.context
        )
        try:
            connection.request(request.method, request.target, request.body, dict(request.headers))
            answer = connection.getresponse()
            return coord.Response(answer.status, answer.getheaders(), answer.read())
        except OSError as error:
            raise coord.Unavailable(f"no connection to {request.peer}: {error}") from error
        finally:
            connection.close()


@unittest.skipUnless(shutil.which("openssl"), "certificates need the program openssl")
class MutualTlsTest(unittest.TestCase):
    def test_peers_with_certificates_reach_each_other_and_others_do_not(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        certificates = Certificates(folder.name)
        here, there = (Node(self, certificates, f"{name}/") for name in ("here", "there"))
        for node in (here, there):
            node.peers.set([here.url, there.url])
        theirs = [key for key in spread(200) if here.peers.owner(key) == there.url]
        first, second, third = theirs[:3]

        self.assertEqual(here.group(first), b"there/" + first.encode())
        here.group.set(second, b"set")
        self.assertEqual(there.group.lookup(second), b"set")
        here.group.remove(second)
        self.assertIsNone(there.group.lookup(second))
        self.assertEqual(here.group.stats().peer_errors, 0)

        here.context = certificates.client(own=False)
        self.assertEqual(here.group(third), b"here/" + third.encode())
        self.assertEqual(here.group.stats().peer_errors, 1)
        self.assertIsNone(there.group.lookup(third))


if __name__ == "__main__":
    unittest.main()
