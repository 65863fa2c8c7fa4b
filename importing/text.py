"""``--output``: one OpenMetrics file of all."""

from __future__ import annotations

import os
from pathlib import Path

from importing.captures import Snapshot
from importing.series import Numbering
from importing.spooling import ValueSpool
from importing.workplace import Workplace


class TextOutput:
    """Writes a file that is whole or not there.

    Args:
        path: of the file; beside it a folder ``.NAME.import`` holds what is not finished.

    Raises:
        InputError: the folder cannot be made.
        PerfAnalysisError: another import writes the same file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._work = Workplace(path.parent / f".{path.name}.import", "--output")
        self._work.clear()
        self._numbering = Numbering()
        self._spool = ValueSpool(self._work.folder / "values")

    def take(self, snapshot: Snapshot) -> None:
        """Keep the samples of a snapshot."""
        time = seconds_text(snapshot.time)
        for batch in snapshot.batches:
            numbers, suffixes = self._numbering.of(snapshot.machine.name, batch.series)
            self._spool.add(numbers, batch.values, suffixes, time)

    def finish(self) -> str:
        """Put the file in its place; says what was written.

        Raises:
            OSError: it cannot be written.
        """
        made = self._work.folder / "metrics.om"
        with made.open("wb") as out:
            self._spool.write(self._numbering.table, out)
            out.flush()
            os.fsync(out.fileno())
        made.replace(self._path)
        series = len(self._numbering.table.labels)
        return f"{self._path}: {self._spool.samples} samples of {series} series"

    def close(self) -> None:
        """Remove what is not finished."""
        self._spool.close()
        self._work.remove()


def seconds_text(time: float) -> bytes:
    """A time as OpenMetrics has it: seconds, to the millisecond that Prometheus keeps."""
    whole, milliseconds = divmod(round(time * 1000), 1000)
    return b"%d.%03d" % (whole, milliseconds) if milliseconds else b"%d" % whole
