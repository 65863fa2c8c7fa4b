"""How much of each kind of work machines do over what the baseline does, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from reporter.analysis.kinds_of_work import KindPlace
from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language

MOST_MACHINES = len(style.COLOURS)
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def draw(found: Sequence[KindPlace], places: Mapping[str, int], language: Language) -> bytes | None:
    """SVG, or None when nothing can be told of any machine.

    Args:
        found: the machines against the baseline, by kind; of too many, the first are shown.
        places: of the machines, which give colours and markers.
        language: of the labels.
    """
    names = list(dict.fromkeys(one.machine.name for one in found))[:MOST_MACHINES]
    kinds = list(dict.fromkeys(one.kind for one in found))
    if not names:
        return None
    step = 0.7 / len(names)
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.9 + len(kinds) * max(0.24, 0.16 * len(names)))
        axes = drawn.subplots()
        labels = short_names(names, 26)
        for one in found:
            if one.machine.name in labels:
                shift = (names.index(one.machine.name) - (len(names) - 1) / 2) * step
                _point(axes, kinds.index(one.kind) + shift, one, places[one.machine.name])
        for name in names:
            axes.plot([], [], label=labels[name], linestyle="", **_look(places[name]))
        _label(axes, kinds, language)
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
        return style.svg(drawn)


def _label(axes: Axes, kinds: Sequence[str], language: Language) -> None:
    axes.axvline(1, color=style.MUTED, linewidth=1)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(FixedLocator([t for t in _TICKS if low <= t <= high] or [1.0]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: language.number(x, 0 if x >= 1 else 2 if x < 0.1 else 1))
    )
    axes.set_xlabel(language.say("times the baseline's work"))
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set_ylim(len(kinds) - 0.5, -0.5)


def _look(place: int) -> dict[str, Any]:
    return {
        "color": style.COLOURS[place % len(style.COLOURS)],
        "marker": style.MARKERS[place % len(style.MARKERS)],
    }


def _point(axes: Axes, row: float, one: KindPlace, place: int) -> None:
    answer = one.answer
    axes.errorbar(
        answer.ratio,
        row,
        xerr=[[answer.ratio - answer.lower], [answer.upper - answer.ratio]],
        markersize=4,
        capsize=2,
        linewidth=1.1,
        **_look(place),
    )
