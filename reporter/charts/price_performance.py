"""Units per second for each dollar an hour, a bar a type or machine, with its 95 % interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.analysis.comparison import units_per_dollar
from reporter.analysis.contenders import Contender
from reporter.charts import style
from reporter.charts.error_bars import below_and_above
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(order: Sequence[Contender], places: Mapping[str, int], language: Language) -> bytes | None:
    """SVG with the best at the top; None when no units per dollar are known.

    Args:
        order: those that have units per dollar, the best first.
        places: of the machines, which give colours.
        language: of the labels.
    """
    if not order:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.7 + style.row_height(len(order)) * len(order))
        axes = drawn.subplots()
        for row, one in enumerate(order):
            rate = one.rate(units_per_dollar)
            assert rate
            # What is ranked was not disturbed.
            bar = style.bar(places[one.machine.name], sound=True)
            axes.barh(row, rate.value, height=0.58, **bar)
            if error := below_and_above(rate):
                axes.errorbar(rate.value, row, xerr=error, color=style.INK, capsize=3, linewidth=1)
            axes.annotate(
                language.number(rate.value),
                (rate.value + (error[1][0] if error else 0.0), row),
                xytext=(6, 0),
                textcoords="offset points",
                verticalalignment="center",
            )
        names = short_names((one.name for one in order), 30)
        axes.set_yticks(range(len(order)), list(names.values()))
        axes.tick_params(axis="y", length=0, labelcolor=style.INK)
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.margins(x=0.12)
        axes.set_xlim(left=0)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.number(x)))
        axes.set_xlabel(language.say("units per second for each dollar per hour"))
        return style.svg(drawn)
