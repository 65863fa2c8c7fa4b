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
from perfanalysis.recordings.recording import Floats, Recording

_GZIP = b"\x1f\x8b"


@dataclass
class Losses:
    """What could not be read of a file: bytes of frames that are cut off or damaged."""

    bytes: int = 0


def read(path: Path, wanted: Wanted | None = None) -> Recording:
    """A whole recording.

    Where the clock was put back, the most ticks are kept that are in order of time.

    Args:
        path: of its file. Frames that are cut off or damaged are left out.
        wanted: whether a metric of that name is kept; None: all are.

    Raises:
        InputError: the file cannot be read, holds no sample, or those of several machines.
    """
    frames = list(read_frames(path, wanted))
    machines = {frame.machine for frame in frames}
    if len(machines) > 1:
        expected = "the recording of one machine"
        raise InputError(str(path), "", expected, " and ".join(sorted(machines)))
    times = np.array([time for frame in frames for time in frame.times])
    if not len(times):
        raise InputError(str(path), "", "a recording, of one tick at least")
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
    path: Path, wanted: Wanted | None = None, losses: Losses | None = None
) -> Iterator[FrameColumns]:
    """The frames of a recording, as they stand in the file.

    Args:
        path: of its file.
        wanted: whether a metric of that name is kept; None: all are.
        losses: told what could not be read.

    Raises:
        InputError: the file cannot be read, or is no OpenMetrics with times.
    """
    parser = FrameParser(wanted)
    for text in _texts(path, losses or Losses()):
        try:
            yield from parser.frames(text)
        except MalformedLineError as error:
            raise InputError(str(path), "", error.expected, error.line) from error


def _texts(path: Path, losses: Losses) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            begin = file.read(SMALLEST)
            if not begins_like_frame(begin):
                file.seek(0)
                data = file.read()
                yield gzip.decompress(data) if data.startswith(_GZIP) else data
                return
            if not begin:
                return
            with mmap(file.fileno(), 0, access=ACCESS_READ) as stored:
                end = 0
                for frame in frames_in(stored):
                    try:
                        text = unpack_frame(stored[frame.offset : frame.end])
                    except BrokenFrameError:
                        continue
                    losses.bytes += frame.offset - end
                    end = frame.end
                    yield text
                losses.bytes += len(stored) - end
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(str(path), "", f"a whole gzip file ({error})") from error
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
