#!/usr/bin/env python3
"""Turns ring_vectors.json into ring_vectors.inc, a list of macro calls that C and C++ tests both read.

make_vectors.py JSON INC          writes INC
make_vectors.py --check JSON INC  exits 1 when INC is not what JSON gives

The reader defines some of these before including the file; what it leaves out expands to nothing:
    RING_PEER(text)                                  the seven peers, in order
    RING_KEY(index, text, length, crc32, fnv1_64)    text is a string literal, perhaps with NUL bytes in it
    RING_OWNERS(set, peers, owner, ...)              index of the owning peer for each key, in order
    RING_COUNTS(set, peers, count, ...)              owned by each peer, of the keys key-0 to key-29999
    RING_NODE(peer, replica, label, md5_hex, fnv1_64_of_md5, crc32_of_md5, crc32_of_label)
    RING_COLLISION(set, peer)                        winner when x, y and z have all their nodes at one place
"""
import json
import sys

MACROS = ("PEER", "KEY", "OWNERS", "COUNTS", "NODE", "COLLISION")


def literal(data: bytes) -> str:
    """A C string literal: octal escapes of full width cannot swallow what follows."""
    plain = lambda byte: 32 <= byte < 127 and byte not in b'"\\?'
    return '"' + "".join(chr(byte) if plain(byte) else f"\\{byte:03o}" for byte in data) + '"'


def split(name: str) -> str:
    """'golang_crc32_50/3_peers' -> '"golang_crc32_50", 3'."""
    ring, peers = name.split("/")
    return f'"{ring}", {peers.split("_")[0]}'


def lines(vectors: dict):
    yield "/* Made by tests/ring/make_vectors.py from ring_vectors.json; change that and run it again. */"
    for macro in MACROS:
        yield f"#ifndef RING_{macro}\n#define RING_{macro}(...)\n#endif"
    for peer in vectors["peers_7"]:
        yield f"RING_PEER({literal(peer.encode())})"
    for index, key in enumerate(vectors["keys"]):
        data = bytes.fromhex(key["key_hex"])
        yield f'RING_KEY({index}, {literal(data)}, {len(data)}, 0x{key["crc32"]}, 0x{key["fnv1_64"]})'
    for name, owners in sorted(vectors["owner_index"].items()):
        yield f'RING_OWNERS({split(name)}, {", ".join(map(str, owners))})'
    for name, counts in sorted(vectors["distribution_30000_keys_key-N"].items()):
        yield f'RING_COUNTS({split(name)}, {", ".join(map(str, counts))})'
    for node in vectors["vnode_samples"]:
        yield (
            f'RING_NODE("{node["peer"]}", {node["replica"]}, "{node["raw_label"]}", "{node["md5hex"]}", '
            f'0x{node["fnv1_64_of_md5hex"]}, 0x{node["crc32_of_md5hex"]}, 0x{node["golang_crc32_of_raw"]})'
        )
    for name, winner in sorted(vectors["collision_all_same_hash_winner"].items()):
        yield f'RING_COLLISION("{name}", "{winner}")'
    for macro in MACROS:
        yield f"#undef RING_{macro}"


def main() -> int:
    check = sys.argv[1:2] == ["--check"]
    paths = sys.argv[2:] if check else sys.argv[1:]
    if len(paths) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(paths[0], encoding="utf-8") as source:
        text = "\n".join(lines(json.load(source))) + "\n"
    if not check:
        with open(paths[1], "w", encoding="ascii") as target:
            target.write(text)
        return 0
    with open(paths[1], encoding="ascii") as target:
        if target.read() == text:
            return 0
    print(f"{paths[1]} is not what {paths[0]} gives: run tests/ring/make_vectors.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
