"""Bar charts: a group of bars for each value of the x field."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import FigureBase

from pictures import units
from pictures.answers import PanelAnswer
from pictures.drawing.looks import PALETTE, Theme, axes, by_value, shortened


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw the table's numeric fields as bars side by side."""
    panel, table = answer.panel, answer.table
    assert table is not None
    if panel.signed:
        _signed(answer, figure, theme)
        return
    drawn = axes(figure, panel, theme)
    drawn.grid(visible=False, axis="x")
    groups = [str(cell) for cell in table.column(panel.x_field)]
    fields = [name for name in table.fields if name not in (panel.x_field, "Time")]
    width = 0.8 / max(1, len(fields))
    for i, name in enumerate(fields):
        heights = [cell if isinstance(cell, float) else 0.0 for cell in table.column(name)]
        places = np.arange(len(groups)) + (i - (len(fields) - 1) / 2) * width
        drawn.bar(places, heights, width * 0.92, color=PALETTE[i % len(PALETTE)], label=name)
    drawn.set_xticks(range(len(groups)), [shortened(group, 22) for group in groups])
    drawn.set_ylim(bottom=panel.minimum, top=panel.maximum)
    figure.legend(
        loc="outside lower left", ncols=4, fontsize=6.5, frameon=False, labelcolor=theme.muted
    )


def _signed(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw one field's bars from zero in the middle, each with its figure."""
    panel, table = answer.panel, answer.table
    assert table is not None
    drawn = axes(figure, panel, theme)
    drawn.grid(visible=False)
    names = [str(cell) for cell in table.column(panel.x_field)]
    (field,) = (name for name in table.fields if name not in (panel.x_field, "Time"))
    values = [cell if isinstance(cell, float) else 0.0 for cell in table.column(field)]
    colours = [by_value(tuple(panel.steps), value) for value in values]
    drawn.barh(range(len(values)), values, color=colours, height=0.62)
    drawn.set_yticks(range(len(names)), [shortened(name, 24) for name in names])
    drawn.set_xticks([])
    drawn.invert_yaxis()
    drawn.axvline(0, color=theme.muted, linewidth=0.8)
    reach = 1.4 * max(map(abs, values), default=1.0) or 1.0
    drawn.set_xlim(-reach, reach)
    for i, value in enumerate(values):
        text = units.text(value, panel.unit, panel.decimals)
        place, side = (
            (value + 0.02 * reach, "left") if value >= 0 else (value - 0.02 * reach, "right")
        )
        drawn.text(place, i, text, va="center", ha=side, fontsize=7.5, color=theme.ink)
