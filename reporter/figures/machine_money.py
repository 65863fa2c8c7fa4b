"""What each machine costs a month, how much of it is for idle time, and what its target costs."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machine_queries import LEVEL_UNITS
from reporter.asking.price_queries import PRICE
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.figures.figure import Chart, Figure
from reporter.figures.table import Cell, Table

MOST_BARS = 20


def draw(data: ReportData) -> Chart:
    """The first machines with a price in the order of the findings; the table has all."""
    from reporter.charts import money_bars

    rows: list[tuple[Cell, ...]] = []
    bars = []
    for advice in data.sizing.advices:
        observed = advice.finding.demand.busy
        mean = observed.mean() if observed else None
        month = advice.month
        busy = month * mean if month is not None and mean is not None else None
        target = advice.target.month if advice.target else None
        rows.append((advice.machine.name, month, busy, target, advice.saving))
        if month is not None:
            bars.append(money_bars.MoneyBar(advice.machine.name, month, busy, target))
    columns = ("machine", "month", "busy", "target_month", "saving")
    return Chart(money_bars.draw(bars[:MOST_BARS], data.language), Table(columns, rows))


FIGURE = Figure(
    name="machine_money",
    title="What machines cost a month",
    caption="The dark part of a bar is for the time in which the CPUs were busy, the light part for"
    " idle time. A diamond is what the measured type costs that would carry the work. At most 20"
    " machines are drawn, in the order of the findings.",
    queries=(PRICE, CPU_BUSY, MEMORY_USED, LEVEL_UNITS),
    draw=draw,
)
