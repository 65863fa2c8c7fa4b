"""Axes of figures that lie too far apart to start at zero: one machine would press all others flat.

Equal distances are then equal factors.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from reporter.language import Language

# The largest figure over the least: the least one would stand at a twentieth of the chart.
FAR_APART = 20.0
# So many powers of ten have marks at 1, 2 and 5 of each; more have them at 1 only.
FINE_DECADES = 2.0
# Letters in a line of an upright label: more are longer than a low chart is high.
LABEL_WIDTH = 26


def far_apart(values: Iterable[float]) -> bool:
    """Whether the largest of these values, all above 0, is twenty times the least or more."""
    found = list(values)
    return len(found) > 1 and max(found) >= FAR_APART * min(found)


def mark(axis: Axis, show: Callable[[float, int], str]) -> None:
    """Give a logarithmic axis marks at round values.

    Args:
        axis: with its limits set.
        show: the words of a mark, of its value and the decimals that it needs.
    """
    low, high = axis.get_view_interval()
    fine = math.log10(high / low) <= FINE_DECADES
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if fine else (1.0,), numticks=12))
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: show(value, max(0, math.ceil(-math.log10(value) - 1e-9))))
    )
    axis.set_minor_formatter(NullFormatter())


def set_work_axis(axes: Axes, label: str, language: Language, *, logarithmic: bool) -> None:
    """Scale and label the upright axis of units per second.

    Args:
        axes: with all drawn.
        label: what the axis shows, in English.
        language: of the labels.
        logarithmic: whether ``far_apart`` said so of the machines' figures.
    """
    words = language.say(label)
    if logarithmic:
        axes.set_yscale("log")
        mark(axes.yaxis, language.number)
        words += " (log)"
    else:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: language.number(y)))
    # A percent sign stays with its number.
    axes.set_ylabel(textwrap.fill(words.replace(" %", "\N{NO-BREAK SPACE}%"), LABEL_WIDTH))
