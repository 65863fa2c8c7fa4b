"""Tables as Grafana makes them of answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from perfanalysis.promql import Sample, Series

Cell = str | float | list[float] | None
Row = dict[str, Cell]


@dataclass
class Frame:
    """A table: ``fields`` in order, and ``rows`` by field; empty cells are None, or not there."""

    fields: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, name: str) -> list[Cell]:
        """The cells of a field; empty ones are None."""
        return [row.get(name) for row in self.rows]


def table_of(samples: Sequence[Sample], letter: str, alone: bool) -> Frame:
    """An instant answer in the format "table": labels, and the value.

    Args:
        samples: the answer.
        letter: the query's, which the value's field carries when there are others.
        alone: whether there are no others; then an answer without samples has no fields.
    """
    if alone and not samples:
        return Frame()
    value = "Value" if alone else f"Value #{letter}"
    labels = sorted({name for sample in samples for name in sample.labels} - {"__name__"})
    rows: list[Row] = []
    for sample in samples:
        row: Row = {"Time": sample.time, value: sample.value}
        row.update({name: sample.labels[name] for name in labels if name in sample.labels})
        rows.append(row)
    return Frame(["Time", *labels, value], rows)


def trends(series: Sequence[Series], letter: str) -> Frame:
    """``timeSeriesTable``: a row for each series, with its course in one cell."""
    if not series:
        return Frame()
    name = f"Trend #{letter}"
    labels = sorted({label for entry in series for label in entry.labels})
    rows: list[Row] = [
        {**entry.labels, name: [float(value) for value in entry.values]} for entry in series
    ]
    return Frame([*labels, name], rows)
