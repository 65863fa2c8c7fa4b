"""CPU time of all machines by mode, in the mean: for more machines than have a figure each."""

from __future__ import annotations

import numpy as np

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.figures.figure import Chart, Figure
from reporter.figures.modes import CPU_BY_MODE
from reporter.figures.notes import MOST_BARS, first_only
from reporter.figures.table import Cell, Table

IDLE = "idle"


def draw(data: ReportData) -> Chart:
    """The busiest at the top."""
    from reporter.charts import mode_bars

    found = [(m.name, shares) for m in data.machines if (shares := _shares(data, m))]
    found.sort(key=lambda one: (_busy(one[1]), one[0]), reverse=True)
    rows: list[tuple[Cell, ...]] = [
        (name, mode, share) for name, shares in found for mode, share in sorted(shares.items())
    ]
    shown = found[:MOST_BARS]
    return Chart(
        mode_bars.draw(shown, data.language),
        Table(("machine", "mode", "share"), rows),
        notes=first_only(data, len(shown), len(found)),
    )


def _shares(data: ReportData, machine: Machine) -> dict[str, float]:
    return {
        one.labels.get("mode", ""): float(np.nanmean(one.values))
        for one in data.series(CPU_BY_MODE, machine)
        if np.isfinite(one.values).any()
    }


def _busy(shares: dict[str, float]) -> float:
    return sum(share for mode, share in shares.items() if mode not in {IDLE, "iowait", "steal"})


FIGURE = Figure(
    name="modes_of_all",
    title="CPU time by mode",
    caption="What the CPU time went into in the mean over the range, the busiest machine first; the"
    " white at the right is idle. Steal is time that the hypervisor gave to others.",
    queries=(CPU_BY_MODE,),
    draw=draw,
)
