"""How much the most work a machine does varies from run to run, beside sysbench."""

from __future__ import annotations

import itertools
import os
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program, find
from benchmarks.loadtest_runs import MeasuredRun, load_test
from benchmarks.quietness import OTHERS_LIMIT, measured_quietly
from loadtest.driving.spoiling import STEAL_LIMIT
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

RUNS = 10
QUICK_RUNS = 2
SYSBENCH_SECONDS = 3
LONGEST_RUN = 15.0
QUIET, BESIDE_NEIGHBOURS = Goal("<= 0.5", 0.5), Goal("<= 1", 1.0)
NOTES = [
    "A CV of ten runs is itself uncertain by a quarter: a ratio of two says half to twice.",
    "Quiet is a machine on which others took no more than 3 % of the CPU time, and nothing was "
    "stolen, in any round.",
    "On both sides a run waits for a quiet machine, and is repeated when other tasks took above "
    "3 % of the CPU time meanwhile.",
]


@dataclass
class _Rounds:
    """What came of the rounds so far.

    Attributes:
        ours: our runs.
        events: sysbench's events per second.
        others: of each round, the shares of CPU time that other tasks took beside us and sysbench.
        repeats: how many runs were made again because of that.
        failures: why runs of ours failed.
    """

    ours: list[MeasuredRun] = field(default_factory=list)
    events: list[float] = field(default_factory=list)
    others: list[list[float]] = field(default_factory=list)
    repeats: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def units(self) -> list[float]:
        """Units per second at full load, run by run."""
        return [one.document["max_units_per_second"] for one in self.ours]

    @property
    def quiet(self) -> bool:
        """Whether no neighbour was seen in any round."""
        stolen = [level["steal_ratio"] for one in self.ours for level in one.document["levels"]]
        return max(itertools.chain(*self.others), default=0.0) <= OTHERS_LIMIT and not any(
            share > STEAL_LIMIT for share in stolen
        )


def run(settings: Settings) -> Outcome:
    """Run both in turns; ours is the default run, whose curve is checked as well."""
    sysbench = find("sysbench")
    done = _rounds(settings, sysbench)
    facts: dict[str, object] = {
        "max_units_per_second": done.units,
        "sysbench_events_per_second": done.events,
        "invalid_reasons": [one.document["invalid_reasons"] for one in done.ours],
        "failures": done.failures,
        "others_ratio": done.others,
        "quiet": done.quiet,
        "repeats": done.repeats,
    }
    versions = {"perfanalysis": __version__, "sysbench": sysbench.version()}
    return Outcome(versions, _figures(done), facts, NOTES)


def _rounds(settings: Settings, sysbench: Program) -> _Rounds:
    done = _Rounds()
    runs = QUICK_RUNS if settings.quick else RUNS
    for number in range(runs):
        settings.say(f"round {number + 1} of {runs}")
        try:
            own = measured_quietly(settings, lambda: load_test(settings.folder, "--force"))
        except PerfAnalysisError as error:
            done.failures.append(str(error))
            continue
        beside = measured_quietly(settings, lambda: _events_per_second(sysbench))
        done.ours.append(own.value)
        done.events.append(beside.value)
        done.others.append([own.others, beside.others])
        done.repeats += own.repeats + beside.repeats
    return done


def _figures(done: _Rounds) -> list[Figure]:
    bare = [
        float(sum("lower" not in level for level in d))
        for d in (one.document["levels"] for one in done.ours)
    ]
    return [
        Figure(
            "spread (CV) of the rate at full load",
            "",
            [variation(done.units)],
            [variation(done.events)],
            "sysbench cpu, 3 s",
            QUIET if done.quiet else BESIDE_NEIGHBOURS,
        ),
        Figure("failed runs", "", [float(len(done.failures))], goal=Goal("0", 0.0)),
        Figure(
            "wall time of the whole curve, longest",
            "s",
            [max(one.wall_seconds for one in done.ours)],
            goal=Goal("<= 15 s", LONGEST_RUN),
        ),
        Figure("points without an interval", "", [max(bare)], goal=Goal("0", 0.0)),
    ]


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
    what="The rate at full load over ten runs in turns: our default run (2.5 s of its 14 s at "
    "full load) and sysbench's cpu test on all CPUs.",
    peer="sysbench",
    goal="CV <= 0.5 on a quiet machine, <= 1 beside neighbours; no failed run, curve <= 15 s",
    run=run,
)
