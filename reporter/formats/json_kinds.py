"""Work by kind against the baseline, for programs: JSON values and a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporter.analysis import kinds_of_work
from reporter.analysis.kinds_of_work import KindPlace
from reporter.analysis.report_data import ReportData
from reporter.asking.kind_queries import KIND_WORK
from reporter.figures.table import Table
from reporter.formats.json_types import known

UNITS: Mapping[str, str] = {
    "kinds.ratio": "foretold work over the baseline's; the interval holds with confidence",
}
_COLUMNS = (
    *("kind", "machine", "baseline", "work_ratio", "work_ratio_lower", "work_ratio_upper"),
    *("confidence", "verdict"),
)


def kinds(data: ReportData) -> list[dict[str, Any]] | None:
    """Each kind in which a machine can be held against the baseline; None: nobody asked for them.

    ``verdict`` is ``faster``, ``slower`` or ``cannot tell``.
    """
    if KIND_WORK not in data.answers.samples:
        return None
    return [
        known(
            kind=one.kind,
            machine=one.machine.name,
            ratio={
                "value": one.answer.ratio,
                "lower": one.answer.lower,
                "upper": one.answer.upper,
                "confidence": one.answer.level,
            },
            verdict=_verdict(one),
            learned_from_few_machines=one.answer.few or None,
        )
        for one in _places(data)
    ]


def kinds_table(data: ReportData) -> Table:
    """The same as numbers; no rows where nobody asked."""
    asked = KIND_WORK in data.answers.samples
    rows = [
        (
            *(one.kind, one.machine.name, data.baseline.name, one.answer.ratio),
            *(one.answer.lower, one.answer.upper, one.answer.level, _verdict(one)),
        )
        for one in (_places(data) if asked else ())
    ]
    return Table(_COLUMNS, rows)


def _places(data: ReportData) -> list[KindPlace]:
    by_name = {machine.name: machine for machine in data.machines}
    return kinds_of_work.against(kinds_of_work.scores(data.answers), by_name, data.baseline.name)


def _verdict(one: KindPlace) -> str:
    faster = one.answer.faster
    return "cannot tell" if faster is None else "faster" if faster else "slower"
