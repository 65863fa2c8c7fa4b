"""Work as it was recorded, predicted for another machine, and replayed there."""

from __future__ import annotations

import numpy as np

from reporter.analysis.report_data import ReportData
from reporter.figures.figure import Chart, Figure
from reporter.figures.table import Cell, Table

COLUMNS = ("time", "recorded", "predicted", "lower", "upper", "driven_at", "replayed")


def rows(data: ReportData) -> list[tuple[Cell, ...]]:
    """A row for each tick; none where the settings name no replay."""
    found = data.answers.replayed
    if found is None:
        return []
    columns = (found.recorded, found.predicted, found.lower, found.upper)
    every = np.column_stack([found.times, *columns, found.target, found.replayed])
    return [tuple(one if np.isfinite(one) else None for one in row) for row in every.tolist()]


def draw(data: ReportData) -> Chart | None:
    """Three lines, and the prediction's band; of several loops the first."""
    found = data.answers.replayed
    if found is None:
        return None
    from reporter.charts import predicted_band

    back = np.flatnonzero(np.diff(found.times) <= 0)
    once = slice(0, int(back[0]) + 1 if len(back) else None)
    lines = predicted_band.ThreeLines(
        found.times[once],
        found.recorded[once],
        found.predicted[once],
        found.lower[once],
        found.upper[once],
        found.replayed[once],
        found.machine,
        found.candidate,
    )
    svg = predicted_band.draw(lines, data.language) if len(lines.times) > 1 else None
    return Chart(svg, Table(COLUMNS, rows(data)))


FIGURE = Figure(
    name="predicted_replayed",
    title="Predicted, then replayed",
    caption="How busy the recorded machine was; how busy the other one was to be with the same"
    " work, with the interval of the prediction; and how busy it was when the work was replayed on"
    " it. The time is that of the recording.",
    queries=(),
    draw=draw,
)
