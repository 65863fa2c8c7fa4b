"""The pattern of the day and the week: hours across, weekdays down, darker is busier."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np

from perfanalysis.promql import Floats
from reporter.analysis.utilisation import DAYS
from reporter.charts import style
from reporter.language import Language


def draw(cells: Floats, language: Language) -> bytes | None:
    """SVG, or None when fewer than six hours are known.

    Args:
        cells: mean busy ratio (0..1) by weekday (rows, Monday first) and hour; NaN: unknown.
        language: of the labels.
    """
    days = np.flatnonzero(np.isfinite(cells).any(axis=1))
    if np.isfinite(cells).sum() < 6:
        return None
    with mpl.rc_context(style.RULES):
        drawn = style.figure(6.9, 0.9 + 0.2 * len(days))
        axes = drawn.subplots()
        shown = cells[days]
        picture = style.heat(axes, shown, (-0.5, 23.5, len(days) - 0.5, -0.5))
        for (row, hour), value in np.ndenumerate(shown):
            if np.isfinite(value):
                ink = "white" if value > 0.55 else style.INK
                text = f"{value * 100:.0f}"
                axes.text(hour, row, text, ha="center", va="center", color=ink, fontsize=7)
        axes.set_xticks(range(24))
        axes.set_yticks(range(len(days)), [language.say(DAYS[day]) for day in days])
        axes.set_xlabel(language.say("hour of the day ({zone})", zone=language.zone_name))
        bar = drawn.colorbar(picture, ax=axes, pad=0.01, aspect=10)
        bar.outline.set_visible(False)
        bar.set_ticks([0, 0.5, 1], labels=["0 %", "50 %", "100 %"])
        return style.svg(drawn)
