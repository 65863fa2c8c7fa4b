"""Stats: big figures on a colour, side by side, with their course behind them."""

from __future__ import annotations

import math

from matplotlib.figure import FigureBase
from matplotlib.patches import Rectangle

from grafana.preview import units
from grafana.preview.answers import Answer
from grafana.preview.drawing.looks import Theme, by_value, colour, shortened

_MOST = 12


def draw(answer: Answer, figure: FigureBase, theme: Theme) -> None:
    """Draw each value as a box; a value with words of its own shows those."""
    del theme
    panel = answer.panel
    values = [(name, sample.value) for name, sample in answer.samples]
    values += [(name, float(series.values[-1])) for name, series in answer.series]
    shown = values[:_MOST]
    columns = min(len(shown), max(1, panel.width // 4))
    rows = math.ceil(len(shown) / columns)
    drawn = figure.add_subplot()
    drawn.set_axis_off()
    drawn.set_xlim(0, columns)
    drawn.set_ylim(rows, 0)
    for i, (name, value) in enumerate(shown):
        left, top = i % columns, i // columns
        words = {v.value: v for v in panel.values}.get(value)
        box = colour(words.colour) if words else by_value(tuple(panel.steps), value)
        drawn.add_patch(Rectangle((left + 0.02, top + 0.04), 0.96, 0.92, color=box))
        text = words.text if words else units.text(value, panel.unit, panel.decimals)
        named = panel.legend != "none" and bool(name)
        size = 15 if rows == 1 else 10
        drawn.text(
            left + 0.5,
            top + (0.62 if named else 0.5),
            text,
            ha="center",
            va="center",
            fontsize=size,
            color="white",
            weight="bold",
        )
        if named:
            fits = max(8, int(panel.width * 5 / columns))
            drawn.text(
                left + 0.5,
                top + 0.2,
                shortened(name, fits),
                ha="center",
                va="center",
                fontsize=6.5,
                color="white",
            )
