"""A small chart for a terminal, in blocks of an eighth, or in plain ASCII. Pure.

Each column is a stretch of time: what is filled is the mean, the mark above it the largest value,
which a mean over hours would hide. A stretch of which nothing is known stays empty.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perfanalysis.recordings.recording import Floats


class Strokes(NamedTuple):
    """What is drawn with: parts of a cell from the emptiest to the fullest, and the mark."""

    parts: str
    mark: str
    axis: str


BLOCKS = Strokes(" ▁▂▃▄▅▆▇█", "·", "│")
ASCII = Strokes(" .:#", "'", "|")


def draw(
    times: Floats, values: Floats, top: float, size: tuple[int, int], strokes: Strokes
) -> list[str]:
    """The lines of a chart, from the top down.

    Args:
        times: Unix seconds at which the values end, rising.
        values: of the same shape; NaN where unknown.
        top: the value at the upper edge; the lower edge is 0.
        size: columns and lines.
        strokes: what is drawn with.
    """
    width, height = size
    means, largest = _stretches(times, values, width)
    cells = [[" "] * width for _ in range(height)]
    steps = len(strokes.parts) - 1
    for column, (mean, most) in enumerate(zip(means, largest, strict=True)):
        if np.isnan(mean):
            continue
        filled = _level(mean / top, height * steps)
        for line in range(height):
            part = min(max(filled - line * steps, 0), steps)
            cells[line][column] = strokes.parts[part]
        marked = _line_of(_level(most / top, height * steps), steps)
        if marked > _line_of(filled, steps):
            cells[marked][column] = strokes.mark
    return ["".join(line) for line in reversed(cells)]


def _line_of(level: int, steps: int) -> int:
    """The line in which a level ends; -1 of none."""
    return (level - 1) // steps if level else -1


def _level(share: float, most: int) -> int:
    level = round(min(max(share, 0.0), 1.0) * most)
    # Something is not nothing.
    return max(level, 1) if share > 0 else level


def _stretches(
    times: Floats, values: Floats, width: int
) -> tuple[Sequence[float], Sequence[float]]:
    """The mean and the largest value of each column."""
    span = max(float(times[-1] - times[0]), 1e-9) if len(times) else 1.0
    columns = np.minimum(((times - times[0]) / span * width).astype(int), width - 1)
    stretches = [values[columns == column] for column in range(width)]
    with warnings.catch_warnings():
        # Of a stretch of which nothing is known.
        warnings.simplefilter("ignore", RuntimeWarning)
        means = [float(np.nanmean(one)) if len(one) else np.nan for one in stretches]
        largest = [float(np.nanmax(one)) if len(one) else np.nan for one in stretches]
    return means, largest
