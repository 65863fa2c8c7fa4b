"""Every figure and every query that there is, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reporter.asking import kind_queries, lost_time_queries, machine_queries, usage_queries
from reporter.asking.query import Query, in_order
from reporter.figures.every import EVERY
from reporter.figures.figure import AnyFigure


def figures_by_name(declared: Iterable[AnyFigure]) -> dict[str, AnyFigure]:
    """Figures by their names.

    Raises:
        ValueError: two have the same.
    """
    found: dict[str, AnyFigure] = {}
    for figure in declared:
        if found.setdefault(figure.name, figure) is not figure:
            raise ValueError(f"expected one figure of a name, found two: {figure.name}")
    return found


def queries_by_name(declared: Iterable[Query]) -> dict[str, Query]:
    """Queries by their names, in the order of lists of queries.

    Raises:
        ValueError: two have the same.
    """
    found: dict[str, Query] = {}
    for query in in_order(declared):
        if found.setdefault(query.name, query) is not query:
            raise ValueError(f"expected one query of a name, found two: {query.name}")
    return found


FIGURES: Mapping[str, AnyFigure] = figures_by_name(EVERY)
QUERIES: Mapping[str, Query] = queries_by_name(
    [
        *machine_queries.QUERIES,
        *usage_queries.QUERIES,
        *kind_queries.QUERIES,
        *lost_time_queries.QUERIES,
        *(query for figure in FIGURES.values() for query in (*figure.queries, *figure.also)),
    ]
)
