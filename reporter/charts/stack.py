"""Layers over time that add up: memory by use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from perfanalysis.promql import Floats
from reporter.analysis.quality import with_gaps
from reporter.charts import style
from reporter.charts.lines import Scale, without_neighbours
from reporter.language import Language


def draw(
    times: Floats,
    layers: Mapping[str, Floats],
    colours: Sequence[str],
    scale: Scale,
    language: Language,
) -> bytes:
    """SVG.

    Args:
        times: Unix seconds.
        layers: by label, from the ground up; all of the length of ``times``.
        colours: of the layers.
        scale: the axes; a distance of more than a step is drawn as a gap.
        language: of the labels.
    """
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.1)
        axes = drawn.subplots()
        labels = [language.say(label) for label in layers]
        points = gaps_in_all(times, list(layers.values()), scale.step)
        axes.stackplot(*points, labels=labels, colors=colours, linewidth=0)
        axes.set_ylim(0, scale.top)
        style.in_units(axes.yaxis, scale.unit, scale.form)
        axes.set_ylabel(scale.label)
        style.clock(axes, scale.start, scale.end, language)
        drawn.legend(loc="outside right upper", reverse=True)
        return style.svg(drawn)


def gaps_in_all(
    times: Floats, layers: Sequence[Floats], step: float
) -> tuple[Floats, NDArray[np.float64]]:
    """Times, and layers in rows, with a NaN in all of them where there is a gap.

    A layer alone that is unknown counts as nothing there; where none is known, nothing is drawn. A
    point without neighbours would have no breadth: it is as broad as the step before it.

    Args:
        times: seconds, ascending.
        layers: of the length of ``times``.
        step: seconds between points when none is missing.
    """
    rows = np.array(layers)
    rows = np.where(np.isfinite(rows).any(axis=0), np.nan_to_num(rows), np.nan)
    at = with_gaps(times, rows[0], step)[0]
    rows = np.array([with_gaps(times, row, step)[1] for row in rows])
    alone = np.flatnonzero(without_neighbours(rows[0]))
    return np.insert(at, alone, at[alone] - step), np.insert(rows, alone, rows[:, alone], axis=1)
