"""Tests over time as they are answered, for the endpoint and the pages: series, and rows of CSV."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Response
from pydantic import Field

from portal.access.caller import Caller
from portal.api.csv_form import csv_answer
from portal.api.forms import AnswerForm
from portal.api.regressions import RegressionAnswer, RegressionState
from portal.api.state import PortalState
from portal.inventory.names import names_of
from portal.load_tests import history
from portal.load_tests.history import BY_MACHINE, SeriesKey
from portal.load_tests.listing import Filters
from portal.records.load_tests import LoadTestRow
from portal.regressions import listing as regression_listing


class Bounds(AnswerForm):
    """A figure with the bounds of its 95 % interval; null is unknown."""

    value: float | None
    lower: float | None
    upper: float | None


class PointAnswer(AnswerForm):
    """A test; rates are work units per second at full load."""

    test_id: str
    machine_id: uuid.UUID
    machine: str
    instance_type: str | None
    measured_at: datetime
    profile: str
    valid: bool | None = Field(description="Whether nothing spoiled the run; null: nobody knows.")
    full_conditions: bool | None = Field(description="Whether all of the machine took part.")
    median: Bounds
    mean: Bounds
    price_dollars_per_hour: float | None = Field(description="As the document tells it.")
    per_dollar: Bounds = Field(description="Work units a second for each dollar an hour: the mean.")
    per_dollar_withheld: str | None = Field(description="Why it is not known: no price.")
    regression: RegressionState | None = Field(
        description="The state of the regression that this test is one of the low runs of."
    )


class SeriesAnswer(AnswerForm):
    """Tests that may be held against each other, the oldest first."""

    machine_id: uuid.UUID | None = Field(description="Null: it is of a type of machines.")
    machine: str | None
    instance_type: str | None = Field(description="Null: unknown, or it is of a machine.")
    kernel: str
    kernel_version: str
    conditions: str | None = Field(description="What these tests share; null: unknown.")
    points: list[PointAnswer]


class SeriesPage(AnswerForm):
    """The newest tests, and with next_cursor the ones before them, of the same series."""

    series: list[SeriesAnswer]
    regressions: list[RegressionAnswer] = Field(description="Of the machines of this page.")
    next_cursor: str | None


@dataclass(frozen=True)
class WantedHistory:
    """Which part of history.

    Attributes:
        filters: which tests.
        machines: whose; none: whatever their machine is.
        by: ``machine`` or ``instance_type``: what series are of.
        cursor: of the page before.
        limit: at most so many tests.
    """

    filters: Filters = field(default_factory=Filters)
    machines: Sequence[uuid.UUID] = ()
    by: str = BY_MACHINE
    cursor: str | None = None
    limit: int = 500


@dataclass(frozen=True)
class FoundHistory:
    """A page of tests, the newest first, with what each says."""

    rows: Sequence[LoadTestRow]
    points: Mapping[str, PointAnswer]
    page: SeriesPage


def look_up(state: PortalState, caller: Caller, wanted: WantedHistory) -> FoundHistory:
    """A page of history.

    Raises:
        InputError: the cursor is none.
    """
    with state.reading(caller) as session:
        filters, machines = wanted.filters, wanted.machines
        found = history.page(session, filters, machines, wanted.cursor, wanted.limit)
        ids = {row.machine_id for row in found.rows}
        names = names_of(session, ids)
        low = regression_listing.of_machines(session, ids)
        shown = [RegressionAnswer.model_validate(row) for row in low]
    points = {row.test_id: _point(row, names, shown) for row in found.rows}
    by_key = history.series(found.rows, wanted.by)
    series = [_series(key, rows, names, points) for key, rows in by_key.items()]
    page = SeriesPage(series=series, regressions=shown, next_cursor=found.cursor)
    return FoundHistory(found.rows, points, page)


def _series(
    key: SeriesKey,
    rows: Sequence[LoadTestRow],
    names: Mapping[uuid.UUID, str],
    points: Mapping[str, PointAnswer],
) -> SeriesAnswer:
    return SeriesAnswer(
        machine_id=key.machine,
        machine=None if key.machine is None else names[key.machine],
        instance_type=key.instance_type,
        kernel=key.kernel,
        kernel_version=key.kernel_version,
        conditions=key.conditions,
        points=[points[row.test_id] for row in rows],
    )


def _point(
    row: LoadTestRow, names: Mapping[uuid.UUID, str], regressions: Sequence[RegressionAnswer]
) -> PointAnswer:
    return PointAnswer(
        test_id=row.test_id,
        machine_id=row.machine_id,
        machine=names[row.machine_id],
        instance_type=row.instance_type,
        measured_at=row.measured_at,
        profile=row.profile,
        valid=row.valid,
        full_conditions=row.full_conditions,
        median=Bounds(value=row.max_units_per_second, lower=row.max_lower, upper=row.max_upper),
        mean=Bounds(value=row.work_units_per_second, lower=row.work_lower, upper=row.work_upper),
        price_dollars_per_hour=row.price_dollars_per_hour,
        per_dollar=Bounds(value=row.dollar_units, lower=row.dollar_lower, upper=row.dollar_upper),
        per_dollar_withheld=history.price_withheld(row),
        regression=next((one.state for one in regressions if _low_in(row, one)), None),
    )


def _low_in(row: LoadTestRow, regression: RegressionAnswer) -> bool:
    same = (row.machine_id, row.kernel, row.conditions)
    if same != (regression.machine_id, regression.kernel, regression.conditions):
        return False
    spoiled = row.valid is not True or row.full_conditions is not True
    return not spoiled and regression.first_at <= row.measured_at <= regression.last_at


_COLUMNS = (
    "test_id",
    "measured_at",
    "machine",
    "provider",
    "region",
    "instance_type",
    "kernel",
    "kernel_version",
    "conditions",
    "profile",
    "valid",
    "full_conditions",
    "median_units_per_second",
    "median_lower",
    "median_upper",
    "mean_units_per_second",
    "mean_lower",
    "mean_upper",
    "price_dollars_per_hour",
    "units_per_dollar",
    "units_per_dollar_lower",
    "units_per_dollar_upper",
    "units_per_dollar_withheld",
    "regression",
)


def as_csv(found: FoundHistory) -> Response:
    """One line a test, the newest first."""
    rows, points, cursor = found.rows, found.points, found.page.next_cursor
    more = {} if cursor is None else {"Next-Cursor": cursor}
    lines = (_line(row, points[row.test_id]) for row in rows)
    return csv_answer("history.csv", _COLUMNS, lines, **more)


def _line(row: LoadTestRow, point: PointAnswer) -> list[object]:
    figures = (point.median, point.mean)
    return [
        row.test_id,
        row.measured_at,
        point.machine,
        row.provider,
        row.region,
        row.instance_type,
        row.kernel,
        row.kernel_version,
        row.conditions,
        row.profile,
        row.valid,
        row.full_conditions,
        *(part for one in figures for part in (one.value, one.lower, one.upper)),
        row.price_dollars_per_hour,
        point.per_dollar.value,
        point.per_dollar.lower,
        point.per_dollar.upper,
        point.per_dollar_withheld,
        point.regression,
    ]
