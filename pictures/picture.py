"""A dashboard as one picture: its rows and panels where Grafana would put them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from grafana.dashboards.words import GRID_WIDTH, Dashboard
from pictures.answers import PanelAnswer
from pictures.drawing import panel
from pictures.drawing.looks import Theme
from reporter.charts.style import RULES

CELL_WIDTH = 0.62  # inches of one of Grafana's 24 columns
CELL_HEIGHT = 0.34  # inches of one row of its grid
_FINE = 160  # dots an inch of a panel that is laid into a picture
# Where every panel has a row of its own, the dashboard is for a narrow screen.
NARROW_CELL_WIDTH = 0.22
_HEAD = 2


def cell_width(dashboard: Dashboard) -> float:
    """Inches of one column of the grid."""
    narrow = all(panel.width == GRID_WIDTH for panel in dashboard.panels)
    return NARROW_CELL_WIDTH if narrow and len(dashboard.panels) > 1 else CELL_WIDTH


def places(dashboard: Dashboard) -> list[tuple[str, int, int, int, int]]:
    """Row headings and panels with left, top, width and height in cells of the grid.

    A heading's title begins with "# ". The order is that of the dashboard, headings included.
    """
    found: list[tuple[str, int, int, int, int]] = []
    top = 0
    for row in dashboard.rows:
        found.append((f"# {row.title}", 0, top, GRID_WIDTH, 1))
        top += 1
        left = line = 0
        for entry in row.panels:
            if left + entry.width > GRID_WIDTH:
                top, left, line = top + line, 0, 0
            found.append((entry.title, left, top, entry.width, entry.height))
            left, line = left + entry.width, max(line, entry.height)
        top += line
    return found


def png(dashboard: Dashboard, answers: Sequence[PanelAnswer], theme: Theme, dpi: int = 80) -> bytes:
    """The picture of a dashboard; ``answers`` are those of its panels, in order."""
    spots = places(dashboard)
    rows = max(top + height for _, _, top, _, height in spots) + _HEAD
    cell = cell_width(dashboard)
    width, height = GRID_WIDTH * cell, rows * CELL_HEIGHT
    waiting = list(answers)
    with mpl.rc_context(RULES):
        whole = Figure(figsize=(width, height), facecolor=theme.page)
        whole.text(
            0.01, 1 - 0.7 / rows, dashboard.title, fontsize=13, weight="bold", color=theme.ink
        )
        for title, left, top, wide, high in spots:
            if title.startswith("# "):
                y = 1 - (top + _HEAD + 0.7) / rows
                whole.text(0.01, y, title[2:], fontsize=9.5, color=theme.ink, weight="bold")
                continue
            answer = waiting.pop(0)
            image = panel_png(answer, theme, _FINE, cell)
            _place(whole, image, (left, top + _HEAD, wide, high), rows)
        stream = io.BytesIO()
        whole.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()


def panel_png(answer: PanelAnswer, theme: Theme, dpi: int = 80, cell: float = CELL_WIDTH) -> bytes:
    """The picture of one panel; ``cell`` is the width of a column of the grid, in inches."""
    size = (answer.panel.width * cell, answer.panel.height * CELL_HEIGHT)
    with mpl.rc_context(RULES):
        drawn = Figure(figsize=size, layout="constrained", facecolor=theme.panel)
        panel.draw(answer, drawn, theme)
        stream = io.BytesIO()
        drawn.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()


def _place(whole: Figure, data: bytes, place: tuple[int, int, int, int], rows: int) -> None:
    """Lay a panel's picture where it belongs."""
    left, top, wide, high = place
    image = mpl.image.imread(io.BytesIO(data))
    gap_x, gap_y = 0.04 / GRID_WIDTH, 0.06 / rows
    box = (
        left / GRID_WIDTH + gap_x,
        1 - (top + high) / rows + gap_y,
        wide / GRID_WIDTH - 2 * gap_x,
        high / rows - 2 * gap_y,
    )
    spot = whole.add_axes(box)
    spot.set_axis_off()
    spot.imshow(image, aspect="auto", interpolation="antialiased")
