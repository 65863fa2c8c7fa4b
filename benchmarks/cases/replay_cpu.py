"""How near a machine's CPU time comes to a recorded one replayed on it, beside stress-ng."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.load_generators import Program, find
from benchmarks.replay_runs import Followed, ReplayShape, Trace, followed
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures"
# Parts in which load rises, stays and falls.
TRACES = (
    Trace("azure-pcd-server-01.nested.jsonl.gz", 5, 12),
    Trace("azure-suse.jsonl.gz", 112, 12),
)
ROUNDS = 3
QUOTA = 0.75
NOTES = [
    "Parts of two recordings at 5 times their speed: ticks of 1 s. Utilisation itself is followed, "
    "on one CPU, on all of them, and in a control group with a quota.",
    "stress-ng is started for each tick at the nearest whole percent. Each run is a control group "
    "that goes before whatever else runs, and both sides are read from the group's use at the ends "
    "of their own ticks: other load on the machine is no part of it. `replay_cpu_stat` is the same "
    "by /proc/stat, which needs a machine with nothing else on it.",
]


def run(settings: Settings) -> Outcome:
    """Follow each trace on each shape, with ours and with the other in turns."""
    return outcome(settings, shapes(), NOTES)


def outcome(settings: Settings, wanted: Sequence[ReplayShape], notes: list[str]) -> Outcome:
    """The same on these shapes."""
    stress = find("stress-ng")
    if not CAPTURES.is_dir():
        raise PeerMissingError(f"{CAPTURES} is missing: it holds the recordings")
    rounds = 1 if settings.quick else ROUNDS
    ours: list[list[Followed]] = []
    peer: list[list[Followed]] = []
    said: list[dict[str, object]] = []
    for number in range(rounds):
        ours.append([])
        peer.append([])
        for shape in wanted:
            for trace in TRACES:
                for side, program in ((ours, None), (peer, stress)):
                    found = _followed(trace, shape, program)
                    side[-1].append(found)
                    said.append(_fact(number, shape, trace, program, found))
                settings.say(
                    f"round {number + 1} of {rounds}, {shape.name}, {trace.capture}: "
                    f"{_distance(ours[-1][-1]):.2%} beside {_distance(peer[-1][-1]):.2%}"
                )
    return Outcome(
        {"perfanalysis": __version__, "stress-ng": stress.version()},
        _figures(ours, peer),
        {"runs": said},
        notes,
    )


def shapes() -> tuple[ReplayShape, ...]:
    """The shapes of this machine."""
    cpus = tuple(sorted(os.sched_getaffinity(0)))
    return (
        ReplayShape("one CPU", cpus[-1:]),
        ReplayShape("all CPUs", cpus),
        ReplayShape(f"a quota of {QUOTA:g} CPUs", cpus[-1:], QUOTA),
    )


def _followed(trace: Trace, shape: ReplayShape, program: Program | None) -> Followed:
    found = followed(trace, CAPTURES, shape, program)
    if found.cpu.mean_absolute_error is None:
        raise PerfAnalysisError(f"{trace.capture}: nothing was compared")
    return found


def _figures(ours: list[list[Followed]], peer: list[list[Followed]]) -> list[Figure]:
    against = "stress-ng --cpu-load, started for each tick"
    return [
        Figure(
            "mean distance per tick over all shapes and traces",
            "",
            [statistics.fmean(map(_distance, found)) for found in ours],
            [statistics.fmean(map(_distance, found)) for found in peer],
            against,
            Goal("<= 1/3", 1 / 3),
        ),
        Figure(
            "largest mean distance per tick of a shape and trace",
            "",
            [max(map(_distance, found)) for found in ours],
            goal=Goal("<= 1 point", 0.01),
        ),
        Figure(
            "smallest correlation of a shape and trace",
            "",
            [min(map(_correlation, found)) for found in ours],
            goal=Goal(">= 0.99", 1.0, 0.99),
        ),
    ]


def _distance(found: Followed) -> float:
    return found.cpu.mean_absolute_error or 0.0


def _correlation(found: Followed) -> float:
    return found.cpu.correlation or 0.0


def _fact(
    number: int, shape: ReplayShape, trace: Trace, program: Program | None, found: Followed
) -> dict[str, object]:
    return {
        "round": number + 1,
        "shape": shape.name,
        "capture": trace.capture,
        "side": "perfanalysis" if program is None else "stress-ng",
        "mean_distance": found.cpu.mean_absolute_error,
        "bias": found.cpu.bias,
        "p95": found.cpu.p95_error,
        "correlation": found.cpu.correlation,
        "others_ratio": found.others,
    }


CASE = Case(
    name="replay_cpu",
    what="Recorded CPU time followed on one CPU, all CPUs and in a quota.",
    peer="stress-ng --cpu-load tick by tick",
    goal="<= 1 point a tick, and 1/3 of its distance",
    run=run,
)
