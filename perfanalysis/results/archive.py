"""Finding result documents: by file, folder or id, or as the latest of the state folder.

The latest run is the one that ended last, by what its document says (``timestamp_seconds``); of
runs that ended in the same moment, the one whose file has the first name.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.results import heads, reading
from perfanalysis.results.document import Document
from perfanalysis.results.state import RESULTS

_LATEST = re.compile(r"latest(?:~([0-9]{1,6}))?")
EXPECTED = "a file, a folder, the id of a run in the state folder, latest, or latest~N"


@dataclass(frozen=True)
class Entry:
    """A result document and its file."""

    path: Path
    document: Document


@dataclass(frozen=True)
class Folder:
    """What a folder holds.

    Attributes:
        entries: its documents, newest first.
        broken: what is wrong with the other ``.json`` files.
    """

    entries: tuple[Entry, ...]
    broken: tuple[InputError, ...]


def read_folder(path: Path) -> Folder:
    """Read all ``.json`` files of a folder, or of the folder ``results`` in it.

    Raises:
        InputError: it is no folder that can be read.
    """
    try:
        inner = path / RESULTS
        chosen = inner if inner.is_dir() else path
        files = [chosen / name for name in heads.names(str(chosen))]
    except OSError as error:
        raise InputError(str(path), "", f"a folder of results ({error.strerror})") from error
    entries, broken = [], []
    for file in files:
        try:
            entries.append(Entry(file, reading.read(file)))
        except InputError as error:
            broken.append(error)
    return Folder(tuple(newest_first(entries)), tuple(broken))


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Sorted by the runs' ends."""
    return sorted(entries, key=lambda e: (-e.document.timestamp_seconds, e.path.name))


def latest(folder: Path, kernel: str = "") -> Iterator[Entry]:
    """The documents of a folder, newest first; each is read when it is asked for.

    Files that hold none are passed over: a broken file among many must not hide a good one.

    Args:
        folder: of documents.
        kernel: documents of others are passed over; empty: of none.

    Raises:
        OSError: the folder cannot be read.
    """
    found = [
        (-head.ended, name)
        for name, head in heads.of_folder(str(folder))
        if kernel in {"", head.kernel}
    ]
    for _, name in sorted(found):
        with contextlib.suppress(InputError):
            yield Entry(folder / name, reading.read(folder / name))


class Archive:
    """Result documents as people name them.

    Args:
        state: the state folder.
        kernel: documents of other kernels are passed over in folders and for ``latest``; empty: of
            none.
    """

    def __init__(self, state: Path, kernel: str = "") -> None:
        self._state = state
        self._kernel = kernel

    def find(self, text: str) -> list[Entry]:
        """The documents that one word of the command names, newest first; at least one.

        Raises:
            InputError: there are none, or a file is no result document.
        """
        path = Path(text)
        if path.is_dir():
            entries = _whole(read_folder(path))
            found = [e for e in entries if self._kernel in {"", e.document.kernel}]
        elif path.is_file():
            found = [Entry(path, reading.read(path))]
        elif match := _LATEST.fullmatch(text):
            found = self._latest(int(match[1] or 0))
        else:
            file = self._state / RESULTS / f"{text}.json"
            known = "/" not in text and file.is_file()
            found = [Entry(file, reading.read(file))] if known else []
        of = f" of kernel {self._kernel}" if self._kernel else ""
        if not found and path.is_dir():
            raise InputError(text, "", f"a folder that holds a result{of}")
        if not found:
            expected = f"{EXPECTED} with results{of}" if of else EXPECTED
            raise InputError(f"{self._state}", "", expected, text)
        return found

    def find_one(self, text: str) -> Entry:
        """The one document that a word names.

        Raises:
            InputError: there is none, or there are several.
        """
        found = self.find(text)
        if len(found) > 1:
            raise InputError(text, "", f"one result, not the {len(found)} of a folder")
        return found[0]

    def _latest(self, number: int) -> list[Entry]:
        results = self._state / RESULTS
        if not results.is_dir():
            return []
        try:
            return list(itertools.islice(latest(results, self._kernel), number, number + 1))
        except OSError as error:
            expected = f"a folder of results ({error.strerror})"
            raise InputError(str(results), "", expected) from error


def _whole(folder: Folder) -> tuple[Entry, ...]:
    for error in folder.broken:
        raise error
    return folder.entries
