"""A queue of documents on disk: what it has taken survives ``kill -9`` and a power cut.

FOLDER/queue/NAME.entry   waiting, oldest first; an entry is as in entry.py
FOLDER/dead/NAME.entry    refused by the receiver, with NAME.answer beside it
FOLDER/lock               held while something is added
FOLDER/sender.lock        held by the one sender, see sender.py

A sequence number is the time of adding in nanoseconds, or one more than the last.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.entry import Document, Entry, decode, encode, entry_of, file_name
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.locks import locked

QUEUE, DEAD, LOCK = "queue", "dead", "lock"
_ANSWER = ".answer"


class SpoolError(PerfAnalysisError):
    """The spool cannot be used."""


class SpoolFullError(SpoolError):
    """The document was not taken: a limit of the spool or the disk is reached."""


class DiskFullError(SpoolFullError):
    """The document was not taken: the disk, or the user's share of it, is full."""


@dataclass(frozen=True)
class Limits:
    """The most that one spool holds, refused documents counted in; ``bytes`` are entry files'.

    ``drops_oldest`` makes room for what comes; without it, what comes is not taken.
    """

    documents: int = 10_000
    bytes: int = 256 << 20
    drops_oldest: bool = False


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    Raises:
        OSError: it cannot be opened or synchronised.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each durably, readable by its owner only.

    Raises:
        OSError: it cannot be made.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


class Spool:
    """The queue in one folder, for one destination; several processes may add to it.

    Args:
        folder: made when missing.
        limits: see ``Limits``.
        dropped: told of each document that made room for another one.

    Attributes:
        in_flight: the sequence number of what is being sent, which makes no room; 0: nothing is.

    Raises:
        SpoolError: the folder cannot be made or written.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        dropped: Callable[[Entry], None] | None = None,
    ) -> None:
        self.folder = folder
        self.limits = limits or Limits()
        self.in_flight = 0
        self.dropped = dropped
        try:
            for name in (QUEUE, DEAD):
                make_folder(folder / name)
            with self._locked():
                self._remove_leftovers()
        except OSError as error:
            raise SpoolError(f"{folder}: the spool cannot be used: {error.strerror}") from error

    def add(
        self,
        body: bytes,
        content_type: str,
        idempotency_key: str = "",
        newest: float | None = None,
    ) -> Entry:
        """Take a document. When this returns, it is on disk: file and folder are synchronised.

        Args:
            body: the document.
            content_type: of the body, for HTTP.
            idempotency_key: by which the receiver knows it again; a new one when empty.
            newest: Unix time of its newest sample, before which it is not to be sent.

        Raises:
            SpoolFullError: it was not taken, because of a limit or a full disk; nothing is left.
            SpoolError: it was not taken, for another reason.
        """
        data = encode(Document(body, content_type, idempotency_key or uuid.uuid4().hex))
        try:
            with self._locked():
                held = [*self.waiting(), *self.dead()]
                self._check_room(self._with_room(held, len(data)), len(data))
                last = max((entry.sequence for entry in held), default=0)
                sequence = max(time.time_ns(), last + 1)
                path = self.folder / QUEUE / file_name(sequence, len(data), newest)
                write_atomically(path, data, mode=0o600)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            kind = DiskFullError if full else SpoolError
            raise kind(
                f"{self.folder}: the spool did not take the document: {error.strerror}"
            ) from error
        return Entry(path, sequence, len(data), newest)

    def waiting(self) -> list[Entry]:
        """What is to be sent, oldest first."""
        return self._entries(QUEUE)

    def dead(self) -> list[Entry]:
        """What the receiver refused, oldest first."""
        return self._entries(DEAD)

    def read(self, entry: Entry) -> Document:
        """The document of an entry.

        Raises:
            ValueError: its file is damaged.
            OSError: it cannot be read.
        """
        return decode(entry.path.read_bytes())

    def delivered(self, entry: Entry) -> None:
        """Forget a document that its receiver has."""
        with contextlib.suppress(FileNotFoundError):
            entry.path.unlink()

    def put_aside(self, entry: Entry, answer: dict[str, object]) -> None:
        """Move a refused document to the dead-letter folder, with the answer beside it.

        Raises:
            OSError: it cannot be moved, and still waits.
        """
        target = self.folder / DEAD / entry.path.name
        # The answer is the lesser part: a full disk must not keep the document at the queue's head.
        with contextlib.suppress(OSError):
            write_atomically(target.with_suffix(_ANSWER), json.dumps(answer).encode(), mode=0o600)
        entry.path.rename(target)
        sync_folder(target.parent)
        sync_folder(entry.path.parent)

    def answer(self, entry: Entry) -> dict[str, object]:
        """What the receiver said to a refused document; empty when that was not kept."""
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(entry.path.with_suffix(_ANSWER).read_bytes())
            if isinstance(found, dict):
                return found
        return {}

    def revive(self) -> int:
        """Put all refused documents back into the queue, in their old places; how many.

        Raises:
            OSError: one cannot be moved.
        """
        entries = self.dead()
        for entry in entries:
            entry.path.rename(self.folder / QUEUE / entry.path.name)
            with contextlib.suppress(FileNotFoundError):
                entry.path.with_suffix(_ANSWER).unlink()
        for name in (QUEUE, DEAD):
            sync_folder(self.folder / name)
        return len(entries)

    def _with_room(self, held: list[Entry], size: int) -> list[Entry]:
        """What is held when the oldest have made room; the lock is held."""
        limits, left = self.limits, list(held)
        used = sum(entry.size for entry in held)
        if not limits.drops_oldest or size > limits.bytes:
            return left
        for entry in held:
            if len(left) < limits.documents and used + size <= limits.bytes:
                break
            if entry.path.parent.name == QUEUE and entry.sequence != self.in_flight:
                entry.path.unlink(missing_ok=True)
                left.remove(entry)
                used -= entry.size
                if self.dropped:
                    self.dropped(entry)
        return left

    def _check_room(self, held: list[Entry], size: int) -> None:
        used = sum(entry.size for entry in held)
        if len(held) >= self.limits.documents or used + size > self.limits.bytes:
            raise SpoolFullError(
                f"{self.folder}: the spool is full and did not take the document: it holds "
                f"{len(held)} of {self.limits.documents} documents, {used} of {self.limits.bytes} "
                f"bytes, and {size} bytes were to be added"
            )

    def _entries(self, name: str) -> list[Entry]:
        folder = self.folder / name
        found = []
        for file in os.listdir(folder):  # noqa: PTH208 - names alone, without a stat for each
            if entry := entry_of(folder, file):
                found.append(entry)
        return sorted(found, key=lambda entry: entry.sequence)

    def _remove_leftovers(self) -> None:
        """Remove the temporary files of writers that were killed; the lock is held."""
        for path in (self.folder / QUEUE).glob(".*"):
            path.unlink(missing_ok=True)

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.folder / LOCK)
