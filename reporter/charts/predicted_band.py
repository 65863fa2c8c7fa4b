"""What was recorded, predicted with its band, and replayed, over time."""

from __future__ import annotations

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import FuncFormatter

from perfanalysis.promql import Floats
from reporter.charts import style
from reporter.language import Language

_SMALLEST_TOP = 0.2


@dataclass(frozen=True)
class ThreeLines:
    """Ratios over time; all arrays of one length, NaN where unknown.

    Attributes:
        times: Unix seconds, rising.
        recorded, predicted, lower, upper, replayed: busy ratios.
        machine, candidate: names of the machines that they are of.
    """

    times: Floats
    recorded: Floats
    predicted: Floats
    lower: Floats
    upper: Floats
    replayed: Floats
    machine: str
    candidate: str


def draw(lines: ThreeLines, language: Language) -> bytes:
    """SVG.

    Args:
        lines: to draw.
        language: of the labels.
    """
    say = language.say
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.6)
        axes = drawn.subplots()
        times = lines.times
        axes.fill_between(
            times,
            lines.lower,
            lines.upper,
            color=style.colour(1),
            alpha=0.2,
            linewidth=0,
            label=say("interval of the prediction"),
        )
        for place, name, of, values in (
            (0, say("recorded"), lines.machine, lines.recorded),
            (1, say("predicted"), lines.candidate, lines.predicted),
        ):
            axes.plot(times, values, linewidth=1.2, label=f"{name}: {of}", **style.look(place))
        # Points, since a good prediction's line would hide another line.
        label = f"{say('replayed')}: {lines.candidate}"
        axes.plot(times, lines.replayed, ".", color=style.INK, markersize=4, label=label)
        every = np.concatenate([lines.recorded, lines.upper, lines.replayed])
        most = float(np.nanmax(every)) if np.isfinite(every).any() else 1.0
        axes.set_ylim(0, max(_SMALLEST_TOP, min(most * 1.05, 2.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.ratio(y, 0)))
        axes.set_ylabel(say("CPU busy"))
        style.clock(axes, float(times[0]), float(times[-1]), language)
        drawn.legend(loc="outside upper left", ncols=2)
        return style.svg(drawn)
