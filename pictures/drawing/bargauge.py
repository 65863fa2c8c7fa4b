"""Bar gauges: a horizontal bar for each value, with its name and figure."""

from __future__ import annotations

from matplotlib.figure import FigureBase

from pictures import units
from pictures.answers import PanelAnswer
from pictures.drawing.looks import Theme, axes, by_value, colour, shortened

_MOST = 14


def draw(answer: PanelAnswer, figure: FigureBase, theme: Theme) -> None:
    """Draw the bars from top to bottom, in the answer's order."""
    panel = answer.panel
    values = [(name, sample.value) for name, sample in answer.samples][:_MOST]
    drawn = axes(figure, panel, theme)
    drawn.grid(visible=False)
    drawn.spines["left"].set_visible(False)
    drawn.spines["bottom"].set_visible(False)
    places = range(len(values))
    coloured = len(panel.steps) > 1
    colours = [
        by_value(tuple(panel.steps), value) if coloured else colour("blue") for _, value in values
    ]
    drawn.barh(places, [value for _, value in values], color=colours, height=0.62)
    length = max(14, panel.width * 3)
    drawn.set_yticks(places, [shortened(name, length) for name, _ in values])
    drawn.set_xticks([])
    drawn.invert_yaxis()
    drawn.set_ylim(max(len(values) - 0.4, 3.6), -0.6)
    low = min([0.0, *(value for _, value in values)])
    high = max([panel.maximum or 0.0, *(value for _, value in values)])
    span = (high - low) or 1.0
    drawn.set_xlim(low - (0.12 * span if low < 0 else 0), high + 0.3 * span)
    for i, (_, value) in enumerate(values):
        text = units.text(value, panel.unit, panel.decimals)
        drawn.text(max(value, 0) + 0.02 * span, i, text, va="center", fontsize=7.5, color=theme.ink)
