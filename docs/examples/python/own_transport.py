"""Three members share one cache over Unix socket pairs: a transport of one's own instead of HTTP."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import zlib
from datetime import datetime
from typing import Any

import coord

#: What an answer is when the owner's loader was not reached; anything else is what that said.
UNREACHED = ("unavailable", "timed_out", "cancelled", "closed", "abandoned")


def send(to: socket.socket, head: dict[str, Any], value: coord.View) -> None:
    """One message: a line of JSON, which says how long the value is and when it expires, and it."""
    expires = value.expires.isoformat() if value.expires else None
    line = json.dumps({**head, "size": len(value), "expires": expires})
    to.sendall(line.encode() + b"\n" + bytes(value))


def receive(source: Any) -> tuple[dict[str, Any], coord.Value]:
    """The next one; ValueError when there is none, or not all of it."""
    head = json.loads(source.readline())
    body = source.read(head["size"])
    if len(body) != head["size"]:
        raise ValueError(f"the message ends after {len(body)} of {head['size']} bytes")
    expires = datetime.fromisoformat(head["expires"]) if head["expires"] else None
    return head, coord.Value(body, expires=expires)


# [asks]
class Connection:
    """The way to one other member; it asks one question at a time."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._source = end, end.makefile("rb")
        self._lock = threading.Lock()

    def _ask(
        self, verb: str, group: str, key: str, given: coord.View = coord.View()
    ) -> coord.Value:
        with self._lock:
            try:
                send(self._end, {"verb": verb, "group": group, "key": key}, given)
                head, answer = receive(self._source)
            except (OSError, ValueError) as error:
                raise coord.Unavailable(str(error)) from error  # not reached: loads here instead
        if head["status"] == "ok":
            return answer
        if head["status"] == "not_found":
            raise coord.NotFound(head["says"])
        if head["status"] in UNREACHED:
            raise coord.Unavailable(head["says"])  # it had no answer of its loader either
        raise coord.HostFailed(head["says"])  # what its loader said

    def peer(self, name: str, runtime: coord.Runtime) -> coord.Peer:
        """What libcoord asks."""
        return coord.Peer(
            name,
            get=lambda group, key: self._ask("get", group, key),
            set=lambda group, key, value: self._ask("set", group, key, value),
            remove=lambda group, key: self._ask("remove", group, key),
            runtime=runtime,
        )
        # [end]


class Member:
    """One process of the cluster, as far as one process can have several."""

    def __init__(self, number: int, members: int) -> None:
        self.number, self.members = number, members
        self.runtime = coord.Runtime()
        self.peers: dict[int, coord.Peer] = {}
        self.loaded: list[str] = []
        # [picks]
        self.picker = coord.Picker(
            pick=lambda key: self.peers.get(zlib.crc32(key.encode()) % self.members),
            all=lambda: list(self.peers.values()),
            runtime=self.runtime,
        )
        self.squares = coord.Group("squares", self.load, picker=self.picker, runtime=self.runtime)
        # [end]

    def load(self, key: str) -> bytes:
        """Runs at the owner of the key."""
        if not key.isdigit():
            raise coord.NotFound(f"{key} is no number")
        self.loaded.append(key)
        return str(int(key) ** 2).encode()

    # [answers]
    def serve(self, end: socket.socket) -> None:
        """Answers what one other member asks, until that has gone."""
        source = end.makefile("rb")
        with contextlib.suppress(OSError, ValueError):
            while True:
                send(end, *self.answer(*receive(source)))

    def answer(self, head: dict[str, Any], given: coord.Value) -> tuple[dict[str, Any], coord.View]:
        """Answers one question: from here alone, whoever owns the key."""
        found = coord.View()
        try:
            if head["verb"] == "get":
                found = self.squares.local_get_view(head["key"])
            elif head["verb"] == "set":
                self.squares.local_set(head["key"], given.content, expires=given.expires)
            else:
                self.squares.local_remove(head["key"])
        except coord.Error as error:
            return {"status": error.status.name.lower(), "says": str(error)}, found
        return {"status": "ok"}, found
        # [end]


def connect(members: list[Member]) -> None:
    """A pair of sockets for each who asks and each who answers."""
    for asks in members:
        for answers in members:
            if asks is not answers:
                near, far = socket.socketpair()
                name = f"member-{answers.number}"
                asks.peers[answers.number] = Connection(near).peer(name, asks.runtime)
                threading.Thread(target=answers.serve, args=(far,), daemon=True).start()


def main() -> None:
    """Thirty keys, asked of each member."""
    members = [Member(number, 3) for number in range(3)]
    connect(members)
    for member in members:
        for number in range(30):
            assert member.squares.get(str(number)) == str(number**2).encode()
    print("loads:", sum(len(member.loaded) for member in members))
    print("owners:", len([member for member in members if member.loaded]))

    members[0].squares.set("7", b"forty-nine")
    print({member.squares.get("7") for member in members})
    members[1].squares.remove("7")
    print({member.squares.get("7") for member in members})
    try:
        members[2].squares.get("seven")
    except coord.NotFound as error:
        print(error)


if __name__ == "__main__":
    main()
