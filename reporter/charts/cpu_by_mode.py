"""What one machine's CPU time went into over the report's range, stacked by mode."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import PercentFormatter

from perfanalysis.promql import Series
from reporter.charts import style
from reporter.charts.stack import gaps_in_all
from reporter.language import Language

# From the ground up; what nobody used is the white above.
MODES = {
    "user": "#0072B2",
    "nice": "#56B4E9",
    "system": "#D55E00",
    "irq": "#8C6D1F",
    "softirq": "#E69F00",
    "steal": "#CC79A7",
    "iowait": "#9aa5b1",
}
# A mode that never took this share would only be a line too thin to see, and a legend to read.
SMALLEST_SHARE = 0.002


def draw(
    series: Sequence[Series], start: float, end: float, step: float, language: Language
) -> bytes | None:
    """SVG of one machine, or None when it has no CPU time.

    Args:
        series: ratio of the machine's CPU time (0..1) over time, one for each ``mode``.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        step: seconds between points; more is drawn as a gap.
        language: of the labels.
    """
    by_mode = {one.labels.get("mode", ""): one for one in series}
    if not by_mode:
        return None
    times = np.unique(np.concatenate([one.times for one in series]))
    layers, names = [], []
    for mode in MODES:
        if mode in by_mode and np.nanmax(by_mode[mode].values) >= SMALLEST_SHARE:
            values = np.full(len(times), np.nan)
            values[np.searchsorted(times, by_mode[mode].times)] = by_mode[mode].values
            layers.append(values)
            names.append(mode)
    if not layers:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.1)
        axes = drawn.subplots()
        points = gaps_in_all(times, layers, step)
        axes.stackplot(*points, labels=names, colors=[MODES[n] for n in names], linewidth=0)
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.set_ylabel(language.say("share of CPU time"))
        style.clock(axes, start, end, language)
        drawn.legend(loc="outside right upper", reverse=True)
        return style.svg(drawn)
