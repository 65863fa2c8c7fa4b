"""Scatter plots: points by two fields, and lines where a series is joined."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from grafana.dashboards.words import Panel
from pictures import units
from pictures.answers import PanelAnswer
from pictures.drawing.looks import PALETTE, Theme, axes, shortened

_EDGE = 0.8  # share of the highest x
_MOST_NAMES = 12  # of more points than that the names would lie upon each other

Point = tuple[float, float, str]


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw each series; each point carries the text of the table's first text field."""
    panel, table = answer.panel, answer.table
    assert table is not None
    drawn = axes(figure, panel, theme)
    named = next((f for f in table.fields if any(isinstance(c, str) for c in table.column(f))), "")
    series: list[list[Point]] = [
        [
            (x, y, str(row.get(named, "")))
            for row in table.rows
            if isinstance(x := row.get(scatter.x), float)
            and isinstance(y := row.get(scatter.y), float)
        ]
        for scatter in panel.scatters
    ]
    for i, (scatter, points) in enumerate(zip(panel.scatters, series, strict=True)):
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        line = "-" if scatter.joined else ""
        drawn.plot(xs, ys, "o" + line, color=PALETTE[i], markersize=6, label=scatter.y)
    # The last series is the narrowest choice: those that no other beats.
    _name(drawn, series[0] if len(series[0]) <= _MOST_NAMES else series[-1], theme)
    _scales(drawn, panel, theme)
    figure.legend(
        loc="outside lower left", ncols=3, fontsize=6.5, frameon=False, labelcolor=theme.muted
    )


def _name(drawn: Axes, points: list[Point], theme: Theme) -> None:
    """Write the points' names beside them; those near the right edge stand to their left."""
    furthest = max((x for x, _, _ in points), default=0.0)
    for x, y, name in points[:_MOST_NAMES]:
        at_edge = x > _EDGE * furthest
        drawn.annotate(
            shortened(name, 26),
            (x, y),
            textcoords="offset points",
            xytext=(-6 if at_edge else 6, -10),
            ha="right" if at_edge else "left",
            fontsize=6.5,
            color=theme.muted,
        )


def _scales(drawn: Axes, panel: Panel, theme: Theme) -> None:
    """Both axes from 0, in their units, with what they say."""
    x_unit = {s.field: dict(s.settings) for s in panel.styles}.get(panel.scatters[0].x, {})
    unit = str(x_unit.get("unit", panel.unit))
    drawn.xaxis.set_major_formatter(FuncFormatter(lambda value, _: units.tick(value, unit)))
    drawn.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    # Room for the points at the edges, and their names, before the lower ends are set.
    drawn.margins(0.15)
    drawn.set_xlim(left=0)
    drawn.set_ylim(bottom=0)
    drawn.set_xlabel(panel.scatters[0].x, color=theme.muted, fontsize=7)
    drawn.set_ylabel(panel.scatters[0].y, color=theme.muted, fontsize=7)
