"""Units per second for each dollar an hour, a bar a machine, with its 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from perfanalysis.estimates.statistics import Estimate
from reporter.asking.machines import Machine
from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(
    machines: Sequence[Machine], places: Mapping[str, int], language: Language
) -> bytes | None:
    """SVG with the first at the top; None when no machine's units per dollar are known.

    Args:
        machines: from the top; those without units per dollar are left out.
        places: of the machines, which give colours.
        language: of the labels.
    """
    shown = [machine for machine in machines if machine.units_per_dollar]
    if not shown:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.7 + style.row_height(len(shown)) * len(shown))
        axes = drawn.subplots()
        for row, machine in enumerate(shown):
            if machine.units_per_dollar:
                bar = style.bar(places[machine.name], sound=_sound(machine))
                axes.barh(row, machine.units_per_dollar.value, height=0.58, **bar)
                _interval(axes, row, machine.units_per_dollar, language)
        names = short_names((machine.name for machine in shown), 30)
        axes.set_yticks(range(len(shown)), list(names.values()))
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.margins(x=0.12)
        axes.set_xlim(left=0)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x)))
        axes.set_xlabel(language.say("units per second for each dollar per hour"))
        return style.svg(drawn)


def _sound(machine: Machine) -> bool:
    return machine.test is None or machine.test.valid is not False


def _interval(axes: Axes, row: int, estimate: Estimate, language: Language) -> None:
    """The interval, where it is known, and the value behind it."""
    right = estimate.value
    if math.isfinite(estimate.lower) and math.isfinite(estimate.upper):
        right = max(right, estimate.upper)
        below, above = estimate.value - estimate.lower, estimate.upper - estimate.value
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
        (right, row),
        xytext=(6, 0),
        textcoords="offset points",
        verticalalignment="center",
    )
