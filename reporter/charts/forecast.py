"""A trend over time, and where it leads, with the band of the 95 % interval."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.analysis.forecast import Trend
from reporter.charts import style
from reporter.language import Language


def draw(trend: Trend, limit: float, place: int, label: str, language: Language) -> bytes:
    """SVG of points, line, band and limit.

    Args:
        trend: of ratios 0..1.
        limit: what the series should stay below.
        place: of the machine, which gives its colour.
        label: of the value axis.
        language: of the labels.
    """
    colour = style.look(place)["color"]
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 1.8)
        axes = drawn.subplots()
        axes.fill_between(
            trend.ahead, trend.lower, trend.upper, color=colour, alpha=0.18, linewidth=0
        )
        axes.plot(trend.times, trend.values, ".", color=style.INK, markersize=3)
        axes.plot(trend.ahead, trend.line, color=colour, linewidth=1.4)
        axes.axhline(limit, color=style.BAD, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.axvline(trend.times[-1], color=style.MUTED, linewidth=0.7, linestyle=":")
        axes.set_ylim(0, max(1.02, min(1.5, float(trend.line.max()))))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.ratio(y, 0)))
        axes.set_ylabel(label)
        style.clock(axes, float(trend.ahead[0]), float(trend.ahead[-1]), language)
        return style.svg(drawn)
