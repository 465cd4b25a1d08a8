"""Members that sign what they ask each other, and answer nobody who cannot."""

from __future__ import annotations

import hashlib
import hmac
import urllib.error
import urllib.request

import coord

SECRET = b"the same on all members, and nowhere else"


# [hooks]
def signature(method: str, target: str) -> str:
    """What only a member can write."""
    return hmac.new(SECRET, f"{method} {target}".encode(), hashlib.sha256).hexdigest()


def sign(request: coord.HttpRequest) -> None:
    """Before each request to a peer."""
    request.add_header("X-Signature", signature(request.method, request.target))


def check(request: coord.HttpRequest) -> str:
    """Before each request of a peer is served; what it returns reaches the loader as `sender`."""
    given = dict(request.headers).get("X-Signature", "")
    if not hmac.compare_digest(given, signature(request.method, request.target)):
        raise coord.Denied("who are you?")
    return "a member"


# [end]


def main() -> None:
    """Two members, and a stranger."""
    runtimes = [coord.Runtime(), coord.Runtime()]
    members = [
        coord.Peers("127.0.0.1:0", exchange=sign, accept=check, runtime=runtime)
        for runtime in runtimes
    ]
    for member in members:
        member.set([members[1].self_url])  # which owns every key

    def load(key: str, sender: str | None) -> bytes:
        return f"{key} for {sender}".encode()

    groups = [coord.Group("words", load, peers=member) for member in members]
    print(groups[0]("hello"))
    try:
        urllib.request.urlopen(f"{members[1].self_url}/_groupcache/words/hello")
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode().strip())


if __name__ == "__main__":
    main()
