"""How near predictions come to the work done on another part of this machine."""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.captured_recordings import recording_of
from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.cases.replay_cpu import CAPTURES, TRACES
from benchmarks.replay_runs import Trace
from benchmarks.work_runs import TICK_SECONDS, busy_with, curve_of
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results import reading
from workload.candidates.measured import candidate_of, machines_of
from workload.prediction.band import Band
from workload.prediction.candidate import Candidate, Floats
from workload.prediction.curves import work_at
from workload.prediction.predict import Predictor
from workload.prediction.usage import Usage
from workload.prediction.wishes import Wishes
from workload.usage_of import usage_of

ROUNDS = 3
# What the process itself costs beside the kernel: less than the counters' own step.
FULL = 0.97
NOTES = [
    "Both shapes are measured by a load test of kernel `integer`; the recorded busy levels of one "
    "are predicted for the other. Then the units that the source does at these levels are done on "
    "the other, in each tick of 1 s, and how busy they kept it is counted: no level is held, so "
    "that the curves themselves are tried.",
    "The load test and the work are control groups that go before whatever else runs. Ticks that "
    "need more than the shape has are not compared. The interval is that of one run of each shape; "
    "the work is of the kernel's own kind. Where others kept the machine busy during a load test, "
    "its levels are taken for those that were asked for, and not for what /proc/stat has.",
]


@dataclass(frozen=True)
class Tried:
    """One trace from one shape to another: predicted, and done; arrays over the ticks."""

    predicted: Band
    done: Floats

    @property
    def error(self) -> Floats:
        """Predicted less done."""
        found: Floats = self.predicted.value - self.done
        return found

    @property
    def held(self) -> Floats:
        """1 where the interval held, else 0."""
        inside = (self.predicted.lower <= self.done) & (self.done <= self.predicted.upper)
        return inside.astype(np.float64)


def run(settings: Settings) -> Outcome:
    """Try each trace in both directions."""
    if not CAPTURES.is_dir():
        raise PeerMissingError(f"{CAPTURES} is missing: it holds the recordings")
    cpus = tuple(sorted(os.sched_getaffinity(0)))
    if len(cpus) < 2:
        raise PeerMissingError("another shape of this machine: it has one CPU")
    rounds: list[list[Tried]] = []
    facts: list[dict[str, object]] = []
    for number in range(1 if settings.quick else ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            shapes = {
                "all CPUs": (cpus, _measured("all CPUs", Path(folder) / "all", cpus)),
                "one CPU": (cpus[-1:], _measured("one CPU", Path(folder) / "one", cpus[-1:])),
            }
        rounds.append([])
        for source, other in (("all CPUs", "one CPU"), ("one CPU", "all CPUs")):
            for trace in TRACES:
                found = _tried(trace, shapes[source][1], shapes[other][1], shapes[other][0])
                rounds[-1].append(found)
                facts.append(_fact(number, f"{source} to {other}", trace, found))
                distance = float(np.abs(found.error).mean())
                settings.say(
                    f"round {number + 1}, {source} to {other}, {trace.capture}: {distance:.2%},"
                    f" held in {found.held.mean():.0%} of {len(found.done)} ticks"
                )
    return Outcome({"perfanalysis": __version__}, _figures(rounds), {"runs": facts}, NOTES)


def _measured(name: str, folder: Path, cpus: Sequence[int]) -> Candidate:
    tree: dict[str, Any] = curve_of(folder, cpus)
    if not tree["valid"]:
        # Spoiled by what others did beside: the counters are theirs, too, and the workers' levels
        # those that were asked for. Such a run is of use here, and nowhere else.
        tree["valid"], tree["invalid_reasons"] = True, []
        for level in tree["levels"]:
            level["busy_ratio"] = level["busy"] / 100
    measured = machines_of([reading.from_json(tree, name)], len(cpus))
    found = candidate_of(measured, name)
    if found is None or not found.curves:
        raise PerfAnalysisError(f"{name}: no curve: {'; '.join(measured.left_out)}")
    return replace(found, cpus=len(cpus))


def _tried(trace: Trace, source: Candidate, other: Candidate, cpus: Sequence[int]) -> Tried:
    usage = usage_of(recording_of(CAPTURES / trace.capture))
    part = slice(trace.first, trace.first + trace.ticks)
    # Each tick is done in TICK_SECONDS, whatever it took when it was recorded.
    starts = np.arange(float(len(usage.starts))) * TICK_SECONDS
    usage = replace(
        usage,
        starts=starts,
        ends=starts + TICK_SECONDS,
        cpus=np.full(len(starts), float(source.cpus)),
    )
    usage = _part(usage, part)
    found = Predictor([source, other], Wishes()).predict(usage, source)
    predicted = found.busy_over_time(1)
    (curve,) = next(iter(source.curves.values()))
    units = work_at(curve, found.demand.busy)
    kept = np.isfinite(predicted.value) & (predicted.value <= FULL)
    if not kept.any():
        raise PerfAnalysisError(f"{trace.capture}: no tick that {other.name} has room for")
    done = np.array(busy_with(units[kept].tolist(), cpus))
    bands = (predicted.value, predicted.lower, predicted.upper)
    return Tried(Band(*(one[kept] for one in bands)), done)


def _part(usage: Usage, part: slice) -> Usage:
    """Some of the intervals; CPUs of the recorded machine are not those of the shape."""
    columns: dict[str, Any] = {
        name: value[part]
        for name, value in vars(usage).items()
        if isinstance(value, np.ndarray) and name != "busiest_cpu"
    }
    return replace(usage, **columns, busiest_cpu=None, bursts=None)


def _figures(rounds: Sequence[Sequence[Tried]]) -> list[Figure]:
    def by_round(of: str) -> list[float]:
        each = [np.concatenate([getattr(one, of) for one in found]) for found in rounds]
        return [float(np.abs(one).mean()) for one in each]

    bias = [float(np.concatenate([one.error for one in found]).mean()) for found in rounds]
    worst = [max(float(np.abs(one.error).mean()) for one in found) for found in rounds]
    return [
        Figure(
            "mean distance of prediction and work done, a tick",
            "",
            by_round("error"),
            goal=Goal("<= 3 points", 0.03),
        ),
        Figure("largest mean distance of a trace and direction", "", worst),
        Figure("size of the bias", "", [abs(one) for one in bias]),
        Figure(
            "ticks in which the interval held", "", by_round("held"), goal=Goal(">= 90 %", 1.0, 0.9)
        ),
        Figure(
            "mean width of the interval",
            "",
            [
                statistics.fmean(
                    float((one.predicted.upper - one.predicted.lower).mean()) for one in found
                )
                for found in rounds
            ],
        ),
    ]


def _fact(number: int, way: str, trace: Trace, found: Tried) -> dict[str, object]:
    return {
        "round": number + 1,
        "way": way,
        "capture": trace.capture,
        "ticks": len(found.done),
        "predicted": found.predicted.value.tolist(),
        "lower": found.predicted.lower.tolist(),
        "upper": found.predicted.upper.tolist(),
        "done": found.done.tolist(),
    }


CASE = Case(
    name="prediction_against_replay",
    what="Recorded CPU time predicted for another part of this machine, and its work done there.",
    peer="",
    goal="mean error <= 3 points, interval holds >= 90 % of ticks",
    run=run,
)
