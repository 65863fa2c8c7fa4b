"""Bytes a second of a machine's devices, by direction: what disks and interfaces share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery
from reporter.charts.lines import Line
from reporter.figures.figure import Chart
from reporter.figures.table import Table, rows_of
from reporter.figures.time_scale import scale

MIB = 2.0**20


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

    found = data.shown(query, machine, first, count)
    language = data.language
    lines = [
        Line(f"{s.labels['device']} {language.say(s.labels['direction'])}", i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    columns = ("machine", "device", "direction", "time", "bytes_per_second")
    most = max((float(np.nanmax(s.values)) for s in found), default=0.0)
    digits = 0 if most >= 10 * MIB else 1 if most >= MIB else 2
    axes = scale(data, "", lambda value: language.mebibytes(value, digits), unit=MIB)
    return Chart(
        time_lines.draw(lines, axes, language),
        Table(columns, rows_of(machine, found, "device", "direction")),
        caption,
    )
