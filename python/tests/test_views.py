"""Views: values as the library holds them."""

from __future__ import annotations

import gc
import io
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any

import coord

TEXTS = ["", "x", "yy", "of four parts"]


class ViewTest(unittest.TestCase):
    def setUp(self) -> None:
        self.runtime = coord.Runtime(worker_threads=2)
        self.addCleanup(self.runtime.close)

    def views(self, text: str) -> list[coord.View]:
        """The same bytes: a copy of Python's, a cache's entry, and a part of a longer one."""
        group = coord.Group(f"of {text}", lambda key: text.encode(), runtime=self.runtime)
        longer = coord.View(b"<" + text.encode() + b">")
        return [coord.View(text.encode()), group.get_view("a"), longer[1 : 1 + len(text)]]

    def test_it_reads_as_its_bytes_do(self) -> None:
        for text in TEXTS:
            content = text.encode()
            for view in self.views(text):
                with self.subTest(view=view, text=text):
                    self.assertEqual((bytes(view), view.decode()), (content, text))
                    self.assertEqual((len(view), list(view)), (len(content), list(content)))
                    self.assertEqual(bytes(view.data), content)
                    self.assertTrue(view.data.readonly)

    def test_an_index_beyond_the_end_is_an_index_error(self) -> None:
        view = coord.View(b"abc")
        self.assertEqual((view[0], view[2], view[-1], view[-3]), (97, 99, 99, 97))
        for index in (3, -4, 1 << 80):
            with self.assertRaises(IndexError):
                view[index]
        with self.assertRaises(TypeError):
            view["a"]  # type: ignore[call-overload]

    def test_slices_are_views_without_an_expiry_and_without_steps(self) -> None:
        view = coord.View(b"abcdef")
        for part in (slice(1, 3), slice(2, None), slice(None, -1), slice(4, 2), slice(0, 99)):
            self.assertIsInstance(view[part], coord.View)
            self.assertEqual(view[part], b"abcdef"[part])
        group = coord.Group("g", lambda key: b"abc", ttl=60, runtime=self.runtime)
        self.assertIsNotNone(group.get_view("a").expires)
        self.assertIsNone(group.get_view("a")[1:].expires)
        with self.assertRaisesRegex(coord.InvalidArgument, "no steps"):
            view[::2]

    def test_it_equals_bytes_texts_and_views_of_the_same_content(self) -> None:
        for text in TEXTS:
            for other in TEXTS:
                for view in self.views(text):
                    for wanted in (
                        other,
                        other.encode(),
                        bytearray(other.encode()),
                        *self.views(other),
                    ):
                        with self.subTest(text=text, wanted=wanted):
                            self.assertEqual(view == wanted, text == other)
                            self.assertEqual(view != wanted, text != other)
        self.assertFalse(coord.View(b"1") == 1)
        self.assertFalse(coord.View(b"?") == "\udc80")
        with self.assertRaises(TypeError):
            hash(coord.View())

    def test_in_finds_a_byte_or_a_part(self) -> None:
        view = coord.View("gr\u00fc\u00df dich".encode())
        for part in ("\u00fc", b" d", 0xC3, coord.View(b"dich"), memoryview(b"gr"), b"", view):
            self.assertIn(part, view)
        for part in ("u", b"d ", 7, coord.View(b"x"), "\ud800"):
            self.assertNotIn(part, view)
        for error, wrong in ((TypeError, None), (ValueError, 256)):
            with self.assertRaises(error):
                self.assertIn(wrong, view)

    def test_memory_stays_as_long_as_anybody_looks_at_it(self) -> None:
        group = coord.Group("g", lambda key: b"v" * 1000, runtime=self.runtime)
        data = group.get_view("a")[10:].data
        group.remove("a")
        gc.collect()
        self.assertEqual(bytes(data), b"v" * 990)
        self.assertEqual(group.cache_stats().items, 0)
        self.assertGreater(group.cache_stats().detached_bytes, 1000)
        del data
        self.assertEqual(group.cache_stats().detached_bytes, 0)

    def test_copies_begin_where_one_wants_and_end_with_the_buffer(self) -> None:
        view = coord.View(b"abcdef")
        for offset, room, wanted in (
            (0, 3, b"abc"),
            (4, 3, b"ef"),
            (6, 3, b""),
            (99, 1, b""),
            (0, 0, b""),
        ):
            buffer = bytearray(room)
            self.assertEqual(view.copy_into(buffer, offset), len(wanted))
            self.assertEqual(bytes(buffer[: len(wanted)]), wanted)
        with self.assertRaises(coord.InvalidArgument):
            view.copy_into(bytearray(1), -1)
        for wrong in (b"read-only", "text", 7):
            with self.assertRaisesRegex(TypeError, "^buffer must be writable"):
                view.copy_into(wrong)

    def test_a_reader_seeks_and_reads_as_a_file_does(self) -> None:
        for text in TEXTS:
            for view in self.views(text):
                ours, theirs = view.reader(), io.BytesIO(text.encode())
                for offset, whence in ((0, 0), (1, 0), (-1, 2), (99, 0), (0, 1)):
                    if whence == 2 and not text:
                        continue
                    self.assertEqual(ours.seek(offset, whence), theirs.seek(offset, whence))
                    self.assertEqual((ours.read(3), ours.read()), (theirs.read(3), theirs.read()))
                    self.assertEqual(ours.tell(), theirs.tell())
        self.assertEqual(
            io.BufferedReader(coord.View(b"1\n2\n").reader()).readlines(), [b"1\n", b"2\n"]
        )
        with self.assertRaises(ValueError):
            coord.View(b"a").reader().seek(-1)
        reader = coord.View(b"a").reader()
        reader.close()
        with self.assertRaises(ValueError):
            reader.read()

    def test_it_writes_itself_whole_or_says_that_it_could_not(self) -> None:
        class Slow(io.RawIOBase):
            """Takes a few bytes at a time, and then no more."""

            taken = b""

            def write(self, part: Any) -> int | None:
                room = min(3, len(part), 7 - len(self.taken))
                self.taken += bytes(part[:room])
                return room or None

        file = io.BytesIO()
        self.assertEqual(coord.View(b"abcdef").write_to(file), 6)
        self.assertEqual(file.getvalue(), b"abcdef")
        slow = Slow()
        self.assertEqual(coord.View(b"abcdefg").write_to(slow), 7)
        self.assertEqual(slow.taken, b"abcdefg")
        with self.assertRaises(BlockingIOError):
            coord.View(b"a").write_to(slow)
        with self.assertRaises(ValueError):
            file.close()
            coord.View(b"a").write_to(file)

    def test_it_tells_when_the_value_expires(self) -> None:
        when = datetime.now(timezone.utc) + timedelta(hours=1)
        group = coord.Group(
            "g",
            lambda key: coord.Value(b"v", expires=when if key == "soon" else None),
            runtime=self.runtime,
        )
        self.assertEqual(group.get_view("soon").expires, when)
        self.assertIsNone(group.get_view("never").expires)
        self.assertIsNone(coord.View(b"v").expires)

    def test_loaders_may_return_one_and_it_is_not_copied(self) -> None:
        whole = coord.View(b"0123456789")
        group = coord.Group("g", lambda key: whole[int(key) :], runtime=self.runtime)
        self.assertEqual(group("4"), b"456789")
        address = _address(whole.data) + 4
        self.assertEqual(_address(group.get_view("4").data), address)

    def test_only_bytes_make_one(self) -> None:
        for wrong in ("text", None, 3):
            with self.assertRaises(TypeError):
                coord.View(wrong)  # type: ignore[arg-type]


def _address(data: memoryview) -> int:
    import ctypes  # noqa: PLC0415

    held = ctypes.py_object(data)
    view = (ctypes.c_ssize_t * 11)()
    ctypes.pythonapi.PyObject_GetBuffer(held, view, 0)
    address = view[0]
    ctypes.pythonapi.PyBuffer_Release(view)
    return address


if __name__ == "__main__":
    unittest.main()
