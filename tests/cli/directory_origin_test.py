"""--origin-dir: files below a directory, and nothing else."""

from __future__ import annotations

import os
import socket
import unittest

from program import WITHOUT_PRIVILEGE, ProgramTest, coord

SERVE = ("cache", "serve", "--group", "g", "--listen", "127.0.0.1:0", "--origin-dir")


class DirectoryOrigin(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.root = self.folder / "root"
        (self.root / "sub").mkdir(parents=True)
        self.write("outside", "secret")
        self.write("root/plain", b"\x00\xffbytes\n")
        self.write("root/sub/deep", "deep")
        self.write("root/a b%2F", "odd")
        self.write("root/empty", "")
        self.write("root/big", bytes(1 << 20))

    def test_files_are_values(self) -> None:
        server = self.serve("--origin-dir", str(self.root))
        for key, value in (
            ("plain", b"\x00\xffbytes\n"),
            ("sub/deep", b"deep"),
            ("sub/../plain", b"\x00\xffbytes\n"),
            ("sub//deep", b"deep"),
            ("a b%2F", b"odd"),
            ("empty", b""),
        ):
            with self.subTest(key=key):
                ended = self.get(server, key)
                self.assertEqual((ended.code, ended.out, ended.err), (0, value, ""))

    def test_what_is_no_file_there_is_not_found(self) -> None:
        os.symlink("../outside", self.root / "link")
        os.symlink(self.folder / "outside", self.root / "absolute")
        os.symlink("..", self.root / "up")
        os.symlink("/proc/self/root", self.root / "magic")
        os.symlink("round", self.root / "round")
        os.mkfifo(self.root / "fifo")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.root / "socket"))
        server = self.serve("--origin-dir", str(self.root))
        for key in (
            "missing",
            "",
            ".",
            "..",
            "sub",
            "plain/x",
            "../outside",
            "sub/../../outside",
            "../root/plain",
            str(self.folder / "outside"),
            "/etc/passwd",
            "link",
            "absolute",
            "up/outside",
            "magic/etc/passwd",
            "round",
            "fifo",
            "socket",
            "x" * 3000,
        ):
            with self.subTest(key=key[:40]):
                self.refused(self.get(server, key), 4, "not_found: no such file")

    def test_a_link_that_stays_inside_is_followed(self) -> None:
        os.symlink("sub/deep", self.root / "inner")
        server = self.serve("--origin-dir", str(self.root))
        self.assertEqual(self.get(server, "inner").out, b"deep")

    def test_a_file_that_is_too_large_is_a_failure(self) -> None:
        server = self.serve("--origin-dir", str(self.root), "--max-value", "1000000")
        self.refused(self.get(server, "big"), 1, "host_failed: the origin's value is larger than")
        exact = self.serve("--origin-dir", str(self.root), "--max-value", "1MiB")
        self.assertEqual(len(self.get(exact, "big").out), 1 << 20)

    def test_an_unreadable_directory_is_refused_at_start(self) -> None:
        missing = str(self.folder / "missing")
        self.refused(coord(*SERVE, missing), 1, "--origin-dir", missing, "No such file")
        file = str(self.root / "plain")
        self.refused(coord(*SERVE, file), 1, "--origin-dir", file, "Not a directory")

    def test_a_directory_without_permission_is_refused_at_start(self) -> None:
        os.chmod(self.root, 0)
        self.addCleanup(os.chmod, self.root, 0o700)
        refused = coord(*SERVE, str(self.root), before=WITHOUT_PRIVILEGE)
        self.refused(refused, 1, "--origin-dir", "Permission denied")

    def test_a_file_without_permission_is_a_failure(self) -> None:
        os.chmod(self.root / "plain", 0)
        server = self.serve("--origin-dir", str(self.root))
        self.refused(self.get(server, "plain"), 1, "host_failed: Permission denied")

    def test_the_directory_stays_the_one_that_was_opened(self) -> None:
        server = self.serve("--origin-dir", str(self.root))
        os.rename(self.root, self.folder / "moved")
        self.assertEqual(self.get(server, "sub/deep").out, b"deep")


if __name__ == "__main__":
    unittest.main()
