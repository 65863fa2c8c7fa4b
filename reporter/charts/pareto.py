"""Price against work: the machines on the Pareto front, and those that another one beats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from reporter.analysis.comparison import pareto, work_done
from reporter.asking.machines import Machine
from reporter.charts import style
from reporter.charts.far_apart import far_apart, mark, set_work_axis
from reporter.charts.short_names import short_names
from reporter.language import Language

# Machines that are not named, behind those that are.
OTHERS = "#9aa5b1"


def draw(
    machines: Sequence[Machine],
    named: Mapping[str, int],
    language: Language,
    height: float,
) -> bytes | None:
    """SVG, or None when fewer than two machines have a price and a load test.

    Args:
        machines: all of them; those without a price or a load test are left out.
        named: places of the machines that the legend names, which give colours and markers; the
            others are grey points.
        language: of the labels.
        height: of the chart, in inches.
    """
    offers = [machine for machine in machines if machine.price and work_done(machine)]
    if len(offers) < 2:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, height)
        axes = drawn.subplots()
        _front(axes, offers)
        names = short_names((machine.name for machine in offers if machine.name in named), 30)
        for machine in offers:
            if machine.name in named:
                _offer(axes, machine, named[machine.name], names[machine.name])
        _others(axes, [machine for machine in offers if machine.name not in named], language)
        axes.margins(0.08)
        prices = [machine.price for machine in offers if machine.price]
        work = [most.value for machine in offers if (most := work_done(machine))]
        _prices(axes, language, logarithmic=far_apart(prices))
        label = "units per second at 100 %"
        set_work_axis(axes, label, language, logarithmic=far_apart(work))
        drawn.legend(loc="outside right upper")
        return style.svg(drawn)


def _front(axes: Axes, offers: Sequence[Machine]) -> None:
    front = [(m.price, most.value) for m in pareto(offers) if m.price and (most := work_done(m))]
    axes.plot(
        *zip(*front, strict=True),
        drawstyle="steps-post",
        color=style.MUTED,
        linewidth=1,
        linestyle=(0, (4, 2)),
        zorder=1,
    )


def _offer(axes: Axes, machine: Machine, place: int, name: str) -> None:
    most = work_done(machine)
    assert most
    axes.errorbar(
        machine.price or 0.0,
        most.value,
        yerr=[[max(0.0, most.value - most.lower)], [max(0.0, most.upper - most.value)]],
        markersize=6,
        capsize=2,
        linewidth=1,
        linestyle="none",
        label=name,
        **style.point(place, sound=machine.test is None or machine.test.valid is not False),
    )


def _others(axes: Axes, others: Sequence[Machine], language: Language) -> None:
    if not others:
        return
    work = [work_done(machine) for machine in others]
    axes.plot(
        [machine.price or 0.0 for machine in others],
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
