"""Members that sign what they ask each other, and answer nobody who cannot."""

from __future__ import annotations

import hashlib
import hmac
import time
import urllib.error
import urllib.request

import coord

SECRET = b"the same on all members, and nowhere else"


# [hooks]
MOST_SECONDS = 60  # what a clock may be off, and how long what somebody overheard is worth anything


def signature(request: coord.HttpRequest, when: str) -> bytes:
    """What only a member can write."""
    told = f"{when} {request.method} {request.target}\n".encode() + request.body
    return hmac.new(SECRET, told, hashlib.sha256).hexdigest().encode()


def sign(request: coord.HttpRequest) -> None:
    """Before each request to a peer."""
    when = str(int(time.time()))
    request.add_header("X-Signed-At", when)
    request.add_header("X-Signature", signature(request, when).decode())


def check(request: coord.HttpRequest) -> str:
    """Before each request of a peer is served; what it returns reaches the loader as `sender`."""
    when = request.header("X-Signed-At") or ""
    given = (request.header("X-Signature") or "").encode()
    if not hmac.compare_digest(given, signature(request, when)):
        raise coord.Denied("who are you?")
    if abs(time.time() - int(when)) > MOST_SECONDS:
        raise coord.Denied("that was long ago")
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
