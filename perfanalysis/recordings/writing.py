"""Writes a recording: frames that are put behind each other (docs/recordings.md).

No numpy is loaded for it: the process that records is as small as the exporter's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType
from typing import Self

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import format_value
from perfanalysis.recordings.families import FORMAT, INFO, STEP, TICKS
from perfanalysis.recordings.frame_text import FrameText
from perfanalysis.recordings.frames import SMALLEST, begins_like_frame, end_of_frames, pack_frame

# What ends a frame, whichever comes first: a crash costs no more than one.
FRAME_TICKS = 60
FRAME_SECONDS = 600.0
FRAME_BYTES = 4 << 20


class RecordingWriter:
    """A recording that is written to; a context manager, which closes it.

    A file that is there is continued behind its last whole frame: what a crash left of an open
    one goes. While the writer is open no other one may write to the file.

    Args:
        path: of the file; its folder must exist.
        machine: its name, label ``instance`` of all series; "": unknown.
        step: seconds between two ticks, as they are wanted; None: nobody knows.
        durable: whether each frame is waited for until the disk has it. Who writes a file that is
            worth nothing before its end may leave that out.

    Raises:
        InputError: the file cannot be written, or is no recording.
        PerfAnalysisError: another one writes to it.
    """

    def __init__(
        self, path: Path, machine: str, *, step: float | None = None, durable: bool = True
    ) -> None:
        self.path = path
        self._machine = machine
        self._durable = durable
        self._own: tuple[Series, ...] = (Series(TICKS), Series(INFO, (machine, FORMAT)))
        self._own_values: tuple[bytes, ...] = (b"1",)
        if step is not None:
            self._own += (Series(STEP),)
            self._own_values += (format_value(step),)
        self._described: set[str] = set()
        self._ticks = 0
        self._together: tuple[Sequence[Series], tuple[Series, ...]] = ((), self._own)
        self._frame = FrameText(machine, self._described)
        self._file = _opened(path)
        try:
            self.size = _end(self._file, path)
            os.ftruncate(self._file, self.size)
            os.lseek(self._file, self.size, os.SEEK_SET)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def tick(self, time: float, series: Sequence[Series], values: Sequence[bytes]) -> None:
        """Take the samples of one moment; what is in none of the next ticks has gone.

        Args:
            time: Unix seconds; kept to the millisecond.
            series: of the samples; of those that come twice the first counts. The same object
                says the same series, and saves time.
            values: of the series, in text form, without their suffixes.

        Raises:
            ValueError: there is not one value for each series.
            OSError: a frame cannot be written; the ticks in it are lost, and the file is whole.
        """
        if len(values) != len(series):
            raise ValueError(f"{len(values)} values of {len(series)} series")
        if self._together[0] is not series:
            self._together = (series, (*self._own, *series))
        together = self._together[1]
        self._ticks += 1
        texts = (b"%d" % self._ticks, *self._own_values, *values)
        if not self._frame.fits(time, together, texts):
            self.flush()
        self._frame.add(time, together, texts)
        times = self._frame.times
        full = len(times) >= FRAME_TICKS or self._frame.size >= FRAME_BYTES
        if full or time - times[0] >= FRAME_SECONDS:
            self.flush()

    def flush(self) -> None:
        """End the open frame.

        Raises:
            OSError: it cannot be written; the ticks in it are lost, and the file is whole.
        """
        frame = self._frame
        if not frame.times:
            return
        self._frame = FrameText(self._machine, self._described)
        packed = pack_frame(frame.text(), frame.times[-1])
        try:
            written = 0
            while written < len(packed):
                written += os.write(self._file, packed[written:])
            if self._durable:
                os.fdatasync(self._file)
        except OSError:
            # A full disk: nothing half-written is left, and HELP comes with the next frame.
            self._described.clear()
            os.ftruncate(self._file, self.size)
            os.lseek(self._file, self.size, os.SEEK_SET)
            raise
        self.size += len(packed)

    def close(self) -> None:
        """End the open frame, and let go of the file; once closed, nothing happens.

        Raises:
            OSError: the last frame cannot be written.
        """
        if self._file < 0:
            return
        try:
            self.flush()
        finally:
            os.close(self._file)
            self._file = -1


def _opened(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(str(path), "", f"a file to write to ({error.strerror})") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise PerfAnalysisError(f"{path}: another process writes to this recording") from error
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _end(descriptor: int, path: Path) -> int:
    """Where the last whole frame of a file ends."""
    length = os.fstat(descriptor).st_size
    if length == 0:
        return 0
    expected = "a recording to continue, or a new file"
    if not begins_like_frame(os.pread(descriptor, SMALLEST, 0)):
        raise InputError(str(path), "", expected, "another file")
    with mmap(descriptor, length, access=ACCESS_READ) as data:
        return end_of_frames(data)
