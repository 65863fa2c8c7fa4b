"""Our own recordings, snapshot by snapshot: what they hold goes on as it is."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from importing.captures import Batch, Snapshot
from importing.files import InputFile
from importing.machines import ImportedMachine
from importing.refusals import OUT_OF_ORDER, Refusals
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series, SeriesIdentity
from perfanalysis.machines.identity import Identity
from perfanalysis.recordings.frame_text import value_text
from perfanalysis.recordings.parsing import FrameColumns
from perfanalysis.recordings.pieces import files_of
from perfanalysis.recordings.reading import FrameReading, in_order, read_frames

RECORDING = "recording"


class RecordedFile(NamedTuple):
    """A recording, and which of its ticks are in order of time.

    Attributes:
        file: as of all imports; ``path`` may be a folder.
        kept: for each tick, in the order of the file.
        last: Unix time of the last of them.
    """

    file: InputFile
    kept: Sequence[bool]
    last: float


def prepare(path: Path, machine: str | None, refusals: Refusals) -> RecordedFile:
    """Look through the times of a recording.

    Args:
        path: of its file or folder.
        machine: its name; None: as the recording says.
        refusals: whether times ahead of now are allowed; told of ticks that are not in order.

    Raises:
        InputError: it cannot be read, says no machine, or has a time ahead of now.
    """
    times: list[float] = []
    names: set[str] = set()
    for frame in read_frames(path, lambda _: False):
        times += frame.times
        names.add(frame.machine)
    if not times:
        raise InputError(str(path), "", "a recording, of one tick at least")
    if machine is None and (len(names) > 1 or "" in names):
        found = " and ".join(sorted(names)) or "no name"
        raise InputError(str(path), "", "the recording of one machine, or --machine", found)
    numbers = in_order(np.array(times))
    kept = np.zeros(len(times), dtype=bool)
    kept[numbers] = True
    refusals.check_time(max(times), str(path))
    for number in np.flatnonzero(~kept).tolist():
        where = f"{path}: tick {number + 1}"
        refusals.add(OUT_OF_ORDER, InputError(where, "", "a time in order", times[number]))
    size = sum(one.stat().st_size for one in files_of(path))
    owner = ImportedMachine(Identity(name=machine or names.pop()))
    first, last = times[int(numbers[0])], times[int(numbers[-1])]
    return RecordedFile(InputFile(path, owner, RECORDING, size, first=first), kept.tolist(), last)


def check_apart(files: Sequence[RecordedFile]) -> None:
    """See that no two recordings are of one machine and time.

    Raises:
        InputError: two are; their counters would run against each other.
    """
    spans = sorted((one.file.machine.name, one.file.first, one.last, one) for one in files)
    for (name, _, last, before), (other, first, _, after) in pairwise(spans):
        if name == other and first <= last:
            expected = f"one recording of {name} at a time: {before.file.path} is of it, too"
            raise InputError(str(after.file.path), "", expected)


def merged(files: Sequence[RecordedFile]) -> Iterator[Snapshot]:
    """The snapshots of all recordings by time."""
    return heapq.merge(*map(_snapshots, files), key=lambda snapshot: snapshot.time)


def _snapshots(recorded: RecordedFile) -> Iterator[Snapshot]:
    file = recorded.file
    reading = FrameReading()
    known: dict[SeriesIdentity, Series] = {}
    together: dict[bytes, tuple[Series, ...]] = {}
    begin = 0
    for frame in read_frames(file.path, None, reading):
        end = begin + len(frame.times)
        series = [_series(identity, frame, known) for identity in frame.columns]
        values = np.array(list(frame.columns.values())).reshape(len(series), -1)
        for place, (time, kept) in enumerate(
            zip(frame.times, recorded.kept[begin:end], strict=True)
        ):
            there = np.flatnonzero(~np.isnan(values[:, place]))
            if not kept or not len(there):
                continue
            key = there.tobytes()
            if key not in together:
                together[key] = tuple(series[one] for one in there.tolist())
            texts = [value_text(value) for value in values[there, place].tolist()]
            yield Snapshot(time, file.machine, [Batch(together[key], texts)])
        together.clear()
        begin = end
        file.reading.bytes_read = reading.bytes_read


def _series(
    identity: SeriesIdentity, frame: FrameColumns, known: dict[SeriesIdentity, Series]
) -> Series:
    found = known.get(identity)
    if found is None:
        labels = tuple(label for label, _ in identity.labels)
        family = Family(identity.name, frame.types[identity.name], "", labels)
        found = known[identity] = Series(family, tuple(value for _, value in identity.labels))
    return found
