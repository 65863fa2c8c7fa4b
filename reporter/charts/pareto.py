"""Price against work: types and machines on the Pareto front, and those that another one beats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reporter.analysis.comparison import paid_work
from reporter.analysis.contenders import Contender
from reporter.analysis.ranking import pareto
from reporter.charts import style
from reporter.charts.error_bars import below_and_above
from reporter.charts.far_apart import far_apart, mark, set_work_axis
from reporter.charts.short_names import short_names
from reporter.language import Language

# Machines that are not named, behind those that are.
OTHERS = "#9aa5b1"


def draw(
    found: Sequence[Contender], named: Mapping[str, int], language: Language, height: float
) -> bytes | None:
    """SVG, or None when fewer than two types or machines have a price and a load test.

    Args:
        found: all of them; those without a price or a load test are left out.
        named: places of the machines that the legend names, which give colours and markers; the
            others are grey points.
        language: of the labels.
        height: of the chart, in inches.
    """
    offers = [one for one in found if one.price and one.rate(paid_work)]
    if len(offers) < 2:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, height)
        axes = drawn.subplots()
        _front(axes, offers)
        known = [one for one in offers if one.machine.name in named]
        names = short_names((one.name for one in known), 30)
        for one in known:
            _offer(axes, one, named[one.machine.name], names[one.name])
        _others(axes, [one for one in offers if one.machine.name not in named], language)
        axes.margins(0.08)
        prices = [one.price for one in offers if one.price]
        work = [most.value for one in offers if (most := one.rate(paid_work))]
        _prices(axes, language, logarithmic=far_apart(prices))
        label = "units per second at 100 %"
        set_work_axis(axes, label, language, logarithmic=far_apart(work))
        drawn.legend(loc="outside right upper")
        return style.svg(drawn)


def _front(axes: Axes, offers: Sequence[Contender]) -> None:
    front = [
        (m.price, most.value) for m in pareto(offers) if m.price and (most := m.rate(paid_work))
    ]
    axes.plot(
        *zip(*front, strict=True),
        drawstyle="steps-post",
        color=style.MUTED,
        linewidth=1,
        linestyle=(0, (4, 2)),
        zorder=1,
    )


def _offer(axes: Axes, one: Contender, place: int, name: str) -> None:
    most = one.rate(paid_work)
    assert most
    axes.errorbar(
        one.price or 0.0,
        most.value,
        yerr=below_and_above(most),
        markersize=6,
        capsize=2,
        linewidth=1,
        linestyle="none",
        label=name,
        # What is ranked was not disturbed.
        **style.point(place, sound=True),
    )


def _others(axes: Axes, others: Sequence[Contender], language: Language) -> None:
    if not others:
        return
    work = [one.rate(paid_work) for one in others]
    axes.plot(
        [one.price or 0.0 for one in others],
        [one.value if one else math.nan for one in work],
        "o",
        color=OTHERS,
        markersize=3.5,
        zorder=1.5,
        label=language.say("{count} others", count=language.number(len(others))),
    )


def _prices(axes: Axes, language: Language, *, logarithmic: bool) -> None:
    label = language.say("price per hour")
    if logarithmic:
        axes.set_xscale("log")
        mark(axes.xaxis, lambda price, decimals: language.dollars(price, max(2, decimals)))
        label += " (log)"
    else:
        axes.set_xlim(left=0)
        digits = _digits(axes)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.dollars(x, digits)))
    axes.set_xlabel(label)


def _digits(axes: Axes) -> int:
    """Decimals that tell the marks of the prices from each other."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    marks = axes.get_xticks()
    return max(2, math.ceil(-math.log10(marks[1] - marks[0]) - 1e-9))
