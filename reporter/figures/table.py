"""The data of a figure, as numbers: what is attached to the PDF as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking.machines import Machine
from reporter.spreadsheet_cells import plain

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """What a figure shows, as numbers: names of the columns, and rows; None: unknown."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]

    def csv(self) -> bytes:
        """As CSV (RFC 4180, UTF-8); unknown is an empty field."""
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow([plain(name) for name in self.columns])
        writer.writerows(["" if cell is None else plain(cell) for cell in row] for row in self.rows)
        return stream.getvalue().encode()


def points(
    machine: Machine, times: Floats, values: Floats, *more: Cell
) -> Iterator[tuple[Cell, ...]]:
    """Rows of a series: machine, what tells it apart, Unix seconds, value (unknown left empty)."""
    for time, value in zip(times.tolist(), values.tolist(), strict=True):
        yield (machine.name, *more, time, value if np.isfinite(value) else None)


def rows_of(machine: Machine, series: Iterable[Series], *labels: str) -> list[tuple[Cell, ...]]:
    """Rows of several series of one machine, told apart by labels."""
    return [
        row
        for one in series
        for row in points(
            machine, one.times, one.values, *(one.labels.get(label, "") for label in labels)
        )
    ]
