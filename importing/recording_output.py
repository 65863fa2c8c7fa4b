"""``--recording``: one machine's snapshots as a recording, for ``perfanalysis workload``."""

from __future__ import annotations

import os
from pathlib import Path

from importing.captures import Snapshot
from importing.workplace import Workplace
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.recordings.writing import RecordingWriter


class RecordingOutput:
    """Writes a file that is whole or not there.

    Args:
        path: of the file; beside it a folder ``.NAME.import`` holds what is not finished.
        machines: names of those that the files are of.

    Raises:
        InputError: there are several machines, or the folder cannot be made.
        PerfAnalysisError: another import writes the same file.
    """

    def __init__(self, path: Path, machines: set[str]) -> None:
        if len(machines) != 1:
            expected = "files of one machine, which is what a recording is of"
            raise InputError("--recording", "", expected, ", ".join(sorted(machines)))
        self._path = path
        self._work = Workplace(path.parent / f".{path.name}.import", "--recording")
        self._work.clear()
        made = self._work.folder / "recording"
        # Only a whole file is published, after one fsync.
        self._writer = RecordingWriter(made, next(iter(machines)), durable=False)
        self._made = made
        self._time = 0.0
        self._values: dict[Series, bytes] = {}
        self._series: tuple[Series, ...] = ()
        self._ticks = self._samples = 0

    def take(self, snapshot: Snapshot) -> None:
        """Keep the samples of a snapshot; those of one time are one tick."""
        if snapshot.time != self._time:
            self._end_tick()
            self._time = snapshot.time
        for batch in snapshot.batches:
            self._values.update(zip(batch.series, batch.values, strict=True))

    def _end_tick(self) -> None:
        if not self._values:
            return
        series = tuple(self._values)
        # The writer is quicker with the same object.
        self._series = self._series if self._series == series else series
        self._writer.tick(self._time, self._series, tuple(self._values.values()))
        self._ticks += 1
        self._samples += len(series)
        self._values = {}

    def finish(self) -> str:
        """Put the file in its place; says what was written.

        Raises:
            OSError: it cannot be written.
            InputError: the files hold nothing.
        """
        self._end_tick()
        self._writer.close()
        if not self._ticks:
            raise InputError("--recording", "", "files that hold a sample", "none")
        with self._made.open("rb") as made:
            os.fsync(made.fileno())
        self._made.replace(self._path)
        return f"{self._path}: {self._samples} samples of {self._ticks} ticks"

    def close(self) -> None:
        """Remove what is not finished."""
        self._writer.close()
        self._work.remove()
