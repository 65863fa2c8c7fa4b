"""Stats: big figures on a colour, side by side, with their course behind them."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.patches import Rectangle

from perfanalysis.promql import Series
from pictures import units
from pictures.answers import PanelAnswer
from pictures.drawing.looks import Theme, by_value, colour, shortened

_MOST = 12
_NEITHER = "#5b6472"  # of a figure that is neither good nor bad
_HIGH = 0.35  # the course's share of a box's height


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw each value as a box; a value with words of its own shows those."""
    del theme
    panel = answer.panel
    shown: list[tuple[str, float, Series | None]]
    shown = [(name, sample.value, None) for name, sample in answer.samples]
    shown += [(name, float(series.values[-1]), series) for name, series in answer.series]
    shown = shown[:_MOST]
    columns = min(len(shown), max(1, panel.width // 4))
    rows = math.ceil(len(shown) / columns)
    drawn = figure.add_subplot()
    drawn.set_axis_off()
    drawn.set_xlim(0, columns)
    drawn.set_ylim(rows, 0)
    for i, (name, value, series) in enumerate(shown):
        left, top = i % columns, i // columns
        words = {v.value: v for v in panel.values}.get(value)
        judged = by_value(tuple(panel.steps), value) if panel.steps else _NEITHER
        box = colour(words.colour) if words else judged
        drawn.add_patch(Rectangle((left + 0.02, top + 0.04), 0.96, 0.92, color=box))
        if series is not None and panel.sparkline:
            _course(drawn, (left, top), series)
        text = words.text if words else units.text(value, panel.unit, panel.decimals)
        size = 15 if rows == 1 else 10
        if panel.legend == "none" or not name:
            _write(drawn, (left + 0.5, top + 0.5), text, size, "bold")
            continue
        _write(drawn, (left + 0.5, top + 0.62), text, size, "bold")
        fits = max(8, int(panel.width * 5 / columns))
        _write(drawn, (left + 0.5, top + 0.2), shortened(name, fits), 6.5)


def _course(drawn: Axes, place: tuple[int, int], series: Series) -> None:
    """The course of a value, along the lower edge of its box."""
    left, top = place
    values = np.asarray(series.values, dtype=float)
    low, high = values.min(), values.max()
    share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    x = np.linspace(left + 0.02, left + 0.98, len(values))
    bottom = top + 0.96
    drawn.fill_between(x, bottom, bottom - _HIGH * share, color="white", alpha=0.25, linewidth=0)
    drawn.plot(x, bottom - _HIGH * share, color="white", alpha=0.7, linewidth=0.9)


def _write(
    drawn: Axes, place: tuple[float, float], text: str, fontsize: float, weight: str = "normal"
) -> None:
    """Write white on a box's colour."""
    drawn.text(
        *place, text, fontsize=fontsize, weight=weight, ha="center", va="center", color="white"
    )
