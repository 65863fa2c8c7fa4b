"""The look that all charts share, and the way from a figure to an SVG.

Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which stay apart for people
who do not see all colours; each machine also has its own line and marker. Where the colours begin
anew, lines and markers do not.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from perfanalysis.promql import Floats
from reporter.charts.canvas import Canvas
from reporter.charts.clock_marks import marks
from reporter.charts.marks import InUnits, Marks
from reporter.charts.plain_svg import plain
from reporter.language import ENGLISH, Language

INK = "#1f2933"
MUTED = "#616e7c"
GRID = "#e4e7eb"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D1F")
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
HEAT = "YlGnBu"
# Ground of a heat map where nothing is known: none of its colours is grey.
UNKNOWN = "#cbd2d9"
BAD = "#b44d12"
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

# Dots per inch that SVG is drawn with, whatever the figure says.
_SVG_DPI = 72
# matplotlib's own type of this lists all of its keys; a plain mapping is what it takes.
RULES: dict[Any, Any] = {
    "font.family": ["Inter", "DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": "#9aa5b1",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "legend.frameon": False,
    # Text as text, not as the paths of its letters: it can be found, and is laid out sooner.
    "svg.fonttype": "none",
    # A name with two dollars in it is no formula.
    "text.parse_math": False,
    "svg.hashsalt": "perfanalysis",
}


def figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches, in the house style."""
    with mpl.rc_context(RULES):
        drawn = Figure(figsize=(width, height), layout="constrained", dpi=_SVG_DPI)
        Canvas(drawn)
        return drawn


def svg(drawn: Figure) -> bytes:
    """The figure as SVG; the same figure gives the same bytes."""
    stream = io.BytesIO()
    with mpl.rc_context(RULES):
        # With a layout engine, savefig draws all twice: once only for the layout.
        if engine := drawn.get_layout_engine():
            engine.execute(drawn)
        drawn.set_layout_engine(None)
        drawn.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return plain(stream.getvalue())


def colour(place: int) -> str:
    """Colour of a machine or line by its place."""
    return COLOURS[place % len(COLOURS)]


def look(place: int) -> dict[str, Any]:
    """Colour and dashes of a machine or line by its place; the 33rd looks as the first."""
    dashes = DASHES[(place + place // len(COLOURS)) % len(DASHES)]
    return {"color": colour(place), "linestyle": dashes}


def point(place: int, *, sound: bool = True) -> dict[str, Any]:
    """Colour and marker of a machine by its place; the 65th looks as the first.

    Args:
        place: of the machine.
        sound: whether its load test was undisturbed; else the marker is hollow.
    """
    marker = MARKERS[(place + place // len(COLOURS)) % len(MARKERS)]
    filled = colour(place) if sound else "white"
    return {"color": colour(place), "marker": marker, "markerfacecolor": filled}


def bar(place: int, *, sound: bool = True) -> dict[str, Any]:
    """Colours of a machine's bar by its place; hollow where its load test was disturbed."""
    filled = colour(place) if sound else "white"
    return {"facecolor": filled, "edgecolor": colour(place), "linewidth": 1.0}


def row_height(rows: int) -> float:
    """Inches of a row of a chart that has one for each machine: many have less room each."""
    return 0.33 if rows <= 12 else 0.16


def in_units(axis: Axis, unit: float, form: Callable[[float, int], str] | None = None) -> None:
    """Put an axis's marks at round multiples of a unit, such as a MiB of an axis in bytes.

    Args:
        axis: with its limits set, or to be set.
        unit: in the axis's own unit.
        form: the words of a mark: of its value, and the decimals that tell the marks apart.
    """
    axis.set_major_locator(InUnits(unit))
    if form:
        axis.set_major_formatter(Marks(unit, form))


def heat(axes: Axes, cells: Floats, extent: tuple[float, float, float, float]) -> AxesImage:
    """Cells of ratios 0..1 as a heat map, each a pixel of the picture, however large it is shown.

    Args:
        axes: to draw on.
        cells: in rows; NaN: unknown, which is grey.
        extent: left, right, bottom and top edge.
    """
    axes.set_facecolor(UNKNOWN)
    axes.grid(visible=False)
    # Without "none" the picture has as many pixels as points, and some columns have none of them.
    return axes.imshow(
        cells, aspect="auto", interpolation="none", cmap=HEAT, vmin=0, vmax=1, extent=extent
    )


def columns(labels: Sequence[str]) -> int:
    """In how many columns a legend of these labels fits above a chart."""
    longest = max(map(len, labels), default=1)
    return max(1, min(3, len(labels), 110 // (longest + 8)))


def clock(axes: Axes, start: float, end: float, language: Language = ENGLISH) -> None:
    """Label a time axis in the zone of the language's readers; data are Unix seconds.

    Args:
        axes: the axes, whose x axis is time.
        start: left end, Unix seconds.
        end: right end, Unix seconds.
        language: of the label, and the zone.
    """
    span = end - start
    steps = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
    step = next((s for s in steps if span / s <= 7), 86400 * max(1, round(span / 86400 / 7)))
    ticks = marks(start, end, step, language.zone)
    days = "%d.%m." if language.name == "de" else "%m-%d"
    form = "%H:%M:%S" if step < 60 else "%H:%M" if step < 86400 else days
    axes.set_xticks(ticks, [datetime.fromtimestamp(t, language.zone).strftime(form) for t in ticks])
    axes.set_xlim(start, end)
    axes.set_xlabel(language.say("time ({zone})", zone=language.zone_name))
