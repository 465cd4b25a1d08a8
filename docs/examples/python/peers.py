"""Two nodes of a cluster share the values of a group: each key is computed by its owner, once.

Both live in this process, so that the example is one program; in earnest each is a program of its
own, and the list is the second argument of coord.Peers.
"""

import coord


# [node]
class Node:
    """What each program of the cluster has."""

    def __init__(self) -> None:
        self.runtime = coord.Runtime()
        self.peers = coord.Peers("127.0.0.1:0", runtime=self.runtime)
        self.users = coord.Group("users", self.load, peers=self.peers, max_bytes=64 << 20)
        self.loaded = 0

    def load(self, key: str) -> bytes:
        """Runs at the owner of the key; the others ask the owner."""
        if key.startswith("-"):
            raise coord.NotFound("no such user")
        self.loaded += 1
        return b"row/" + key.encode()
        # [end]


here, there = Node(), Node()
urls = [here.peers.self_url, there.peers.self_url]
for node in (here, there):
    node.peers.set(urls)

keys = [f"picture of user {number}, small" for number in range(100)]
for key in keys:
    assert here.users(key) == there.users(key) == b"row/" + key.encode()
print(f"{len(keys)} keys, {here.loaded + there.loaded} loads")

mine = next(key for key in keys if here.peers.owner(key) == here.peers.self_url)
there.users.remove(mine)  # everywhere
print(here.users.lookup(mine))

nobody = next(f"-{key}" for key in keys if here.peers.owner(f"-{key}") == there.peers.self_url)
try:
    here.users(nobody)
except coord.NotFound as error:
    print(error, "-", error.cause.native_domain, error.cause.native_code)

for node in (here, there):
    node.runtime.close()
