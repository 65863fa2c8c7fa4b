"""Several figures of several machines as polygons on axes that all run from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes

from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import Language


def draw(
    axes_names: Sequence[str],
    values: Mapping[str, Sequence[float | None]],
    places: Mapping[str, int],
    language: Language,
) -> bytes | None:
    """SVG, or None when there are fewer than three axes or nothing to draw.

    Args:
        axes_names: what each axis shows.
        values: by machine, a ratio 0..1 for each axis; None: unknown, which leaves the line open.
        places: of the machines, which give colours.
        language: of the labels.
    """
    if len(axes_names) < 3 or not values:
        return None
    angles = [2 * math.pi * i / len(axes_names) for i in range(len(axes_names))]
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 2.6)
        axes = drawn.add_subplot(projection="polar")
        axes.set_theta_offset(math.pi / 2)  # type: ignore[attr-defined]
        axes.set_theta_direction(-1)  # type: ignore[attr-defined]
        names = short_names(values, 34)
        for name, found in values.items():
            _polygon(axes, angles, found, places[name], names[name])
        axes.set_xticks(angles, [language.say(name) for name in axes_names])
        axes.tick_params(axis="x", labelcolor=style.INK, pad=4)
        axes.set_ylim(0, 1)
        axes.set_yticks([0.25, 0.5, 0.75, 1], ["25 %", "50 %", "75 %", "100 %"], fontsize=7)
        axes.spines["polar"].set_color(style.GRID)
        drawn.legend(loc="outside right upper")
        return style.svg(drawn)


def _polygon(
    axes: Axes, angles: Sequence[float], found: Sequence[float | None], place: int, name: str
) -> None:
    look, point = style.look(place), style.point(place)
    around = [*angles, angles[0]]
    ring = [math.nan if value is None else value for value in (*found, found[0])]
    axes.plot(around, ring, label=name, linewidth=1.3, **{**point, **look})
    if None not in found:
        axes.fill(around, ring, color=look["color"], alpha=0.06, linewidth=0)
