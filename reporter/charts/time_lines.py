"""Lines over the report's time range: how busy, how loaded, how fast."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np

from reporter.analysis.quality import with_gaps
from reporter.charts import style
from reporter.charts.lines import Line, Scale, without_neighbours
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(lines: Sequence[Line], scale: Scale, language: Language) -> bytes | None:
    """SVG, or None when there is no line.

    Args:
        lines: at most as many as a reader can tell apart; marked stretches are shaded.
        scale: the axes; a distance of more than a step is drawn as a gap.
        language: of the labels.
    """
    if not lines:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.3)
        axes = drawn.subplots()
        names = short_names((line.label for line in lines), 30)
        for line in lines:
            look = style.look(line.place)
            for mark in line.marks:
                left, right = max(mark.start, scale.start), min(mark.end, scale.end)
                axes.axvspan(left, right, color=look["color"], alpha=0.16, linewidth=0)
            times, values = with_gaps(line.times, line.values, scale.step)
            axes.plot(times, values, linewidth=1.2, label=names[line.label], **look)
            if (alone := without_neighbours(values)).any():
                color = look["color"]
                axes.plot(times[alone], values[alone], ".", color=color, markersize=2.5)
        # Where all is 0 there is room for one unit, and a line at 0 stands above the axis.
        known = [np.nanmax(one.values) for one in lines if np.isfinite(one.values).any()]
        top = scale.top or (axes.get_ylim()[1] if max(known, default=0.0) > 0 else scale.unit)
        axes.set_ylim(-0.015 * top, top)
        style.in_units(axes.yaxis, scale.unit, scale.form)
        axes.set_ylabel(scale.label)
        style.clock(axes, scale.start, scale.end, language)
        drawn.legend(loc="outside upper left", ncols=style.columns(list(names.values())))
        return style.svg(drawn)
