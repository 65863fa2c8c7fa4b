"""How far each machine is from the baseline, in percent, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from loadtest.ratios import Ratio
from reporter.analysis.comparison import Difference
from reporter.charts import style
from reporter.language import Language
from reporter.names import short_names


def draw(
    differences: Sequence[Difference], places: Mapping[str, int], language: Language
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
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.9 + 0.34 * len(shown))
        left, right = drawn.subplots(1, 2, sharey=True)
        for row, one in enumerate(shown):
            for axes, found in ((left, one.units), (right, one.per_dollar)):
                if found:
                    _point(axes, row, found, places[one.machine.name])
        for axes, title in ((left, "units per second"), (right, "units per dollar")):
            axes.axvline(0, color=style.MUTED, linewidth=1)
            axes.set_xlabel(language.say(title))
            axes.xaxis.set_major_formatter(
                FuncFormatter(lambda x, _: f"{language.signed(x, 0)} %" if x else "0 %")
            )
            axes.grid(visible=False, axis="y")
            axes.margins(x=0.1)
        names = list(short_names((one.machine.name for one in shown), 26).values())
        left.set_yticks(range(len(shown)), names)
        left.tick_params(axis="y", length=0, labelcolor=style.INK)
        left.set_ylim(len(shown) - 0.5, -0.5)
        return style.svg(drawn)


def _point(axes: mpl.axes.Axes, row: int, found: Ratio, place: int) -> None:
    value = (found.value - 1) * 100
    lower = value if found.lower is None else (found.lower - 1) * 100
    upper = value if found.upper is None else (found.upper - 1) * 100
    axes.errorbar(
        value,
        row,
        xerr=[[max(0.0, value - lower)], [max(0.0, upper - value)]],
        color=style.COLOURS[place % len(style.COLOURS)],
        marker=style.MARKERS[place % len(style.MARKERS)],
        markersize=5,
        capsize=3,
        linewidth=1.2,
    )
