"""Price against work: the machines on the Pareto front, and those that another one beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.ticker import FuncFormatter

from reporter.analysis.comparison import max_units, pareto
from reporter.charts import style
from reporter.language import Language
from reporter.machines import Machine


def draw(
    machines: Sequence[Machine], places: Mapping[str, int], language: Language
) -> bytes | None:
    """SVG, or None when fewer than two machines have a price and a load test.

    Args:
        machines: all of them; those without a price or a load test are left out.
        places: of the machines, which give colours and markers.
        language: of the labels.
    """
    offers = [machine for machine in machines if machine.price and max_units(machine)]
    if len(offers) < 2:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.9)
        axes = drawn.subplots()
        front = [
            (m.price, most.value) for m in pareto(offers) if m.price and (most := max_units(m))
        ]
        axes.plot(
            *zip(*front, strict=True),
            drawstyle="steps-post",
            color=style.MUTED,
            linewidth=1,
            linestyle=(0, (4, 2)),
            zorder=1,
        )
        for machine in offers:
            most = max_units(machine)
            assert most
            place = places[machine.name]
            axes.errorbar(
                machine.price or 0.0,
                most.value,
                yerr=[[max(0.0, most.value - most.lower)], [max(0.0, most.upper - most.value)]],
                color=style.COLOURS[place % len(style.COLOURS)],
                marker=style.MARKERS[place % len(style.MARKERS)],
                markersize=6,
                capsize=2,
                linewidth=1,
                linestyle="none",
                label=style.shortened(machine.name, 30),
            )
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.margins(0.08)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: language.dollars(x, 2)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
        axes.set_xlabel(language.say("price per hour"))
        axes.set_ylabel(language.say("units per second at 100 %"))
        drawn.legend(loc="outside right upper")
        return style.svg(drawn)
