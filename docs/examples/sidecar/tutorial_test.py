"""Types what docs/tutorial/sidecar.md tells one to type, and compares what comes back.

    tutorial_test.py <directory of the coord program>

Each block of the page names its terminal. A line with $ is a command, lines with > continue it, the
rest is its output, in which ... stands for anything. What serves goes on in its terminal until ^C.
Ports are replaced by free ones, so that owners may differ: any peer of the page stands for any.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "tutorial" / "sidecar.md"
BLOCK = re.compile(r"^<!-- terminal (\d) -->\n```console\n(.*?)^```$", re.S | re.M)
PEER = re.compile(r"http://127\\\.0\\\.0\\\.1:\d+(?!\\?/)")
PATIENCE = 30.0


def free_ports(text: str) -> str:
    """The page with a free port for each of its ports."""
    held = []
    for port in sorted(set(re.findall(r"127\.0\.0\.1:(\d{4})\b", text))):
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        held.append(one)
        text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{one.getsockname()[1]}")
    for one in held:
        one.close()
    return text


def pattern(line: str) -> str:
    """What a line of output has to match."""
    return PEER.sub(r"http://127\\.0\\.0\\.1:\\d+", re.escape(line).replace(r"\.\.\.", ".*"))


class Terminal:
    """A shell; a command that goes on is left running in it."""

    def __init__(self, directory: str, environment: dict[str, str]) -> None:
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._watchdog = threading.Timer(PATIENCE, self._kill)
        self._watchdog.start()

    def type(self, command: str) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.write(command + "\n")
        self._shell.stdin.flush()

    def interrupt(self) -> None:
        """Ctrl-C: to what the shell runs, not to the shell."""
        children = Path(f"/proc/{self._shell.pid}/task/{self._shell.pid}/children").read_text()
        for child in children.split():
            os.kill(int(child), signal.SIGINT)

    def line(self) -> str:
        """The next line that is no warning; empty when the shell ended."""
        assert self._shell.stdout is not None
        for line in self._shell.stdout:
            if not line.startswith("coord: warning: "):
                return line.rstrip("\n")
        return ""

    def end(self) -> None:
        self._watchdog.cancel()
        self._kill()
        self._shell.wait()

    def _kill(self) -> None:
        os.killpg(self._shell.pid, signal.SIGKILL)


def steps(block: str) -> list[tuple[str, list[str]]]:
    """(what is typed, the lines that follow), in order."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> "):
            found[-1] = (found[-1][0] + "\n" + line[2:], [])
        elif line == "^C":
            found.append((line, []))
        else:
            found[-1][1].append(line)
    return found


def carry_out(terminal: Terminal, typed: str, expected: list[str]) -> None:
    # The end of a command is known by a line of the shell, which keeps the command's status.
    ends = "coord cache serve" not in typed
    if typed == "^C":
        terminal.interrupt()
    else:
        terminal.type(typed)
        if ends:
            terminal.type('status=$?; echo "the end"; (exit $status)')
    for line in expected + (["the end"] if ends and typed != "^C" else []):
        got = terminal.line()
        if not re.fullmatch(pattern(line), got):
            raise SystemExit(f"after: {typed}\nexpected: {line}\ngot:      {got}")


def main(programs: str) -> int:
    if shutil.which("curl") is None:
        print("there is no curl")
        return 77
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}", LC_ALL="C")
    text = free_ports(PAGE.read_text(encoding="utf-8"))
    terminals: dict[str, Terminal] = {}
    with tempfile.TemporaryDirectory() as directory:
        try:
            for number, block in BLOCK.findall(text):
                if number not in terminals:
                    terminals[number] = Terminal(directory, environment)
                for typed, expected in steps(block):
                    carry_out(terminals[number], typed, expected)
        finally:
            for terminal in terminals.values():
                terminal.end()
    print(f"{len(terminals)} terminals, all as the page says")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
