"""A page of a list by plain columns, of which the statement is made once for each set of filters.

Sessions of classes make the statement anew for each page, and an object of each row: where a list
is asked for often, that is most of its cost. ``tenant_batch`` binds the statement to its tenant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, Table, bindparam, select

from portal.records import paging
from portal.records.base import Instant, TenantOwned, microseconds, moment
from portal.records.paging import ListOrder, Paged

Values = tuple[Any, ...]


class PageWanted(NamedTuple):
    """A page of a list.

    Attributes:
        model: of the table.
        names: of the columns that are wanted; those of the order are among them.
        equal: by column, what it must be.
        since, until: of the order's first column: from this value on, and below that one; None:
            whatever it is.
        order: of the list.
        cursor: of the page before; None: this is the first one.
        limit: at most so many rows.
    """

    model: type[TenantOwned]
    names: tuple[str, ...]
    equal: Mapping[str, object]
    since: object
    until: object
    order: ListOrder
    cursor: str | None
    limit: int


def asked(table: Table, wanted: PageWanted) -> tuple[Select[Any], dict[str, Any]]:
    """The statement for a page and one row more, and its values but for ``tenant``.

    Args:
        table: of the model.
        wanted: the page.

    Raises:
        InputError: the cursor is none of this list.
    """
    after = [] if wanted.cursor is None else paging.read(wanted.cursor, wanted.order)
    bounds = {"since": wanted.since, "until": wanted.until}
    given = {name: value for name, value in bounds.items() if value is not None}
    statement = _statement(
        table,
        wanted.names,
        tuple(sorted(wanted.equal)),
        tuple(given),
        wanted.order,
        is_first=not after,
    )
    values = {f"equal_{name}": value for name, value in wanted.equal.items()}
    values |= given | {f"after_{i}": value for i, value in enumerate(after)}
    return statement, {**values, "rows": wanted.limit + 1}


def found(rows: Sequence[Values], wanted: PageWanted) -> Paged[Values]:
    """The page, of its rows and one more."""
    places = [wanted.names.index(column.key) for column in wanted.order.by]
    return paging.paged(rows, wanted.limit, lambda row: [_in_cursor(row[i]) for i in places])


def to_driver(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a driver takes them that knows nothing of the columns' types."""
    return {
        name: microseconds(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def from_driver(rows: Sequence[Values], wanted: PageWanted, table: Table) -> list[Values]:
    """Rows as SQLAlchemy would give them."""
    moments = [isinstance(table.c[name].type, Instant) for name in wanted.names]
    return [
        tuple(
            moment(value) if is_moment and value is not None else value
            for is_moment, value in zip(moments, row, strict=True)
        )
        for row in rows
    ]


def _in_cursor(value: object) -> int | str:
    if isinstance(value, datetime):
        return microseconds(value)
    return value if isinstance(value, int) else str(value)


@cache
def _statement(  # noqa: PLR0913 - one for each thing that makes another statement
    table: Table,
    names: tuple[str, ...],
    equal: tuple[str, ...],
    bounds: tuple[str, ...],
    order: ListOrder,
    *,
    is_first: bool,
) -> Select[Any]:
    def value(name: str, column: str) -> Any:
        return bindparam(name, type_=table.c[column].type)

    by = tuple(table.c[column.key] for column in order.by)
    statement = select(*(table.c[name] for name in names))
    statement = statement.where(table.c.tenant_id == value("tenant", "tenant_id"))
    for name in equal:
        statement = statement.where(table.c[name] == value(f"equal_{name}", name))
    for bound in bounds:
        limit = value(bound, by[0].name)
        statement = statement.where(by[0] >= limit if bound == "since" else by[0] < limit)
    plain = replace(order, by=by)
    if not is_first:
        values = [value(f"after_{i}", column.name) for i, column in enumerate(by)]
        statement = statement.where(paging.behind(plain, values))
    return paging.in_order(statement, plain).limit(bindparam("rows", type_=Integer))
