"""Reads a recording: frames, or the same text as plain OpenMetrics or gzip of others."""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from perfanalysis.errors import InputError
from perfanalysis.exposition.families import FamilyType, SeriesIdentity
from perfanalysis.recordings.frames import (
    SMALLEST,
    BrokenFrameError,
    begins_like_frame,
    frames_in,
    unpack_frame,
)
from perfanalysis.recordings.parsing import (
    FrameColumns,
    FrameParser,
    MalformedLineError,
    Wanted,
)
from perfanalysis.recordings.pieces import files_of
from perfanalysis.recordings.recording import Floats, Recording

_GZIP = b"\x1f\x8b"


@dataclass
class FrameReading:
    """How far a recording has been read, in bytes of its files as they are stored.

    Attributes:
        bytes_read: of all its files.
        bytes_lost: that are of frames which are cut off or damaged.
    """

    bytes_read: int = 0
    bytes_lost: int = 0


def read(path: Path, wanted: Wanted | None = None) -> Recording:
    """A whole recording.

    Where the clock was put back, the most ticks are kept that are in order of time.

    Args:
        path: of its file, or of a folder of its files. Frames that are cut off or damaged are left
            out.
        wanted: whether a metric of that name is kept; None: all are.

    Raises:
        InputError: the file cannot be read, holds no sample, or those of several machines.
    """
    return assembled(list(read_frames(path, wanted)), str(path))


def assembled(frames: Sequence[FrameColumns], where: str) -> Recording:
    """The recording of these frames, whose columns are taken from them.

    Args:
        frames: in the order in which they stand.
        where: what they were read from, for messages.

    Raises:
        InputError: they have no tick, or are of several machines.
    """
    machines = {frame.machine for frame in frames}
    if len(machines) > 1:
        expected = "the recording of one machine"
        raise InputError(where, "", expected, " and ".join(sorted(machines)))
    times = np.array([time for frame in frames for time in frame.times])
    if not len(times):
        raise InputError(where, "", "a recording, of one tick at least")
    kept = in_order(times)
    types: dict[str, FamilyType] = {}
    for frame in frames:
        types |= frame.types
    columns = {series: column[kept] for series, column in _columns(frames, len(times)).items()}
    return Recording(machines.pop(), times[kept], columns, types)


def _columns(frames: Sequence[FrameColumns], ticks: int) -> dict[SeriesIdentity, Floats]:
    columns: dict[SeriesIdentity, Floats] = {}
    begin = 0
    for frame in frames:
        end = begin + len(frame.times)
        for series in list(frame.columns):
            column = columns.get(series)
            if column is None:
                column = columns[series] = np.full(ticks, np.nan)
            # Not held twice.
            column[begin:end] = frame.columns.pop(series)
        begin = end
    return columns


def in_order(times: Floats) -> NDArray[np.int64]:
    """The numbers of the most ticks whose times rise, in their order.

    A longest rising subsequence (Fredman, 1975): where a clock was ahead for some ticks those go,
    and where it was put back for good the few that its old time had passed already.
    """
    ends: list[float] = []
    numbers: list[int] = []
    before = np.full(len(times), -1)
    for number, time in enumerate(times.tolist()):
        place = bisect_left(ends, time)
        before[number] = numbers[place - 1] if place else -1
        if place == len(ends):
            ends.append(time)
            numbers.append(number)
        else:
            ends[place] = time
            numbers[place] = number
    kept = []
    number = numbers[-1] if numbers else -1
    while number >= 0:
        kept.append(number)
        number = int(before[number])
    return np.array(kept[::-1], dtype=np.int64)


def read_frames(
    path: Path, wanted: Wanted | None = None, reading: FrameReading | None = None
) -> Iterator[FrameColumns]:
    """The frames of a recording, as they stand in the file.

    Args:
        path: of its file, or of a folder of its files.
        wanted: whether a metric of that name is kept; None: all are.
        reading: kept up to date.

    Raises:
        InputError: the file cannot be read, or is no OpenMetrics with times.
    """
    parser = FrameParser(wanted)
    reading = reading or FrameReading()
    for file in _files(path):
        for text in _texts(file, reading):
            try:
                yield from parser.frames(text)
            except MalformedLineError as error:
                raise InputError(str(file), "", error.expected, error.line) from error


def _files(path: Path) -> list[Path]:
    try:
        return files_of(path)
    except OSError as error:
        raise InputError(str(path), "", f"a folder to read ({error.strerror})") from error


def _texts(path: Path, reading: FrameReading) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            begin = file.read(SMALLEST)
            if not begins_like_frame(begin):
                file.seek(0)
                data = file.read()
                reading.bytes_read += len(data)
                yield gzip.decompress(data) if data.startswith(_GZIP) else data
                return
            if not begin:
                return
            with mmap(file.fileno(), 0, access=ACCESS_READ) as stored:
                end, before = 0, reading.bytes_read
                for frame in frames_in(stored):
                    try:
                        text = unpack_frame(stored[frame.offset : frame.end])
                    except BrokenFrameError:
                        continue
                    reading.bytes_lost += frame.offset - end
                    end = frame.end
                    reading.bytes_read = before + end
                    yield text
                reading.bytes_lost += len(stored) - end
                reading.bytes_read = before + len(stored)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(str(path), "", f"a whole gzip file ({error})") from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
