"""Writes a copy of a source with one text replaced: plant.py SOURCE CHANGE OUTPUT.

CHANGE holds the text to find, a line of dashes, and the text instead. The text must stand in the source exactly once, so that a
change of the source that moves the place is noticed.
"""
import pathlib
import sys


def main() -> int:
    source, change, output = map(pathlib.Path, sys.argv[1:4])
    find, _, instead = change.read_text().partition("\n--------\n")
    text = source.read_text()
    if text.count(find) != 1:
        print(f"{change.name}: the text to replace stands {text.count(find)} times in {source.name}, not once", file=sys.stderr)
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text.replace(find, instead.rstrip("\n")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
