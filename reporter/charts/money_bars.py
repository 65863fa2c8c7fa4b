"""What machines cost a month: busy and idle money in a bar, and what would carry their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language

BUSY, IDLE = "#0072B2", "#b9d7ea"


@dataclass(frozen=True)
class MoneyBar:
    """One machine: dollars a month, of these for busy time (None: unknown), and of its target."""

    name: str
    month: float
    busy: float | None
    target: float | None


def draw(bars: Sequence[MoneyBar], language: Language) -> bytes | None:
    """SVG, the first at the top; None without bars."""
    if not bars:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.85 + 0.24 * len(bars))
        axes = drawn.subplots()
        rows = list(range(len(bars)))
        busy = [bar.busy or 0.0 for bar in bars]
        rest = [bar.month - part for bar, part in zip(bars, busy, strict=True)]
        say = language.say
        axes.barh(rows, busy, height=0.62, color=BUSY, label=say("busy"))
        axes.barh(rows, rest, left=busy, height=0.62, color=IDLE, label=say("idle, or not known"))
        having = [(bar.target, row) for row, bar in enumerate(bars) if bar.target is not None]
        if having:
            axes.plot(
                *zip(*having, strict=True),
                linestyle="none",
                marker="D",
                markersize=5,
                color=style.COLOURS[1],
                label=say("its target"),
            )
        names = short_names((bar.name for bar in bars), 30)
        axes.set_yticks(rows, [names[bar.name] for bar in bars])
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.dollars(x, 0)))
        axes.set_xlabel(say("dollars a month of 730 hours"))
        drawn.legend(loc="outside upper right", ncols=3)
        return style.svg(drawn)
