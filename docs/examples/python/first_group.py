"""A group: each value is loaded once, however many threads ask for it."""

import coord


@coord.group("users", max_bytes=64 << 20, ttl=300)
def user(key: str) -> bytes:
    """Loads a user: runs once per key, whoever else asks meanwhile waits for it."""
    if key.startswith("-"):
        raise coord.NotFound("no such user")  # anything else becomes coord.HostFailed
    return b"row/" + key.encode()


print(user("42"))  # a load
print(user.lookup("42"))  # bytes or None: memory only, never waits
user.remove("42")
print(user.get("42", timeout=0.5))  # loaded again; seconds, as everywhere
try:
    user("-1")
except coord.NotFound as error:  # a coord.Error, and a KeyError
    print(error, error.status.name, error.is_retriable)
print(user("42"), user.stats().cache_hits)
