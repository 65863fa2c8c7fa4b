"""Grafana's transformations that the panels use, each with its options in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from grafana.dashboards.words import Transformation


def merged() -> Transformation:
    """Make one table of all queries; rows with the same labels become one."""
    return Transformation("merge", {})


def as_number(field: str) -> Transformation:
    """Make the text of a field into numbers (a label is always text)."""
    conversion = {"targetField": field, "destinationType": "number"}
    return Transformation("convertFieldType", {"fields": {}, "conversions": [conversion]})


def sorted_by(field: str, *, descending: bool = False) -> Transformation:
    """Order the rows by a field, the lowest first, or the highest."""
    order: dict[str, object] = {"field": field}
    if descending:
        order["desc"] = True
    return Transformation("sortBy", {"fields": {}, "sort": [order]})


def trend_of(query: str) -> Transformation:
    """Make each series of a query a row whose cell holds its course; its field is ``Trend #A``."""
    return Transformation("timeSeriesTable", {query: {"stat": "lastNotNull"}})


def arranged(names: Mapping[str, str], hidden: Sequence[str] = ("Time",)) -> Transformation:
    """Order and rename fields as in ``names`` (field: shown name), and leave out the ``hidden``."""
    options: dict[str, object] = {
        "excludeByName": dict.fromkeys(hidden, True),
        "includeByName": {},
        "indexByName": {name: i for i, name in enumerate(names)},
        "renameByName": {name: shown for name, shown in names.items() if name != shown},
    }
    return Transformation("organize", options)


def matrix(column: str, row: str, value: str) -> Transformation:
    """A column for each value of ``column``, a row for each of ``row``.

    The first field is then called ``row\\column``, and is text.
    """
    options: dict[str, object] = {
        "columnField": column,
        "rowField": row,
        "valueField": value,
        "emptyValue": "null",
    }
    return Transformation("groupingToMatrix", options)


def calculated(
    name: str, left: str, operator: Literal["+", "-", "*", "/"], right: str
) -> Transformation:
    """One more field: ``left`` (a field) with ``right`` (a field or a number)."""
    binary = {"left": left, "operator": operator, "reducer": "sum", "right": right}
    options: dict[str, object] = {
        "mode": "binary",
        "alias": name,
        "binary": binary,
        "replaceFields": False,
    }
    return Transformation("calculateField", options)
