"""Units of work per second at each busy level, with the band of the 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from reporter.analysis.comparison import full_rate
from reporter.asking.machines import LoadTest, Machine
from reporter.charts import style
from reporter.charts.far_apart import far_apart, set_work_axis
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(machines: Sequence[Machine], places: Mapping[str, int], language: Language) -> bytes:
    """SVG of a line and a band for each machine with a load test, in the order given.

    Args:
        machines: at most as many as a reader can tell apart.
        places: of the machines, which give colours, lines and markers.
        language: of the labels.
    """
    with mpl.rc_context(style.RULES):
        names = short_names((machine.name for machine in machines if machine.test), 30)
        columns = style.columns(list(names.values()))
        # Above the chart, where it covers no line; each of its rows takes so much.
        drawn = style.figure(6.9, 2.75 + 0.17 * math.ceil(len(names) / columns))
        axes = drawn.subplots()
        for machine in machines:
            if machine.test:
                _curve(axes, machine.test, places[machine.name], names[machine.name])
        axes.set_xlim(0, 102)
        axes.set_xticks(range(0, 101, 10))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f} %"))
        axes.set_xlabel(language.say("CPU busy, asked"))
        apart = far_apart(most for one in machines if (most := full_rate(one)))
        set_work_axis(axes, "units per second", language, logarithmic=apart)
        drawn.legend(loc="outside upper left", ncols=columns)
        return style.svg(drawn)


def _curve(axes: Axes, test: LoadTest, place: int, name: str) -> None:
    curve = test.curve
    axes.fill_between(
        curve.busy, curve.lower, curve.upper, color=style.colour(place), alpha=0.22, linewidth=0
    )
    point = style.point(place, sound=test.valid is not False)
    axes.plot(curve.busy, curve.units, label=name, **{**point, **style.look(place)})
