"""What several machines' CPU time went into in the mean: a bar a machine, stacked by mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import PercentFormatter

from reporter.charts import style
from reporter.charts.cpu_by_mode import MODES, SMALLEST_SHARE
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(machines: Sequence[tuple[str, Mapping[str, float]]], language: Language) -> bytes | None:
    """SVG with the first at the top, or None when there is none.

    Args:
        machines: names, and the share of CPU time (0..1) by mode.
        language: of the labels.
    """
    if not machines:
        return None
    rows = range(len(machines))
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.8 + style.row_height(len(machines)) * len(machines))
        axes = drawn.subplots()
        left = [0.0 for _ in machines]
        for mode, colour in MODES.items():
            shares = [shares.get(mode, 0.0) for _, shares in machines]
            if max(shares) >= SMALLEST_SHARE:
                axes.barh(rows, shares, height=0.66, left=left, color=colour, label=mode)
                left = [before + share for before, share in zip(left, shares, strict=True)]
        names = short_names((name for name, _ in machines), 30)
        axes.set_yticks(rows, [names[name] for name, _ in machines])
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.set_ylim(len(machines) - 0.4, -0.6)
        axes.set_xlim(0, 1)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.set_xlabel(language.say("share of CPU time"))
        drawn.legend(loc="outside upper left", ncols=len(MODES))
        return style.svg(drawn)
