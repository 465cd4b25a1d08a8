"""Serves peers through an HTTP server of Python's own, with its other pages beside them.

python3 mounted_server.py 8080 http://127.0.0.1:8080,http://127.0.0.1:8081 [group]
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import coord

MOUNTED = "/_groupcache/"


# [handler]
class Pages(BaseHTTPRequestHandler):
    """What this program serves: peers below /_groupcache/, a greeting anywhere else."""

    protocol_version = "HTTP/1.1"
    peers: coord.Peers  # set once the port is known

    def serve_peer(self) -> None:
        """Answers GET, PUT and DELETE. self.path is the target as it was on the wire."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith(MOUNTED):
            answer = self.peers.serve(self.command, self.path, self.headers, body)
        else:
            answer = coord.Response(200, [("Content-Type", "text/plain")], b"hello\n")
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_PUT = do_DELETE = do_POST = serve_peer
    # [end]

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def main() -> None:
    """Listens, and serves until it is interrupted."""
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Pages)
    server.daemon_threads = True
    own_url = f"http://127.0.0.1:{server.server_port}"
    urls = sys.argv[2].split(",") if len(sys.argv) > 2 else [own_url]
    Pages.peers = coord.Peers(None, urls, self_url=own_url)
    group = coord.Group(
        sys.argv[3] if len(sys.argv) > 3 else "users",
        lambda key: b"py:" + key,
        keys=bytes,
        peers=Pages.peers,
    )
    print(f"ready {server.server_port}", flush=True)
    with group, server:
        server.serve_forever()


if __name__ == "__main__":
    main()
