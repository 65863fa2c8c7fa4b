"""Prices over the report's time range: steps, since a price holds until the next."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl

from reporter.charts import style
from reporter.charts.lines import Line, Scale
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(lines: Sequence[Line], scale: Scale, language: Language) -> bytes | None:
    """SVG, or None when there is no line.

    Args:
        lines: dollars per hour from each time on until the next, NaN where no price is known; at
            most as many as a reader can tell apart.
        scale: the axes.
        language: of the labels.
    """
    if not lines:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.1)
        axes = drawn.subplots()
        names = short_names((line.label for line in lines), 30)
        for line in lines:
            axes.plot(
                line.times,
                line.values,
                drawstyle="steps-post",
                linewidth=1.2,
                label=names[line.label],
                **style.look(line.place),
            )
        axes.set_ylim(bottom=0)
        style.in_units(axes.yaxis, scale.unit, scale.form)
        axes.set_ylabel(scale.label)
        style.clock(axes, scale.start, scale.end, language)
        drawn.legend(loc="outside upper left", ncols=style.columns(list(names.values())))
        return style.svg(drawn)
