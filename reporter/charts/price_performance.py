"""Units per second for each dollar an hour, a bar a machine, with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.analysis.comparison import ranked, units_per_dollar
from reporter.asking.machines import Machine
from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(machines: Sequence[Machine], language: Language) -> bytes | None:
    """SVG with the best at the top; None when no machine's units per dollar are known."""
    order = ranked(machines, units_per_dollar)
    if not order:
        return None
    places = {machine.name: i for i, machine in enumerate(machines)}
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.7 + 0.33 * len(order))
        axes = drawn.subplots()
        for row, machine in enumerate(order):
            estimate = machine.units_per_dollar
            assert estimate
            below, above = estimate.value - estimate.lower, estimate.upper - estimate.value
            colour = style.COLOURS[places[machine.name] % len(style.COLOURS)]
            axes.barh(row, estimate.value, height=0.58, color=colour)
            axes.errorbar(
                estimate.value,
                row,
                xerr=[[max(0.0, below)], [max(0.0, above)]],
                color=style.INK,
                capsize=3,
                linewidth=1,
            )
            axes.annotate(
                language.number(estimate.value),
                (max(estimate.upper, estimate.value), row),
                xytext=(6, 0),
                textcoords="offset points",
                verticalalignment="center",
            )
        names = short_names((machine.name for machine in order), 30)
        axes.set_yticks(range(len(order)), list(names.values()))
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_xlim(left=0)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x)))
        axes.set_xlabel(language.say("units per second for each dollar per hour"))
        return style.svg(drawn)
