"""The files of the directories that are watched: read when they have changed, and only then."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.collectors.textfile.families import TextFamily
from exporter.collectors.textfile.parsing import parse

SUFFIX = ".prom"
LARGEST_BYTES = 64 * 1024 * 1024
_ATTEMPTS = 3

# Device, inode, size and times in nanoseconds: what changes when a file does.
FileIdentity = tuple[int, int, int, int, int]


class TextFile(NamedTuple):
    """A file as it was read: its families and the second of its last change, or what is wrong."""

    path: str
    identity: FileIdentity
    mtime: int
    families: tuple[TextFamily, ...]
    error: str


class TextFiles:
    """Finds the files, and reads those that are others than at the last look.

    Args:
        patterns: directories, or globs of directories.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._known: dict[str, TextFile] = {}

    def read(self) -> tuple[list[TextFile], list[str]]:
        """All files of now, by path, and what went wrong with directories."""
        found: dict[str, TextFile] = {}
        errors = []
        for pattern in self._patterns:
            for folder in _folders(pattern):
                try:
                    names = sorted(os.listdir(folder))  # noqa: PTH208 - a tenth of the cost
                except OSError as error:
                    errors.append(f"{folder}: {error.strerror}")
                    continue
                for name in names:
                    if name.endswith(SUFFIX):
                        path = os.path.normpath(f"{folder}/{name}")
                        found[path] = self._file(path)
        self._known = found
        return list(found.values()), errors

    def _file(self, path: str) -> TextFile:
        try:
            identity = _identity(os.stat(path))  # noqa: PTH116 - a tenth of the cost
        except OSError as error:
            return TextFile(path, (0,) * 5, 0, (), f"{path}: {error.strerror}")
        known = self._known.get(path)
        if known is not None and known.identity == identity:
            return known
        try:
            data, identity = read_whole(path)
            families = tuple(parse(data, path))
        except OSError as error:
            return TextFile(path, (0,) * 5, 0, (), f"{path}: {error.strerror}")
        except CollectorError as error:
            return TextFile(path, identity, 0, (), str(error))
        return TextFile(path, identity, identity[3] // 10**9, families, "")


def read_whole(path: str) -> tuple[bytes, FileIdentity]:
    """A file that did not change while it was read, and its identity.

    Raises:
        CollectorError: it is no regular file, too large, or changed again and again.
        OSError: it cannot be read.
    """
    for _ in range(_ATTEMPTS):
        # A pipe without a writer must not be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode) or before.st_size > LARGEST_BYTES:
                raise CollectorError(
                    f"{path}: expected a regular file of at most {LARGEST_BYTES} bytes"
                )
            data = stream.read(LARGEST_BYTES)
            after = os.fstat(descriptor)
        if _identity(before) == _identity(after) and len(data) == after.st_size:
            return data, _identity(after)
    raise CollectorError(f"{path}: changed while it was read; write a new file and rename it")


def _identity(facts: os.stat_result) -> FileIdentity:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _folders(pattern: str) -> list[str]:
    if any(mark in pattern for mark in "*?["):
        # Seldom used, and it imports some.
        import glob

        return sorted(glob.glob(pattern, include_hidden=True)) or [pattern]  # noqa: PTH207
    return [pattern]
