"""A recording within limits: a folder of files, of which the oldest goes when there are too many.

Each file is a recording of its own. Only files are deleted that stand in the list ``.pieces``, into
which a name comes before its file is made: what others put into the folder stays.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.recordings.pieces import LIST, SUFFIX, listed
from perfanalysis.recordings.writing import RecordingWriter
from workload.recording.keeping import Keep

LOG = logging.getLogger(__name__)


class Pieces:
    """Writes the files of a folder, one after the other.

    Args:
        folder: made when it is missing; its newest file is continued where it is not full.
        machine, step: see ``RecordingWriter``.
        keep: the limits.

    Raises:
        InputError: the folder cannot be used, or its newest file is no recording.
        PerfAnalysisError: another one writes to it.
    """

    def __init__(self, folder: Path, machine: str, step: float, keep: Keep) -> None:
        self._folder = folder
        self._machine = machine
        self._step = step
        self._keep = keep
        self._began = 0.0
        try:
            folder.mkdir(exist_ok=True)
            self._names = listed(folder)
        except OSError as error:
            expected = f"a folder to write to ({error.strerror})"
            raise InputError(str(folder), "", expected) from error
        self._writer: RecordingWriter | None = None
        if self._names:
            self._writer = self._open(self._names[-1])
            self._began = _begin_of(self._names[-1])

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(self._size_of(name) for name in self._names)

    def tick(self, time: float, series: Sequence[Series], values: Sequence[bytes]) -> None:
        """See ``RecordingWriter.tick``; files are begun and deleted where it is time for that.

        Raises:
            OSError: a file cannot be written; the ticks of its open frame are lost.
        """
        writer = self._writer
        if writer is not None and self._keep.is_full(writer.size, abs(time - self._began)):
            self._writer = None
            writer.close()
        if self._writer is None:
            self._writer = self._begin(time)
        before = self._writer.size
        self._writer.tick(time, series, values)
        if self._writer.size != before:
            self._shorten()

    def close(self) -> None:
        """End the open file.

        Raises:
            OSError: its last frame cannot be written.
        """
        if self._writer is not None:
            self._writer.close()
        self._shorten()

    def _begin(self, time: float) -> RecordingWriter:
        name = _name(time, self._names)
        # Also those that go now: a crash must leave no file that nobody deletes any more.
        names = [*self._names, name]
        write_atomically(self._folder / LIST, "".join(f"{one}\n" for one in names).encode())
        if self._keep.seconds is not None:
            # One is needed as long as the one behind it does not reach back far enough.
            while len(self._names) > 1 and _begin_of(self._names[1]) < time - self._keep.seconds:
                self._delete_the_oldest()
        self._names.append(name)
        self._began = time
        return self._open(name)

    def _shorten(self) -> None:
        """Delete the oldest until there are no more bytes than may be; the newest stays."""
        most = self._keep.bytes
        while most is not None and len(self._names) > 1 and self.size > most:
            self._delete_the_oldest()

    def _delete_the_oldest(self) -> None:
        gone = self._folder / self._names.pop(0)
        with contextlib.suppress(FileNotFoundError):
            gone.unlink()
        LOG.info("%s: deleted, since no more was to be kept", gone)

    def _open(self, name: str) -> RecordingWriter:
        return RecordingWriter(self._folder / name, self._machine, step=self._step)

    def _size_of(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except OSError:
            return 0


def _name(time: float, names: Sequence[str]) -> str:
    begin = datetime.fromtimestamp(time, UTC).strftime("%Y%m%dT%H%M%SZ")
    name, number = f"{begin}{SUFFIX}", 1
    while name in names:
        number += 1
        name = f"{begin}-{number}{SUFFIX}"
    return name


def _begin_of(name: str) -> float:
    return datetime.strptime(name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
