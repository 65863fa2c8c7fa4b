"""How much the most work a machine does varies from run to run, beside sysbench."""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Sequence

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program, find
from benchmarks.loadtest_runs import LoadTest, load_test
from benchmarks.quietness import measured_quietly
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

RUNS = 20
QUICK_RUNS = 2
SYSBENCH_SECONDS = 3
LONGEST_RUN = 15.0
NOTES = [
    "A CV of twenty runs is itself uncertain by a sixth.",
    "On both sides a run waits for a quiet machine, and is repeated when other tasks took above "
    "3 % of the CPU time meanwhile.",
]


def run(settings: Settings) -> Outcome:
    """Run both in turns; ours is the default run, whose curve is checked as well."""
    sysbench = find("sysbench")
    ours: list[LoadTest] = []
    events: list[float] = []
    others: list[list[float]] = []
    repeats = 0
    failures: list[str] = []
    runs = QUICK_RUNS if settings.quick else RUNS
    for number in range(runs):
        settings.say(f"round {number + 1} of {runs}")
        try:
            done = measured_quietly(settings, lambda: load_test(settings.folder, "--force"))
        except PerfAnalysisError as error:
            failures.append(str(error))
            continue
        beside = measured_quietly(settings, lambda: _events_per_second(sysbench))
        ours.append(done.value)
        events.append(beside.value)
        others.append([done.others, beside.others])
        repeats += done.repeats + beside.repeats
    units = [done.document["max_units_per_second"] for done in ours]
    bare = [
        float(sum(not level["lower"] <= level["units_per_second"] <= level["upper"] for level in d))
        for d in (done.document["levels"] for done in ours)
    ]
    figures = [
        Figure(
            "spread (CV) of the rate at full load",
            "",
            [variation(units)],
            [variation(events)],
            "sysbench cpu, 3 s",
            Goal("<= 1", 1.0),
        ),
        Figure("failed runs", "", [float(len(failures))], goal=Goal("0", 0.0)),
        Figure(
            "wall time of the whole curve, longest",
            "s",
            [max(done.wall_seconds for done in ours)],
            goal=Goal("<= 15 s", LONGEST_RUN),
        ),
        Figure("points without an interval", "", [max(bare)], goal=Goal("0", 0.0)),
    ]
    facts: dict[str, object] = {
        "max_units_per_second": units,
        "sysbench_events_per_second": events,
        "valid": [done.document["valid"] for done in ours],
        "failures": failures,
        "others_ratio": others,
        "repeats": repeats,
    }
    versions = {"perfanalysis": __version__, "sysbench": sysbench.version()}
    return Outcome(versions, figures, facts, NOTES)


def variation(values: Sequence[float]) -> float:
    """The coefficient of variation: standard deviation over mean.

    Raises:
        PerfAnalysisError: there are fewer than two values.
    """
    if len(values) < 2:
        raise PerfAnalysisError(f"only {len(values)} runs succeeded: there is no spread")
    return statistics.stdev(values) / statistics.fmean(values)


def _events_per_second(sysbench: Program) -> float:
    threads = len(os.sched_getaffinity(0))
    arguments = ("cpu", f"--threads={threads}", f"--time={SYSBENCH_SECONDS}", "run")
    text = sysbench.run(*arguments, timeout=60)
    match = re.search(r"events per second:\s*([0-9.]+)", text)
    if not match:
        raise PerfAnalysisError("sysbench printed no events per second")
    return float(match[1])


CASE = Case(
    name="loadtest_spread",
    what="The rate at full load over twenty runs in turns: our default run (2.5 s of its 14 s at "
    "full load) and sysbench's cpu test on all CPUs.",
    peer="sysbench",
    goal="CV <= 1, no failed run, curve <= 15 s",
    run=run,
)
