"""A prediction and its replay, for programs: a JSON value and a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reporter.analysis.predicted_replayed import score
from reporter.analysis.report_data import ReportData
from reporter.figures import predicted_replayed
from reporter.figures.table import Table

UNITS: Mapping[str, str] = {
    "predicted_replayed.mean_absolute_error": "ratio of CPU time, predicted to replayed",
    "predicted_replayed.bias": "ratio of CPU time, predicted less replayed",
    "predicted_replayed.held": "ticks in which the interval held what was replayed",
}


def replayed(data: ReportData) -> dict[str, Any] | None:
    """How near the prediction came; None: the settings name no replay."""
    found = data.answers.replayed
    if found is None:
        return None
    came = score(found)
    names = {"machine": found.machine, "candidate": found.candidate}
    return names | ({} if came is None else {**asdict(came), "held_ratio": came.held_ratio})


def replayed_table(data: ReportData) -> Table:
    """A row for each tick."""
    return Table(predicted_replayed.COLUMNS, predicted_replayed.rows(data))
