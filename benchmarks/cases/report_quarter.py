"""The report of eight machines over ninety days, of every sample, and numpy over the raw ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_history.machines import MadeMachine
from benchmarks.made_history.quarter import END, START, busy_by_numpy, made_series, quarter
from benchmarks.report_runs import Reporter, cost_figures, data_notes, served
from perfanalysis import __version__

MACHINES = 8
ROUNDS = 3
FAMILIES = "those of the fleet"


def run(settings: Settings) -> Outcome:
    """Report the quarter, and hold its figures against numpy."""
    made = quarter(MACHINES, settings.say)
    with served(made, settings.folder) as reporter:
        ours = Reporter(reporter.url, reporter.folder, START, END)
        costs = [ours.report("machine", "pdf")[1] for _ in range(1 if settings.quick else ROUNDS)]
        document, _ = ours.report("machine", "json")
    figures = [
        *cost_figures(
            "8 machines over 90 days, from command to PDF",
            costs,
            seconds=Goal("<= 20 s", 20.0),
            peak=Goal("<= 400 MB", 4e8),
        ),
        Figure(
            "largest difference from numpy over the raw samples",
            "points",
            [largest_difference(document)],
            goal=Goal("<= 0.1 points", 0.1),
        ),
    ]
    notes = [
        *data_notes(made, FAMILIES, "60 s"),
        "The difference is the largest of mean, P50, P95, P99 and maximum of CPU busy, of all"
        " machines, in percentage points.",
    ]
    return Outcome({"perfanalysis": __version__}, figures, made.facts, notes)


def largest_difference(document: Path) -> float:
    """Of the statistics of all machines, in percentage points."""
    found = json.loads(document.read_bytes())["findings"]["machines"]
    every = made_series(MACHINES)
    worst = 0.0
    for machine in (MadeMachine(number) for number in range(MACHINES)):
        busy, own = busy_by_numpy(machine, every), found[machine.name]["cpu_busy"]
        p50, p95, p99 = np.percentile(busy, (50, 95, 99), method="inverted_cdf")
        truth = {"mean": busy.mean(), "p50": p50, "p95": p95, "p99": p99, "maximum": busy.max()}
        worst = max(worst, *(100 * abs(own[name] - float(truth[name])) for name in truth))
    return worst


CASE = Case(
    name="report_quarter",
    what="The report of eight machines over ninety days at 60 s, statistics of every sample, out "
    "of a Prometheus on the same machine.",
    peer="numpy over the raw samples, by the same rule",
    goal="<= 20 s, <= 400 MB; differences <= 0.1 points",
    run=run,
)
