"""How busy the observed work would keep each machine at the 99th percentile."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import LEVEL_LOWER, LEVEL_UNITS, LEVEL_UPPER
from reporter.asking.usage_queries import CPU_BUSY
from reporter.figures.figure import Chart, Figure
from reporter.figures.notes import MOST_BARS, disturbed, first_only
from reporter.figures.table import Cell, Table


def draw(data: ReportData) -> Chart:
    """A point and its bounds for each machine that can be told."""
    from reporter.charts import predicted_busy

    known = [one for one in data.fits if one.bounds and one.p99 is not None]
    # One machine's own work on itself is what was seen.
    shown = known[:MOST_BARS] if len(known) > 1 else []
    rows: list[tuple[Cell, ...]] = [
        (one.machine.name, bounds.p99.value, bounds.p99.lower, bounds.p99.upper, bounds.risk.value)
        for one in known
        if (bounds := one.bounds)
    ]
    return Chart(
        predicted_busy.draw(shown, data.places, data.language),
        Table(("machine", "busy_p99", "lower", "upper", "risk"), rows),
        notes=(
            *first_only(data, len(shown), len(known)),
            *disturbed(data, [one.machine for one in shown]),
        ),
        machine=data.whose_work,
    )


FIGURE = Figure(
    name="fit",
    title="How busy the observed work would keep machines",
    caption="The 99th percentile of CPU time, with its bounds; dashed: 90 %, up to which a machine"
    " fits. Above 100 %: so many times what the machine can do.",
    queries=(CPU_BUSY, LEVEL_UNITS, LEVEL_LOWER, LEVEL_UPPER),
    draw=draw,
)
