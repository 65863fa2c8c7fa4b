"""Memory of one machine by use, stacked."""

from __future__ import annotations

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import RangeQuery, told_apart
from reporter.figures.figure import Chart, MachineFigure
from reporter.figures.table import Table, points
from reporter.figures.time_scale import scale
from reporter.figures.units import BYTES, fitting

_PARTS = {
    "total": "node_memory_MemTotal_bytes",
    "free": "node_memory_MemFree_bytes",
    "buffers": "node_memory_Buffers_bytes",
    "cached": "node_memory_Cached_bytes",
    "slab": "node_memory_SReclaimable_bytes",
}
MEMORY_BY_USE = RangeQuery(
    "Memory by use",
    told_apart(
        {part: f"max by (instance) ({metric}" + "{$machines})" for part, metric in _PARTS.items()},
        "part",
    ),
    "bytes",
    order=21,
)
COLOURS = {"in use": "#0072B2", "slab": "#56B4E9", "cached": "#009E73", "buffers": "#9fd8c3"}


def draw(data: ReportData, machine: Machine) -> Chart | None:
    """Layers of what is taken, up to all there is; what is free is the white above."""
    from reporter.charts import stack

    found = {one.labels["part"]: one for one in data.series(MEMORY_BY_USE, machine)}
    if not {"total", "free"} <= set(found):
        return None
    times = found["total"].times
    part = {name: _on(times, one) for name, one in found.items()}
    taken = [part[name] for name in ("free", "buffers", "cached", "slab") if name in part]
    layers = {"in use": part["total"] - np.sum(taken, axis=0)}
    layers |= {name: part[name] for name in ("slab", "cached", "buffers") if name in part}
    colours = [COLOURS[name] for name in layers]
    known = part["total"][np.isfinite(part["total"])]
    if not len(known):
        return None
    total = float(known.max())
    unit = fitting(total, BYTES)

    def form(value: float, digits: int) -> str:
        return data.language.number(value / unit.size, digits)

    axes = scale(data, unit.name, form, total, unit.size)
    rows = [row for name, layer in layers.items() for row in points(machine, times, layer, name)]
    return Chart(
        stack.draw(times, layers, colours, axes, data.language),
        Table(("machine", "part", "time", "bytes"), rows),
    )


def _on(times: Floats, one: Series) -> Floats:
    values = np.full(len(times), np.nan)
    known = np.isin(one.times, times)
    values[np.searchsorted(times, one.times[known])] = one.values[known]
    return values


FIGURE = MachineFigure(
    name="memory",
    title="Memory by use",
    caption="In use is what programs and the kernel hold; page cache and reclaimable slab can be"
    " given back. The white above is free: the axis goes up to all the memory that there is.",
    queries=(MEMORY_BY_USE,),
    draw=draw,
)
