"""The charts of where it leads: trends of CPU and memory, and the range before beside this one."""

from __future__ import annotations

from collections.abc import Sequence

from perfanalysis.promql import Floats
from reporter.analysis.forecast import Trend, trend
from reporter.analysis.utilisation import Summary, summarise
from reporter.asking.gathering import Gathered, by_machine
from reporter.asking.machines import Machine
from reporter.charts import forecast, time_lines
from reporter.charts.time_lines import Line, Scale
from reporter.figures.figure import Cell, Drawing, Table, drawing, points
from reporter.figures.material import Material

LIMIT = 0.9


def trend_of(material: Material, query: str, machine: Machine) -> Trend | None:
    """The trend of a ratio, looked ahead by the length of the range."""
    gathered = material.gathered
    end = gathered.end + (gathered.end - gathered.start)
    return trend(*material.line(query, machine), end)


def cpu_trend(material: Material, machine: Machine) -> Drawing | None:
    """Where the CPU's busy share leads."""
    return _trend(material, machine, "CPU busy", "CPU busy: trend and forecast")


def memory_trend(material: Material, machine: Machine) -> Drawing | None:
    """Where the used share of memory leads."""
    return _trend(material, machine, "Memory used", "Memory used: trend and forecast")


def _trend(material: Material, machine: Machine, query: str, title: str) -> Drawing | None:
    found = trend_of(material, query, machine)
    if found is None:
        return None
    place, label = material.places[machine.name], material.language.say(query)
    columns = zip(found.ahead, found.line, found.lower, found.upper, strict=True)
    rows: Sequence[Sequence[Cell]] = [
        (machine.name, *(float(value) for value in row)) for row in columns
    ]
    return drawing(
        material,
        forecast.draw(found, LIMIT, place, label, material.language),
        title,
        "Points are means of equal stretches of time; the line is their trend, and 95 % of such"
        " means are expected in the band. Right of the dotted line is the forecast; dashed: 90 %.",
        (query,),
        Table(("machine", "time", "trend", "lower", "upper"), rows),
        machine,
    )


def before_and_after(material: Material, machine: Machine) -> Drawing | None:
    """CPU busy of both ranges, one over the other."""
    before, gathered = material.before, material.gathered
    times, values = material.line("CPU busy", machine)
    earlier = _series(before, "CPU busy", machine) if before else None
    if before is None or earlier is None or not len(times):
        return None
    shift = gathered.start - before.start
    say = material.language.say
    lines = [
        Line(say("before"), 6, earlier[0] + shift, earlier[1]),
        Line(say("after"), 0, times, values),
    ]
    scale = Scale(
        gathered.start,
        gathered.end,
        gathered.step,
        say("CPU busy"),
        lambda value: material.language.ratio(value, 0),
        1.02,
    )
    rows = [
        *points(machine, *earlier, "before"),
        *points(machine, times, values, "after"),
    ]
    return drawing(
        material,
        time_lines.draw(lines, scale, material.language),
        "CPU busy before and after",
        "The earlier range is moved onto the later one; the axis has the later one's times.",
        ("CPU busy",),
        Table(("machine", "range", "time", "busy"), rows),
        machine,
    )


def _series(gathered: Gathered, query: str, machine: Machine) -> tuple[Floats, Floats] | None:
    found = by_machine(gathered.series.get(query, ())).get(machine.name)
    return (found[0].times, found[0].values) if found else None


def summary_before(material: Material, query: str, machine: Machine) -> Summary | None:
    """Mean, percentiles and maximum in the range before."""
    found = _series(material.before, query, machine) if material.before else None
    return summarise(found[1]) if found else None
