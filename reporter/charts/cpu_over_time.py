"""How busy the CPUs were over the report's range, a line a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import PercentFormatter

from reporter.analysis.quality import with_gaps
from reporter.charts import style
from reporter.machines import Machine
from reporter.promql import Series


def draw(
    machines: Sequence[Machine],
    busy: Mapping[str, Sequence[Series]],
    start: float,
    end: float,
    step: float,
) -> bytes | None:
    """SVG, or None when there is no CPU time at all.

    Args:
        machines: in the order that gives them their colours.
        busy: busy ratio (0..1) over time, by machine.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        step: seconds between points; a longer distance is drawn as a gap.
    """
    if not any(busy.get(machine.name) for machine in machines):
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.5)
        axes = drawn.subplots()
        for i, machine in enumerate(machines):
            for series in busy.get(machine.name, ()):
                axes.plot(
                    *with_gaps(series.times, series.values, step),
                    color=style.COLOURS[i % len(style.COLOURS)],
                    linestyle=style.DASHES[i % len(style.DASHES)],
                    linewidth=1.3,
                    label=style.shortened(machine.name, 30),
                )
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.set_ylabel("CPU busy")
        style.clock(axes, start, end)
        drawn.legend(loc="outside upper left", ncols=min(3, len(machines)))
        return style.svg(drawn)
