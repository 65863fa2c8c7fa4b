"""The transformations that the panels use, as Grafana does them. Pure.

Source: Grafana's documentation of "Transform data", and its published code, with which the tests
compare this; only what ``grafana.dashboards.transformations`` can say is known here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from grafana.dashboards.words import Transformation
from pictures.frames import Cell, Frame, Row


def transformed(frames: Sequence[Frame], steps: Sequence[Transformation]) -> Frame:
    """What a panel draws after the steps: the first frame, as Grafana does where there are several.

    Courses are rows of a table already (``trends``): the step that makes them so is left out.
    """
    left = list(frames)
    for step in steps:
        if step.id in _OF_ALL:
            left = _OF_ALL[step.id](left, step.options)
        elif step.id in _OF_EACH:
            left = [_OF_EACH[step.id](frame, step.options) for frame in left]
    return left[0] if left else Frame()


def _merged(frames: list[Frame], _: Mapping[str, object]) -> list[Frame]:
    """One frame whose rows agree in all that they both have; nothing where no field is common."""
    having = [frame for frame in frames if frame.fields]
    if len(having) < 2:
        return having or frames[:1]
    names = _all_fields(having)
    common = [name for name in names if all(name in frame.fields for frame in having)]
    if not common:
        return frames
    rows: list[Row] = []
    of_key: dict[tuple[object, ...], list[Row]] = {}
    for row in (row for frame in having for row in frame.rows):
        alike = of_key.setdefault(tuple(str(row.get(name)) for name in common), [])
        agreeing = [known for known in alike if _agree(known, row)]
        for known in agreeing:
            known.update(row)
        if not agreeing:
            alike.append(dict(row))
            rows.append(alike[-1])
    return [Frame(names, rows)]


def _agree(known: Row, row: Row) -> bool:
    return all(known.get(name) in (None, cell) for name, cell in row.items())


def _joined(frames: list[Frame], options: Mapping[str, object]) -> list[Frame]:
    """A row for each value of the field; frames without it are left out."""
    if len(frames) < 2:
        return frames
    by = str(options["byField"])
    having = [frame for frame in frames if by in frame.fields]
    rows: dict[Cell, Row] = {}
    for row in (row for frame in having for row in frame.rows):
        key = row.get(by)
        assert not isinstance(key, list)
        rows.setdefault(key, {}).update(row)
    rest = [name for name in _all_fields(having) if name != by]
    return [Frame([by, *rest] if having else [], list(rows.values()))]


def _all_fields(frames: Sequence[Frame]) -> list[str]:
    return list(dict.fromkeys(name for frame in frames for name in frame.fields))


def _without(frames: list[Frame], options: Mapping[str, object]) -> list[Frame]:
    """The frames without some fields; without any there is no frame."""
    exclude = options["exclude"]
    assert isinstance(exclude, dict)
    names = [[n for n in frame.fields if n not in exclude["names"]] for frame in frames]
    return [
        Frame(kept, [{name: row[name] for name in kept if name in row} for row in frame.rows])
        for kept, frame in zip(names, frames, strict=True)
        if kept
    ]


def _sorted(frame: Frame, options: Mapping[str, object]) -> Frame:
    for order in reversed(_list(options["sort"])):
        name, descending = str(order["field"]), bool(order.get("desc"))
        present = [row for row in frame.rows if row.get(name) is not None]
        present.sort(key=_by_cell(name), reverse=descending)
        frame.rows = present + [row for row in frame.rows if row.get(name) is None]
    return frame


def _by_cell(name: str) -> Callable[[Row], tuple[int, float, str]]:
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
    if not {column, row_field, value} <= set(frame.fields):
        return frame
    first = f"{row_field}\\{column}"
    columns: list[str] = []
    rows: dict[Cell, Row] = {}
    for row in frame.rows:
        name = str(row.get(column))
        if name not in columns:
            columns.append(name)
        at = row.get(row_field)
        key = at if not isinstance(at, list) else None
        rows.setdefault(key, {first: key})[name] = row.get(value)
    return Frame([first, *columns], list(rows.values()))


def _calculated(frame: Frame, options: Mapping[str, object]) -> Frame:
    name = str(options["alias"])
    if options["mode"] == "reduceRow":
        reduce = options["reduce"]
        assert isinstance(reduce, dict)
        (copied,) = reduce["include"]
        for row in frame.rows:
            row[name] = row.get(copied)
        frame.fields.append(name)
        return frame
    binary = options["binary"]
    assert isinstance(binary, dict)
    if binary["left"] not in frame.fields:
        return frame
    for row in frame.rows:
        left = row.get(binary["left"])
        if isinstance(left, float):
            right = float(binary["right"])
            row[name] = left / right if binary["operator"] == "/" else left * right
    frame.fields.append(name)
    return frame


_OF_ALL: dict[str, Callable[[list[Frame], Mapping[str, object]], list[Frame]]] = {
    "merge": _merged,
    "joinByField": _joined,
    "filterFieldsByName": _without,
}
_OF_EACH: dict[str, Callable[[Frame, Mapping[str, object]], Frame]] = {
    "sortBy": _sorted,
    "organize": _arranged,
    "convertFieldType": _as_number,
    "groupingToMatrix": _matrix,
    "calculateField": _calculated,
}
