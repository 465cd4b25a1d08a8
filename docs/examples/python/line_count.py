"""The program of docs/tutorial/first-cache.md in Python."""

# [program]
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

import coord


@coord.group("lines", max_bytes=1 << 20, ttl=5 * 60)
def lines(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return b"%d" % sum(1 for _ in file)
    except FileNotFoundError:
        raise coord.NotFound("no such file") from None  # anything else becomes coord.HostFailed


def ask(path: str, remark: str) -> None:
    print(lines(path).decode(), "lines,", remark)


def append_line(path: str) -> None:
    with open(path, "a") as file:
        file.write("a line\n")


descriptor, path = tempfile.mkstemp()
os.close(descriptor)
for _ in range(3):
    append_line(path)
ask(path, "counted")
ask(path, "from memory")

append_line(path)
ask(path, "from memory still")
lines.remove(path)
ask(path, "counted again")

lines.remove(path)
before = lines.stats()
with ThreadPoolExecutor(8) as threads:
    list(threads.map(lines, [path] * 8))
after = lines.stats()
print(f"{after.gets - before.gets} threads, {after.local_loads - before.local_loads} load")

os.remove(path)
lines.remove(path)
try:
    lines(path)
except coord.NotFound as error:  # a coord.Error, and a KeyError
    print(f"{error.status.name.lower()}: {error}")
# [end]
