"""The charts of a report, each with its title, what to read from it, and the queries behind it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from reporter.charts import cpu_by_mode, cpu_over_time, price_performance, units_per_busy_level
from reporter.gathering import Gathered, by_machine

CURVE = (
    "Units per second by busy level",
    "Units per second, lower bound",
    "Units per second, upper bound",
)
SUMMARY = (
    "Machines",
    "CPUs",
    "Memory",
    "Max units per second",
    "Units per second, lower bound",
    "Units per second, upper bound",
    "Units per second of one worker",
    "Price",
    "Units per dollar",
    "Run valid",
)
IDENTITY = ("Machines", "Run", "End of the run")
LEVELS = (*CURVE, "Busy ratio reached", "Steal ratio")


@dataclass(frozen=True)
class Drawing:
    """One chart on the page.

    Attributes:
        title: what is shown, with its unit.
        caption: how to read it.
        alternative: the same for those who do not see the picture.
        uri: the SVG, as a ``data:`` URI.
        queries: names of the queries that fed it, as in ``reporter.queries``.
    """

    title: str
    caption: str
    alternative: str
    uri: str
    queries: tuple[str, ...]


def data_uri(svg: bytes) -> str:
    """An SVG as a ``data:`` URI, so that a page needs no second file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def value_drawings(gathered: Gathered) -> Iterator[Drawing]:
    """Price-performance bars and the curve; what has no data is left out."""
    machines = gathered.machines
    if bars := price_performance.draw(machines):
        yield Drawing(
            "Work for the money",
            "Units per second for each dollar per hour; longer is better. The line at a bar's end"
            " is the 95 % interval.",
            "Bars of units per second for each dollar per hour, the best machine at the top; the"
            " values stand in the summary table.",
            data_uri(bars),
            ("Units per dollar", "Price", *CURVE[1:]),
        )
    if any(machine.test for machine in machines):
        yield Drawing(
            "Work at each busy level",
            "Units per second that the whole machine did while it was kept this busy. The band is"
            " the 95 % interval; where a line bends down, the last CPUs add less than the first.",
            "Lines of units per second from 10 to 100 % busy, one for each machine; the values"
            " stand in the table of measured levels.",
            data_uri(units_per_busy_level.draw(machines)),
            CURVE,
        )


def behaviour_drawings(gathered: Gathered) -> Iterator[Drawing]:
    """CPU over time, then by mode for each machine; what has no data is left out."""
    machines, series = gathered.machines, gathered.series
    start, end = gathered.start, gathered.end
    busy = by_machine(series["CPU busy"])
    if lines := cpu_over_time.draw(machines, busy, start, end, gathered.step):
        yield Drawing(
            "CPU busy over time",
            "All CPU time but idle, iowait and steal, as a share of all CPU time of the machine. A"
            " gap is time without data.",
            "Lines of the CPU's busy share over the report's time range, one for each machine.",
            data_uri(lines),
            ("CPU busy",),
        )
    modes = by_machine(series["CPU by mode"])
    for machine in machines:
        if layers := cpu_by_mode.draw(modes.get(machine.name, ()), start, end):
            yield Drawing(
                f"CPU time by mode: {machine.name}",
                "What the CPU time went into; the white above is idle. Steal is time that the"
                " hypervisor gave to others.",
                f"Stacked shares of CPU time by mode over the time range, of {machine.name}.",
                data_uri(layers),
                ("CPU by mode",),
            )
