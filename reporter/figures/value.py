"""The charts of what machines give for their money: bars, curves, front, differences, radar."""

from __future__ import annotations

import numpy as np

from reporter.analysis.comparison import max_units
from reporter.charts import differences, pareto, price_performance, radar, units_per_busy_level
from reporter.figures.figure import Cell, Drawing, Table, drawing
from reporter.figures.material import Material

CURVE = (
    "Units per second by busy level",
    "Units per second, lower bound",
    "Units per second, upper bound",
)
OFFER = ("Max units per second", "Price", *CURVE[1:])


def work_for_the_money(material: Material) -> Drawing | None:
    """Bars of units per dollar."""
    rows: list[tuple[Cell, ...]] = [
        (m.name, m.units_per_dollar.value, m.units_per_dollar.lower, m.units_per_dollar.upper)
        for m in material.machines
        if m.units_per_dollar
    ]
    return drawing(
        material,
        price_performance.draw(material.machines, material.language),
        "Work for the money",
        "Units per second for each dollar per hour; longer is better. The line at a bar's end is"
        " the 95 % interval.",
        ("Units per dollar", "Price", *CURVE[1:]),
        Table(("machine", "units_per_second_per_dollar_hour", "lower", "upper"), rows),
    )


def curve(material: Material) -> Drawing | None:
    """Units per second at each busy level."""
    tested = [machine for machine in material.machines if machine.test]
    rows: list[tuple[Cell, ...]] = []
    for machine in tested:
        assert machine.test
        own = machine.test.curve
        columns = (own.busy, own.reached, own.units, own.lower, own.upper)
        for level in zip(*(column.tolist() for column in columns), strict=True):
            rows.append((machine.name, *(x if np.isfinite(x) else None for x in level)))
    return drawing(
        material,
        units_per_busy_level.draw(material.machines, material.language) if tested else None,
        "Work at each busy level",
        "Units per second that the whole machine did while it was kept this busy. The band is the"
        " 95 % interval; where a line bends down, the last CPUs add less than the first. On an axis"
        " that is logarithmic (log) equal heights are equal factors.",
        CURVE,
        Table(("machine", "busy", "reached", "units_per_second", "lower", "upper"), rows),
    )


def price_front(material: Material) -> Drawing | None:
    """Price against work, with the Pareto front."""
    return _front(material, 2.9)


def price_front_short(material: Material) -> Drawing | None:
    """The same for a page that has little room."""
    return _front(material, 2.1)


def _front(material: Material, height: float) -> Drawing | None:
    rows: list[tuple[Cell, ...]] = [
        (m.name, m.price, most.value, most.lower, most.upper, int(m.name in material.front))
        for m in material.machines
        if m.price and (most := max_units(m))
    ]
    columns = ("machine", "dollars_per_hour", "units_per_second", "lower", "upper", "on_front")
    return drawing(
        material,
        pareto.draw(material.machines, material.places, material.language, height),
        "Price and work: the Pareto front",
        "Up is more work, left is cheaper. The dashed line joins the machines that no other beats"
        " in both; one below it costs more than another that does as much.",
        OFFER,
        Table(columns, rows),
    )


def against_baseline(material: Material) -> Drawing | None:
    """Differences to the baseline in percent."""
    rows: list[tuple[Cell, ...]] = []
    for one in material.differences:
        for name, found in (("units", one.units), ("units_per_dollar", one.per_dollar)):
            if found:
                rows.append((one.machine.name, name, found.value, found.lower, found.upper))
    return drawing(
        material,
        differences.draw(material.differences, material.places, material.language),
        "Difference to the baseline",
        "Right of the line is more than the baseline. A line is the 95 % interval; where it crosses"
        " 0, the two cannot be told apart.",
        ("Units per dollar", *OFFER),
        Table(("machine", "figure", "ratio_to_baseline", "lower", "upper"), rows),
        material.baseline,
    )


def kernels(material: Material) -> Drawing | None:
    """Radar over the kernels of the load test."""
    axes, values = material.kernel_shares
    if len(values) < 2:
        # One machine alone is the best on each axis.
        return None
    rows: list[tuple[Cell, ...]] = [
        (m.name, kernel, m.kernels.get(kernel), share)
        for m in material.machines
        if m.name in values
        for kernel, share in zip(axes, values[m.name], strict=True)
    ]
    return drawing(
        material,
        radar.draw(axes, values, material.places, material.language),
        "Kinds of work",
        "One axis for each kernel of the load test: units per second at full load as a share of the"
        " best machine here, which has 100 %. A wide shape is good at many kinds of work.",
        ("Work of every kernel",),
        Table(("machine", "kernel", "units_per_second", "share_of_best"), rows),
    )


def use(material: Material) -> Drawing | None:
    """Radar over utilisation."""
    axes = ("CPU", "memory", "busiest disk", "network")
    rows: list[tuple[Cell, ...]] = [
        (name, axis, share)
        for name, shares in material.use_shares.items()
        for axis, share in zip(axes, shares, strict=True)
    ]
    return drawing(
        material,
        radar.draw(axes, material.use_shares, material.places, material.language),
        "Use of the resources",
        "The 95th percentile over the range, as a share of all there is: CPU time, memory, time of"
        " the busiest disk, and the link's speed for the network. An open line: unknown.",
        ("CPU busy", "Memory used", "Disk busy", "Network bytes", "Link speed"),
        Table(("machine", "resource", "p95"), rows),
    )
