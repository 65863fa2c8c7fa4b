"""Trends: lines over a numeric field, with a band where one field is filled down to another."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import FigureBase

from pictures.answers import PanelAnswer
from pictures.drawing.looks import PALETTE, Theme, axes, shortened

_MARKS = "osD^vPX*"


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw each numeric field over the panel's x field."""
    panel, table = answer.panel, answer.table
    assert table is not None
    drawn = axes(figure, panel, theme)
    xs = np.array([_number(cell) for cell in table.column(panel.x_field)])
    settings = {style.field: dict(style.settings) for style in panel.styles}
    fields = [name for name in table.fields if name not in (panel.x_field, "Time")]
    for i, name in enumerate(fields):
        ys = np.array([_number(cell) for cell in table.column(name)])
        own = settings.get(name, {})
        if below := own.get("custom.fillBelowTo"):
            floor = np.array([_number(cell) for cell in table.column(str(below))])
            drawn.fill_between(xs, floor, ys, color=PALETTE[0], alpha=0.25, linewidth=0, label=name)
        elif own.get("custom.lineWidth") != 0:
            dashed = "custom.lineStyle" in own
            drawn.plot(
                xs,
                ys,
                label=shortened(name, 30),
                color=theme.muted if dashed else PALETTE[i % len(PALETTE)],
                linestyle="--" if dashed else "-",
                marker="" if dashed else _MARKS[i % len(_MARKS)],
                markersize=4,
            )
    drawn.set_ylim(bottom=panel.minimum)
    drawn.set_xlabel("busy level, %", color=theme.muted, fontsize=7)
    figure.legend(
        loc="outside lower left", ncols=3, fontsize=6.5, frameon=False, labelcolor=theme.muted
    )


def _number(cell: object) -> float:
    return cell if isinstance(cell, float) else float("nan")
