"""How busy the observed work would keep each machine, with bounds and the limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.analysis.fit import WorkloadFit
from reporter.analysis.fit_bounds import BUSY_LIMIT
from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language

_ABOVE = 0.15
_WIDEST = 3.0


def draw(
    fits: Sequence[WorkloadFit], places: Mapping[str, int], language: Language
) -> bytes | None:
    """SVG, or None when no machine has bounds.

    Args:
        fits: a row for each.
        places: of the machines, which give colours and markers.
        language: of the labels.
    """
    shown = [(one, one.bounds) for one in fits if one.bounds and one.p99 is not None]
    if not shown:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.9 + style.row_height(len(shown)) * len(shown))
        axes = drawn.subplots()
        for row, (one, bounds) in enumerate(shown):
            test = one.machine.test
            point = style.point(places[one.machine.name], sound=test is None or test.sound)
            found = bounds.p99
            below, above = found.value - found.lower, found.upper - found.value
            axes.errorbar(
                found.value,
                row,
                xerr=[[max(0.0, below)], [max(0.0, above)]],
                markersize=5,
                capsize=3,
                linewidth=1.2,
                **point,
            )
        axes.axvline(BUSY_LIMIT, color=style.BAD, linewidth=0.9, linestyle=(0, (4, 2)))
        names = list(short_names((one.machine.name for one, _ in shown), 26).values())
        axes.set_yticks(range(len(shown)), names)
        axes.tick_params(axis="y", labelcolor=style.INK, length=0)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        most = max(bounds.p99.upper for _, bounds in shown)
        axes.set_xlim(0, min(_WIDEST, max(1.0, most + _ABOVE)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.ratio(x, 0)))
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(language.say("CPU busy at the 99th percentile"))
        return style.svg(drawn)
