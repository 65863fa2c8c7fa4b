"""Units per second at each busy level."""

from __future__ import annotations

import numpy as np

from reporter.analysis.doubt import not_ranked
from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import LEVEL_LOWER, LEVEL_UNITS, LEVEL_UPPER
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import disturbed, foremost_only, said
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart:
    """A line and a band for each machine whose load test was under the main conditions."""
    from reporter.charts import units_per_busy_level

    main = data.ranking.main
    every = main.tests.machines if main else ()
    # What a disturbed run did stands in its table, not above the others' lines.
    tested = [m for m in every if m.test and m.test.sound] or every
    rows: list[tuple[Cell, ...]] = []
    for machine in tested:
        assert machine.test
        own = machine.test.curve
        columns = (own.busy, own.reached, own.units, own.lower, own.upper)
        for level in zip(*(column.tolist() for column in columns), strict=True):
            rows.append((machine.name, *(x if np.isfinite(x) else None for x in level)))
    shown = [machine for machine in data.foremost if machine.test]
    return Chart(
        units_per_busy_level.draw(shown, data.places, data.language) if shown else None,
        Table(("machine", "busy", "reached", "units_per_second", "lower", "upper"), rows),
        notes=(
            *foremost_only(data, len(shown), len(tested)),
            *disturbed(data, shown),
            *(said(not_ranked(data.ranking, data.language)) if len(data.machines) > 1 else ()),
        ),
    )


FIGURE = Figure(
    name="curve",
    title="Work at each busy level",
    caption="Units per second that the whole machine did while it was kept this busy. The band is"
    " the 95 % interval; where a line bends down, the last CPUs add less than the first. On an axis"
    " that is logarithmic (log) equal heights are equal factors.",
    queries=(LEVEL_UNITS, LEVEL_LOWER, LEVEL_UPPER),
    draw=draw,
)
