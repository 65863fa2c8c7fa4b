"""How far each machine is from the baseline, in percent, with 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from perfanalysis.estimates.ratios import Ratio
from reporter.analysis.against_baseline import BaselineDifference
from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(
    differences: Sequence[BaselineDifference], places: Mapping[str, int], language: Language
) -> bytes | None:
    """SVG, or None when no machine can be compared.

    Args:
        differences: against the baseline.
        places: of the machines, which give colours and markers.
        language: of the labels.
    """
    shown = [one for one in differences if one.units or one.per_dollar]
    if not shown:
        return None
    columns = [
        (title, found)
        for title, found in (
            ("units per second", [one.units for one in shown]),
            ("units per dollar", [one.per_dollar for one in shown]),
        )
        if any(found)
    ]
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.9 + style.row_height(len(shown)) * len(shown))
        room = drawn.subplots(1, len(columns), sharey=True, squeeze=False)[0]
        for axes, (title, column) in zip(room, columns, strict=True):
            for row, (one, found) in enumerate(zip(shown, column, strict=True)):
                if found:
                    sound = one.machine.test is None or one.machine.test.valid is not False
                    _point(axes, row, found, style.point(places[one.machine.name], sound=sound))
            _label(axes, language.say(title), language)
        names = list(short_names((one.name for one in shown), 26).values())
        room[0].set_yticks(range(len(shown)), names)
        room[0].tick_params(axis="y", labelcolor=style.INK)
        room[0].set_ylim(len(shown) - 0.5, -0.5)
        return style.svg(drawn)


def _label(axes: Axes, title: str, language: Language) -> None:
    axes.axvline(0, color=style.MUTED, linewidth=1)
    axes.set_xlabel(title)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.1)
    # Marks are long ("+125 %"), and two charts stand beside each other.
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    low, high = axes.get_xlim()
    # Marks stand a fifth of the axis apart, and must differ.
    digits = max(0, math.ceil(-math.log10((high - low) / 5)))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{language.signed(x, digits)} %" if x else "0 %")
    )


def _point(axes: Axes, row: int, found: Ratio, point: Mapping[str, Any]) -> None:
    value = (found.value - 1) * 100
    lower = value if found.lower is None else (found.lower - 1) * 100
    upper = value if found.upper is None else (found.upper - 1) * 100
    axes.errorbar(
        value,
        row,
        xerr=[[max(0.0, value - lower)], [max(0.0, upper - value)]],
        markersize=5,
        capsize=3,
        linewidth=1.2,
        **point,
    )
