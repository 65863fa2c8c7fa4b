"""Units of work per second at each busy level, with the band of the 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.analysis.comparison import full_rate
from reporter.asking.machines import Machine
from reporter.charts import style
from reporter.charts.far_apart import far_apart, set_work_axis
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(machines: Sequence[Machine], places: Mapping[str, int], language: Language) -> bytes:
    """SVG of a line and a band for each machine with a load test, in the machines' order.

    Args:
        machines: all that are to be drawn.
        places: of the machines, which give colours and markers.
        language: of the labels.
    """
    with mpl.rc_context(style.RULES):
        names = short_names((machine.name for machine in machines if machine.test), 30)
        columns = style.columns(list(names.values()))
        # Above the chart, where it covers no line; each of its rows takes so much.
        drawn = style.figure(6.9, 2.75 + 0.17 * math.ceil(len(names) / columns))
        axes = drawn.subplots()
        for machine in machines:
            if machine.test is None:
                continue
            i = places[machine.name]
            curve, colour = machine.test.curve, style.COLOURS[i % len(style.COLOURS)]
            axes.fill_between(
                curve.busy, curve.lower, curve.upper, color=colour, alpha=0.22, linewidth=0
            )
            axes.plot(
                curve.busy,
                curve.units,
                color=colour,
                linestyle=style.DASHES[i % len(style.DASHES)],
                marker=style.MARKERS[i % len(style.MARKERS)],
                label=names[machine.name],
            )
        axes.set_xlim(0, 102)
        axes.set_xticks(range(0, 101, 10))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f} %"))
        axes.set_xlabel(language.say("CPU busy, asked"))
        apart = far_apart(most for one in machines if (most := full_rate(one)))
        set_work_axis(axes, "units per second", language, logarithmic=apart)
        drawn.legend(loc="outside upper left", ncols=columns)
        return style.svg(drawn)
