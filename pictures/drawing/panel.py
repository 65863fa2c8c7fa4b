"""One panel: its title, and its answer drawn by its kind."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import FigureBase

from pictures.answers import PanelAnswer
from pictures.drawing import (
    barchart,
    bargauge,
    stat,
    status_history,
    table,
    timeseries,
    trend,
    xychart,
)
from pictures.drawing.looks import Theme, nothing, shortened

_KINDS: dict[str, Callable[[PanelAnswer, FigureBase, Theme], None]] = {
    "barchart": barchart.draw,
    "bargauge": bargauge.draw,
    "stat": stat.draw,
    "status-history": status_history.draw,
    "table": table.draw,
    "timeseries": timeseries.draw,
    "trend": trend.draw,
    "xychart": xychart.draw,
}


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw a panel into a part of a figure."""
    panel = answer.panel
    title = shortened(panel.title, max(12, panel.width * 6))
    figure.suptitle(
        title, x=0.25 / panel.width, ha="left", fontsize=8.5, weight="bold", color=theme.ink
    )
    if answer.fault:
        nothing(figure, "the query failed", theme)
    elif answer.empty:
        streamed = "streamed by Grafana Live" if panel.stream else "No data"
        nothing(figure, panel.no_value or streamed, theme)
    else:
        _KINDS[panel.kind](answer, figure, theme)
