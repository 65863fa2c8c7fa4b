"""Tables: the first rows, cells coloured by thresholds, courses as little lines."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from grafana.dashboards.words import Panel, Style
from pictures import units
from pictures.answers import PanelAnswer
from pictures.drawing.looks import PALETTE, Theme, by_value, colour, shortened
from pictures.frames import Cell

_ROWS_A_CELL = 1.05


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw the heads and as many rows as the panel's height holds; say how many more there are."""
    panel, table = answer.panel, answer.table
    assert table is not None
    room = max(1, int(panel.height * _ROWS_A_CELL) - 2)
    rows = table.rows[:room]
    drawn = figure.add_subplot()
    drawn.set_axis_off()
    lines = max(len(rows) + 1, room + 1)
    drawn.set_xlim(0, 1)
    drawn.set_ylim(lines, 0)
    styles = {style.field: style for style in panel.styles}
    edges = _edges(table.fields, rows, panel, styles)
    for j, name in enumerate(table.fields):
        fits = max(4, int((edges[j + 1] - edges[j]) * panel.width * 6.2))
        at = edges[j] + 0.004
        drawn.text(
            at, 0.5, shortened(name, fits), va="center", fontsize=7, weight="bold", color=theme.ink
        )
        for i, row in enumerate(rows):
            _cell(drawn, (at, i + 1.0, edges[j + 1]), row.get(name), panel, styles.get(name), theme)
    drawn.axhline(0.98, color=theme.grid, linewidth=0.8)
    if len(table.rows) > len(rows):
        more = f"{len(table.rows) - len(rows)} more rows"
        drawn.text(1, lines - 0.1, more, ha="right", va="bottom", fontsize=6.5, color=theme.muted)


def _edges(
    names: list[str], rows: list[dict[str, Cell]], panel: Panel, styles: dict[str, Style]
) -> list[float]:
    """Where columns begin and end (0..1), each as wide as its longest text needs."""
    needs = []
    for name in names:
        texts = [_text(row.get(name), panel, styles.get(name))[0] for row in rows]
        longest = max([len(name), *(len(text) for text in texts)])
        course = any(isinstance(row.get(name), list) for row in rows)
        needs.append(40 if course else min(longest, 40) + 2)
    total = sum(needs)
    return [float(edge) for edge in np.concatenate([[0], np.cumsum(needs) / total])]


def _cell(  # noqa: PLR0913, PLR0917 - what a cell depends on
    drawn: Axes,
    place: tuple[float, float, float],
    cell: Cell,
    panel: Panel,
    style: Style | None,
    theme: Theme,
) -> None:
    left, top, right = place
    if isinstance(cell, list):
        values = np.array(cell, dtype=float)
        high = panel.maximum or float(np.nanmax(values)) or 1.0
        xs = np.linspace(left, right - 0.01, len(values))
        drawn.plot(xs, top + 0.9 - 0.8 * values / high, color=PALETTE[0], linewidth=0.9)
        return
    text, ink = _text(cell, panel, style)
    fits = max(4, int((right - left) * panel.width * 6.4))
    drawn.text(
        left, top + 0.5, shortened(text, fits), va="center", fontsize=7, color=ink or theme.ink
    )


def _text(cell: Cell, panel: Panel, style: Style | None) -> tuple[str, str]:
    """What a cell says, and in which colour ("" for the theme's)."""
    if isinstance(cell, str):
        return cell, ""
    if cell is None or isinstance(cell, list):
        return "", ""
    settings = dict(style.settings) if style else {}
    for words in style.values if style else ():
        if words.value == cell:
            return words.text, colour(words.colour)
    unit = str(settings.get("unit", panel.unit))
    decimals = settings.get("decimals", panel.decimals)
    text = units.text(cell, unit, decimals if isinstance(decimals, int) else None)
    coloured = "custom.cellOptions" in settings and len(panel.steps) > 1
    return text, by_value(tuple(panel.steps), cell) if coloured else ""
