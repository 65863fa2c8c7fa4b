"""Open a file of prices, packed with gzip or not."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from perfanalysis.errors import InputError

BEGINNING = 64 << 10
_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked.

    Raises:
        InputError: it cannot be read, or what it is packed with breaks off or is damaged; also
            while the bytes are read.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if not packed:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield cast(BinaryIO, io.BufferedReader(unpacked, _BUFFER))
    except EOFError as error:
        raise InputError(str(path), "", "a whole gzip file; this one breaks off") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(str(path), "", "an undamaged gzip file") from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error


@contextmanager
def opened_text(path: Path) -> Iterator[TextIO]:
    """The file's text in UTF-8, with or without its mark; its ends of lines as they are.

    Raises:
        InputError: see ``opened``; or it is not UTF-8.
    """
    with opened(path) as file, in_utf8(path):
        yield text_of(file)


def text_of(file: BinaryIO, encoding: str = "utf-8-sig") -> TextIO:
    """What follows in a file as text, see ``opened_text``."""
    return io.TextIOWrapper(cast(io.BufferedReader, file), encoding, newline="")


@contextmanager
def in_utf8(path: Path) -> Iterator[None]:
    """Read text of a file within.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputError(str(path), "", "text in UTF-8") from error


def beginning(path: Path) -> bytes:
    """The first 64 KiB, unpacked.

    Raises:
        InputError: see ``opened``.
    """
    with opened(path) as file:
        return file.read(BEGINNING)


def ends_with_its_line(path: Path) -> bool:
    """Whether a file of lines ends with a whole one; a packed one that is whole does.

    A line that lacks its end may have lost more: a price of 0.1197 that breaks off is 0.11.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_GZIP)) == _GZIP or not file.seek(0, io.SEEK_END):
                return True
            file.seek(-1, io.SEEK_END)
            return file.read(1) in b"\r\n"
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
