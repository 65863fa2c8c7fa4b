"""Tables as Grafana makes them of answers, and the transformations that the panels use. Pure.

Source: Grafana's documentation of "Transform data"; only what
``grafana.dashboards.transformations`` can say is known here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from grafana.dashboards.words import Transformation
from perfanalysis.promql import Sample, Series

Cell = str | float | list[float] | None


@dataclass
class Frame:
    """A table: ``fields`` in order, and ``rows`` by field."""

    fields: list[str] = field(default_factory=list)
    rows: list[dict[str, Cell]] = field(default_factory=list)

    def column(self, name: str) -> list[Cell]:
        """The cells of a field; empty ones are None."""
        return [row.get(name) for row in self.rows]


def table_of(samples: Sequence[Sample], letter: str, alone: bool) -> Frame:
    """An instant answer in the format "table": labels, and the value.

    Args:
        samples: the answer.
        letter: the query's, which the value's field carries when there are others.
        alone: whether there are no others.
    """
    value = "Value" if alone else f"Value #{letter}"
    labels = sorted({name for sample in samples for name in sample.labels} - {"__name__"})
    rows: list[dict[str, Cell]] = []
    for sample in samples:
        row: dict[str, Cell] = {"Time": sample.time, value: sample.value}
        row.update({name: sample.labels[name] for name in labels if name in sample.labels})
        rows.append(row)
    return Frame(["Time", *labels, value], rows)


def trends(series: Sequence[Series], letter: str) -> Frame:
    """``timeSeriesTable``: a row for each series, with its course in one cell."""
    name = f"Trend #{letter}"
    labels = sorted({label for entry in series for label in entry.labels})
    rows: list[dict[str, Cell]] = [
        {**entry.labels, name: [float(value) for value in entry.values]} for entry in series
    ]
    return Frame([*labels, name], rows)


def transformed(frames: Sequence[Frame], steps: Sequence[Transformation]) -> Frame:
    """One table of all frames, after the steps."""
    frame = _merged(frames)
    for step in steps:
        if step.id in _STEPS:
            frame = _STEPS[step.id](frame, step.options)
    return frame


def _merged(frames: Sequence[Frame]) -> Frame:
    """Rows of different frames that have the same labels become one."""
    merged = Frame()
    by_labels: dict[tuple[tuple[str, Cell], ...], dict[str, Cell]] = {}
    for frame in frames:
        merged.fields += [name for name in frame.fields if name not in merged.fields]
        for row in frame.rows:
            labels = {k: v for k, v in row.items() if isinstance(v, str)}
            known = _same_labels(by_labels, labels) if len(frames) > 1 else None
            if known is None:
                known = dict(row)
                by_labels[tuple(sorted(labels.items())) or (("", len(by_labels)),)] = known
                merged.rows.append(known)
            else:
                known.update({k: v for k, v in row.items() if k not in known})
    return merged


def _same_labels(
    rows: Mapping[tuple[tuple[str, Cell], ...], dict[str, Cell]], labels: Mapping[str, Cell]
) -> dict[str, Cell] | None:
    """The row whose labels agree where both have them; both need one in common."""
    for key, row in rows.items():
        common = [name for name, _ in key if name in labels]
        if common and all(dict(key)[name] == labels[name] for name in common):
            return row
    return None


def _sorted(frame: Frame, options: Mapping[str, object]) -> Frame:
    for order in reversed(_list(options["sort"])):
        name, descending = str(order["field"]), bool(order.get("desc"))
        present = [row for row in frame.rows if row.get(name) is not None]
        present.sort(key=_by_cell(name), reverse=descending)
        frame.rows = present + [row for row in frame.rows if row.get(name) is None]
    return frame


def _by_cell(name: str) -> Callable[[dict[str, Cell]], tuple[int, float, str]]:
    return lambda row: _key(row[name])


def _key(cell: Cell) -> tuple[int, float, str]:
    if isinstance(cell, str):
        return (1, 0.0, cell)
    return (0, cell if isinstance(cell, float) and not math.isnan(cell) else 0.0, "")


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def _arranged(frame: Frame, options: Mapping[str, object]) -> Frame:
    hidden, order, names = (
        options[key] for key in ("excludeByName", "indexByName", "renameByName")
    )
    assert isinstance(hidden, dict)
    assert isinstance(order, dict)
    assert isinstance(names, dict)
    shown = [name for name in frame.fields if not hidden.get(name)]
    shown.sort(key=lambda name: order.get(name, len(order)))
    rows = [{names.get(k, k): row.get(k) for k in shown} for row in frame.rows]
    return Frame([names.get(name, name) for name in shown], rows)


def _as_number(frame: Frame, options: Mapping[str, object]) -> Frame:
    for conversion in _list(options["conversions"]):
        name = str(conversion["targetField"])
        for row in frame.rows:
            cell = row.get(name)
            if isinstance(cell, str):
                row[name] = float(cell)
    return frame


def _matrix(frame: Frame, options: Mapping[str, object]) -> Frame:
    column, row_field, value = (
        str(options[key]) for key in ("columnField", "rowField", "valueField")
    )
    first = f"{row_field}\\{column}"
    columns: list[str] = []
    rows: dict[Cell, dict[str, Cell]] = {}
    for row in frame.rows:
        name = str(row.get(column))
        if name not in columns:
            columns.append(name)
        at = row.get(row_field)
        key = at if not isinstance(at, list) else None
        rows.setdefault(key, {first: key})[name] = row.get(value)
    return Frame([first, *columns], list(rows.values()))


def _calculated(frame: Frame, options: Mapping[str, object]) -> Frame:
    binary = options["binary"]
    assert isinstance(binary, dict)
    name = str(options["alias"])
    for row in frame.rows:
        left = row.get(binary["left"])
        if isinstance(left, float):
            right = float(binary["right"])
            row[name] = left / right if binary["operator"] == "/" else left * right
    frame.fields.append(name)
    return frame


_STEPS: dict[str, Callable[[Frame, Mapping[str, object]], Frame]] = {
    "sortBy": _sorted,
    "organize": _arranged,
    "convertFieldType": _as_number,
    "groupingToMatrix": _matrix,
    "calculateField": _calculated,
}
