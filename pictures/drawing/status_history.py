"""Status history: a row for each series, a cell for each step, coloured by value."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import FigureBase

from pictures.answers import PanelAnswer
from pictures.drawing.looks import Theme, axes, by_value, colour, shortened
from reporter.charts.style import clock

_MOST = 40


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw the cells; a missing sample is no cell."""
    panel, span = answer.panel, answer.span
    drawn = axes(figure, panel, theme)
    drawn.grid(visible=False)
    shown = answer.series[:_MOST]
    columns = round((span.end - span.start) / span.step) + 1
    cells = np.full((len(shown), columns, 3), to_rgb(theme.panel))
    words = {value.value: value.colour for value in panel.values}
    for i, (_, series) in enumerate(shown):
        for at, value in zip(series.times, series.values, strict=True):
            j = min(columns - 1, max(0, round((float(at) - span.start) / span.step)))
            name = words.get(float(value))
            cells[i, j] = to_rgb(
                colour(name) if name else by_value(tuple(panel.steps), float(value))
            )
    edges = (span.start, span.end, len(shown) - 0.5, -0.5)
    drawn.imshow(cells, aspect="auto", interpolation="nearest", extent=edges)
    size = 7 if len(shown) < 24 else 5
    drawn.set_yticks(range(len(shown)), [shortened(n, 30) for n, _ in shown], fontsize=size)
    clock(drawn, span.start, span.end)
    drawn.set_xlabel("")
