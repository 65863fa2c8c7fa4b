"""Time series: lines, or a stack of areas, with thresholds and a legend."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from grafana.dashboards.words import Panel
from pictures.answers import PanelAnswer
from pictures.drawing.looks import PALETTE, Theme, axes, colour, shortened
from reporter.charts.style import clock

_LEGEND_ROWS = 8


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw the answer's series."""
    panel = answer.panel
    drawn = axes(figure, panel, theme)
    if panel.stacked:
        _stack(answer, drawn)
    else:
        for i, (name, series) in enumerate(answer.series):
            times, values = _with_gaps(series.times, series.values, answer.span.step)
            drawn.plot(times, values, label=name, color=_colour(panel, name, i), linewidth=1.2)
    clock(drawn, answer.span.start, answer.span.end)
    drawn.set_xlabel("")
    _limits(drawn, panel)
    for step in panel.steps:
        if step.value is not None and step.value <= drawn.get_ylim()[1]:
            drawn.axhline(step.value, color=colour(step.colour), linestyle=(0, (4, 3)), lw=0.9)
    if panel.legend != "none":
        _legend(answer, figure, drawn, theme)


def _colour(panel: Panel, name: str, i: int) -> str:
    for style in panel.styles:
        for setting, value in style.settings:
            if style.field == name and setting == "color" and isinstance(value, dict):
                return colour(str(value["fixedColor"]))
    return PALETTE[i % len(PALETTE)]


def _with_gaps(times: np.ndarray, values: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """A gap is a gap: lines end where samples are missing."""
    if len(times) < 2:
        return times, values
    holes = np.flatnonzero(np.diff(times) > 1.5 * step) + 1
    return np.insert(times, holes, times[holes] - step), np.insert(values, holes, np.nan)


def _stack(answer: PanelAnswer, drawn: Axes) -> None:
    times = np.unique(np.concatenate([s.times for _, s in answer.series]))
    rows = [
        np.interp(times, series.times, series.values, left=0, right=0)
        for _, series in answer.series
    ]
    names = [name for name, _ in answer.series]
    colours = [_colour(answer.panel, name, i) for i, name in enumerate(names)]
    drawn.stackplot(times, rows, labels=names, colors=colours, alpha=0.75)


def _limits(drawn: Axes, panel: Panel) -> None:
    if panel.minimum is not None:
        drawn.set_ylim(bottom=panel.minimum)
    if panel.maximum is not None:
        drawn.set_ylim(top=panel.maximum)
    low, high = drawn.get_ylim()
    if panel.maximum is None and high - low < 1e-9:
        drawn.set_ylim(low, low + 1)


def _legend(answer: PanelAnswer, figure: FigureBase, drawn: Axes, theme: Theme) -> None:
    handles, names = drawn.get_legend_handles_labels()
    more = len(names) - _LEGEND_ROWS
    if more > 0:
        handles, names = handles[:_LEGEND_ROWS], [*names[: _LEGEND_ROWS - 1], f"… {more + 1} more"]
    columns = max(1, min(len(names), answer.panel.width // 4))
    figure.legend(
        handles,
        [shortened(name, 34) for name in names],
        loc="outside lower left",
        ncols=columns,
        fontsize=6.5,
        frameon=False,
        labelcolor=theme.muted,
        handlelength=1.2,
    )
