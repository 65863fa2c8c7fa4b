"""How busy each CPU of a machine was over time: a row a CPU, darker is busier."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np

from perfanalysis.promql import Series
from reporter.charts import style
from reporter.charts.columns import MOST_COLUMNS, columns, edges_of, width_of_column
from reporter.language import Language


def draw(
    cores: Sequence[Series], start: float, end: float, step: float, language: Language
) -> bytes | None:
    """SVG, or None when there is no CPU.

    Args:
        cores: busy ratio (0..1) over time of each ``cpu``.
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.
        step: seconds between points.
        language: of the labels.
    """
    if not cores:
        return None
    cores = sorted(cores, key=lambda one: (len(one.labels["cpu"]), one.labels["cpu"]))
    width = width_of_column(start, end, step, MOST_COLUMNS)
    edges = edges_of(start, end, width)
    cells = np.array([columns(one.times, one.values, edges, step) for one in cores])
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, min(3.4, 0.95 + 0.16 * len(cores)))
        axes = drawn.subplots()
        picture = style.heat(axes, cells, (start, edges[-1], len(cores) - 0.5, -0.5))
        every = max(1, -(-len(cores) // 16))
        axes.set_yticks(range(0, len(cores), every), [c.labels["cpu"] for c in cores[::every]])
        axes.set_ylabel("CPU")
        style.clock(axes, start, end, language)
        bar = drawn.colorbar(picture, ax=axes, pad=0.01, aspect=12)
        bar.outline.set_visible(False)
        bar.set_ticks([0, 0.5, 1], labels=["0 %", "50 %", "100 %"])
        return style.svg(drawn)
