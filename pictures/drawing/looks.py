"""The two themes, colours by Grafana's names, and what all panels share."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from grafana.dashboards.words import Panel, Step
from pictures import units

COLOURS = {
    "green": "#56a64b",
    "light-green": "#96d98d",
    "yellow": "#e0b400",
    "orange": "#ff780a",
    "red": "#e02f44",
    "dark-red": "#ad0317",
    "blue": "#3274d9",
    "purple": "#8f3bb8",
    "light-purple": "#ca95e5",
    "text": "#8e8e8e",
    "transparent": "#9aa5b1",
}
# Grafana's classic palette begins so.
PALETTE = (
    "#3274d9",
    "#ff780a",
    "#56a64b",
    "#e02f44",
    "#8f3bb8",
    "#e0b400",
    "#1fa8a8",
    "#a352cc",
    "#7b8c3f",
    "#c4162a",
)


@dataclass(frozen=True)
class Theme:
    """Colours of the page, a panel, its text and its grid."""

    page: str
    panel: str
    ink: str
    muted: str
    grid: str


LIGHT = Theme("#f4f5f5", "#ffffff", "#24292e", "#6e7781", "#e4e7eb")
DARK = Theme("#111217", "#181b1f", "#ccccdc", "#8e8e98", "#2c3235")


def colour(name: str) -> str:
    """A colour by Grafana's name."""
    return COLOURS.get(name, name)


def by_value(steps: list[Step] | tuple[Step, ...], value: float) -> str:
    """The colour of the highest step that a value reaches."""
    found = "green"
    for step in steps:
        if step.value is None or value >= step.value:
            found = step.colour
    return colour(found)


_BINARY = frozenset({"bytes", "KiBs"})


class _BinarySteps(MaxNLocator):
    """Steps that are round in KiB, MiB, GiB."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """The places of the ticks between two values."""
        size = 1.0
        while max(abs(vmin), abs(vmax)) >= 1024 * size:
            size *= 1024
        return [size * place for place in super().tick_values(vmin / size, vmax / size)]


def axes(figure: FigureBase, panel: Panel, theme: Theme) -> Axes:
    """Axes in the theme, with the unit on the y axis."""
    drawn = figure.add_subplot()
    drawn.set_facecolor(theme.panel)
    for side in ("top", "right"):
        drawn.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        drawn.spines[side].set_color(theme.grid)
    drawn.tick_params(colors=theme.muted, labelsize=7)
    drawn.grid(visible=True, color=theme.grid, linewidth=0.6)
    drawn.set_axisbelow(True)
    drawn.yaxis.set_major_locator(_BinarySteps(5) if panel.unit in _BINARY else MaxNLocator(5))
    drawn.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: units.tick(value, panel.unit, panel.decimals))
    )
    return drawn


def nothing(figure: FigureBase, words: str, theme: Theme) -> None:
    """Say that there is nothing to draw, as Grafana does."""
    figure.text(0.5, 0.42, words, ha="center", va="center", fontsize=9, color=theme.muted)


def shortened(words: str, length: int) -> str:
    """Words that fit: their middle goes."""
    if len(words) <= length:
        return words
    head = (length - 1) // 2
    return f"{words[:head]}…{words[-(length - 1 - head) :]}"
