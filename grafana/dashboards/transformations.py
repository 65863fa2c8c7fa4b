"""Grafana's transformations that the panels use, each with its options in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from grafana.dashboards.words import Transformation


def merged() -> Transformation:
    """Make one table of all queries; rows with the same labels become one.

    Only of queries for the end of the range: their answers all have its time, also those without
    rows. Grafana merges nothing where some answer shares no field with the others.
    """
    return Transformation("merge", {})


def joined(by: str) -> list[Transformation]:
    """Make one table of all queries, a row for each value of the field ``by``.

    Answers without that field, as those without rows are, are left out; where all are, there is
    no table. The answers' times go first: they would stand there once for each.
    """
    return [
        Transformation("filterFieldsByName", {"exclude": {"names": ["Time"]}}),
        Transformation("joinByField", {"byField": by, "mode": "outer"}),
    ]


def as_number(field: str) -> Transformation:
    """Make the text of a field into numbers (a label is always text); nothing becomes null."""
    conversion = {"targetField": field, "destinationType": "number"}
    return Transformation("convertFieldType", {"fields": {}, "conversions": [conversion]})


def sorted_by(field: str, *, descending: bool = False) -> Transformation:
    """Order the rows by a field, the lowest first, or the highest."""
    order: dict[str, object] = {"field": field}
    if descending:
        order["desc"] = True
    return Transformation("sortBy", {"fields": {}, "sort": [order]})


def ranked_by(field: str, *, descending: bool = False) -> list[Transformation]:
    """Order the rows by the values of one of several queries; rows that it says nothing of count 0.

    Their cells are undefined, and Grafana's order is any where it compares with such a one: they
    are made null first.
    """
    return [as_number(field), sorted_by(field, descending=descending)]


def trend_of(query: str) -> Transformation:
    """Make each series of a query a row whose cell holds its course; its field is ``Trend #A``.

    Of that query only: Grafana takes a table of one row for a series, too, and drops its labels.
    """
    return Transformation("timeSeriesTable", {query: {"stat": "lastNotNull"}}, only=query)


def axis_of(field: str, name: str) -> Transformation:
    """A copy of a numeric field, for the x axis: it is there also where nothing was answered.

    A trend without its x field says that it cannot be found; with that alone, that there are no
    data. A sum over one field copies it, and makes one without values where it is not.
    """
    options: dict[str, object] = {
        "mode": "reduceRow",
        "reduce": {"include": [field], "reducer": "sum"},
        "alias": name,
        "timeSeries": False,
        "replaceFields": False,
    }
    return Transformation("calculateField", options)


def arranged(names: Mapping[str, str], hidden: Sequence[str] = ("Time",)) -> Transformation:
    """Order and rename fields as in ``names`` (field: shown name), and leave out the ``hidden``."""
    options: dict[str, object] = {
        "excludeByName": dict.fromkeys(hidden, True),
        "includeByName": {},
        "indexByName": {name: i for i, name in enumerate(names)},
        "renameByName": {name: shown for name, shown in names.items() if name != shown},
    }
    return Transformation("organize", options)


def bars_of(row: str, name: str) -> list[Transformation]:
    """A bar for each series of one query: the field ``row`` names it, ``name`` is its value's."""
    return [arranged({row: row, "Value": name})]


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
    """One more field: ``left`` (a field) with ``right`` (a field or a number).

    Only of fields that always have a value: Grafana takes a missing one as 0 here.
    """
    binary = {"left": left, "operator": operator, "reducer": "sum", "right": right}
    options: dict[str, object] = {
        "mode": "binary",
        "alias": name,
        "binary": binary,
        "replaceFields": False,
    }
    return Transformation("calculateField", options)
