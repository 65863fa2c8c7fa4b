"""Layers over time that add up: memory by use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import FuncFormatter

from reporter.charts import style
from reporter.language import Language
from reporter.promql import Floats


def draw(  # noqa: PLR0913, PLR0917 - the layers, and two axes
    times: Floats,
    layers: Mapping[str, Floats],
    colours: Sequence[str],
    start: float,
    end: float,
    form: Callable[[float], str],
    unit: float,
    language: Language,
) -> bytes:
    """SVG.

    Args:
        times: Unix seconds.
        layers: by label, from the ground up; all of the length of ``times``.
        colours: of the layers.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        form: how a value is written.
        unit: of which marks stand at round multiples.
        language: of the labels.
    """
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.1)
        axes = drawn.subplots()
        values = [np.nan_to_num(layer) for layer in layers.values()]
        labels = [language.say(label) for label in layers]
        axes.stackplot(times, values, labels=labels, colors=colours, linewidth=0)
        axes.set_ylim(bottom=0)
        style.in_units(axes.yaxis, unit)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: form(y)))
        style.clock(axes, start, end, language)
        drawn.legend(loc="outside right upper", reverse=True)
        return style.svg(drawn)
