"""Bar charts: a group of bars for each value of the x field."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import FigureBase

from pictures.answers import PanelAnswer
from pictures.drawing.looks import PALETTE, Theme, axes, shortened


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw the table's numeric fields as bars side by side."""
    panel, table = answer.panel, answer.table
    assert table is not None
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
