"""Load for each CPU of one machine, and pressure."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery, told_apart
from reporter.charts.lines import Line
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, points, rows_of
from reporter.figures.time_scale import scale

LOAD_PER_CPU = RangeQuery(
    "Load per CPU",
    "max by (instance) (avg_over_time(node_load1{$machines}[$window]))"
    " / count by (instance)"
    ' (last_over_time(node_cpu_seconds_total{$machines,mode="idle"}[$window]))',
    "tasks per CPU",
    order=13,
)
_WAITING = (
    "sum by (instance) (rate(node_pressure_RESOURCE_waiting_seconds_total{$machines}[$window]))"
)
PRESSURE = RangeQuery(
    "Pressure",
    told_apart(
        {one: _WAITING.replace("RESOURCE", one) for one in ("cpu", "memory", "io")}, "resource"
    ),
    "ratio",
    optional=True,
    order=14,
)
RESOURCES = {"cpu": "CPU", "memory": "memory", "io": "I/O"}


def draw(data: ReportData, machine: Machine) -> Chart:
    """The load, then a line for each resource that tasks waited for."""
    from reporter.charts import time_lines

    language = data.language
    times, values = data.line(LOAD_PER_CPU, machine)
    lines = [Line(language.say("load per CPU"), 0, times, values)] if len(times) else []
    pressure = sorted(data.series(PRESSURE, machine), key=lambda s: s.labels["resource"])
    for place, one in enumerate(pressure, 1):
        resource = language.say(RESOURCES[one.labels["resource"]])
        text = language.say("waiting for {resource}", resource=resource)
        lines.append(Line(text, place, one.times, one.values))
    rows = [
        *points(machine, times, values, "load per CPU"),
        *rows_of(machine, pressure, "resource"),
    ]
    axes = scale(data, "ratio", language.number)
    return Chart(
        time_lines.draw(lines, axes, language), Table(("machine", "what", "time", "ratio"), rows)
    )


FIGURE = MachineFigure(
    name="load",
    title="Load and pressure",
    caption="Load: tasks that run or wait, for each CPU; above 1 some wait. Pressure: share of time"
    " in which a task waited for CPU, memory or I/O (PSI).",
    queries=(LOAD_PER_CPU, PRESSURE),
    draw=draw,
)
