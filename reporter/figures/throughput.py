"""Bytes a second of a machine's devices, by direction: what disks and interfaces share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.charts.lines import Line
from reporter.figures.figure import Chart
from reporter.figures.notes import MOST_IN_CSV, first_only
from reporter.figures.table import Table, rows_of
from reporter.figures.time_scale import scale
from reporter.figures.units import BYTES_PER_SECOND, fitting


def draw_bytes(  # noqa: PLR0913, PLR0917 - what, whose, which devices, and how it is told
    data: ReportData,
    query: RangeQuery,
    machine: Machine,
    first: Sequence[str],
    count: int,
    caption: str = "",
) -> Chart:
    """A line for each device and direction.

    Args:
        data: of the report.
        query: with the labels ``device`` and ``direction``.
        machine: whose devices.
        first: names or patterns of those that come first; then the busiest.
        count: of lines at most.
        caption: instead of the one that the figure declares; "": that one.
    """
    from reporter.charts import time_lines

    every = data.shown(query, machine, first, MOST_IN_CSV)
    found = every[:count]
    language = data.language
    lines = [
        Line(f"{s.labels['device']} {language.say(s.labels['direction'])}", i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    columns = ("machine", "device", "direction", "time", "bytes_per_second")
    most = max((float(np.nanmax(s.values)) for s in found), default=0.0)
    unit = fitting(most, BYTES_PER_SECOND)

    def form(value: float, digits: int) -> str:
        return language.number(value / unit.size, digits)

    axes = scale(data, unit.name, form, unit=unit.size)
    return Chart(
        time_lines.draw(lines, axes, language),
        Table(columns, rows_of(machine, every, "device", "direction")),
        caption,
        first_only(data, len(found), len(every)),
    )
