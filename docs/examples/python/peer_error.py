"""What becomes of a get whose owner gives no value is yours to decide."""

import coord


# [program]
def load(key: str) -> bytes:
    return b"computed here"


def judge(error: coord.Error, key: str) -> bool:
    if key.startswith("cheap "):
        return True  # load it here
    raise coord.Unavailable(f"the owner of {key!r} is away")


# Nobody listens on port 1.
peers = coord.Peers(peers=["http://127.0.0.1:1"])
pictures = coord.Group("pictures", load, peers=peers, peer_error=judge)
print(pictures("cheap picture"))
try:
    pictures("dear picture")
except coord.Unavailable as error:
    print(error)
# [end]
