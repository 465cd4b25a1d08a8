"""Of docs/how-to/shut-down.md: a runtime of one's own is closed by its with block."""

# [program]
import coord


def square(key: str) -> bytes:
    return str(int(key) ** 2).encode()


with coord.Runtime() as runtime:
    squares = coord.Group("squares", square, runtime=runtime)
    print(squares.get("12"))

try:
    squares.get("13")
except coord.Closed as error:
    print(error.status.name)
# [end]
