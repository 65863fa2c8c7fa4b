"""How near the reached busy level comes to the asked one, beside stress-ng."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from functools import partial

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program, find
from benchmarks.loadtest_runs import load_test
from benchmarks.quietness import measured_quietly
from loadtest.driving import proc_stat
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

ROUNDS = 3
LEVELS = tuple(range(10, 100, 10))
SECONDS = 5.0
QUICK_LEVELS = (20, 50, 80)
# stress-ng starts its workers one after the other.
LEAD_SECONDS = 0.5
NOTES = [
    "Both are read from /proc/stat over 5 s a level; each value is the mean over the levels.",
    "On both sides a level waits for a quiet machine, and is repeated when other tasks took above "
    "3 % of the CPU time meanwhile.",
]


def run(settings: Settings) -> Outcome:
    """Hold each level with ours and with the other in turns; distances are shares of CPU time."""
    stress = find("stress-ng")
    levels = QUICK_LEVELS if settings.quick else LEVELS
    rounds = 1 if settings.quick else ROUNDS
    ours: list[list[float]] = []
    peer: list[list[float]] = []
    others: list[list[float]] = []
    for number in range(rounds):
        ours.append([])
        peer.append([])
        for busy in levels:
            settings.say(f"round {number + 1} of {rounds}, {busy} %")
            own = measured_quietly(settings, partial(_our_busy, settings, busy))
            theirs = measured_quietly(settings, partial(_stress_busy, stress, busy))
            ours[-1].append(abs(own.value - busy / 100))
            peer[-1].append(abs(theirs.value - busy / 100))
            others.append([own.others, theirs.others])
    figure = Figure(
        "mean distance of the reached from the asked busy level",
        "",
        [statistics.fmean(distances) for distances in ours],
        [statistics.fmean(distances) for distances in peer],
        "stress-ng --cpu-load",
        Goal("<= 1/2", 0.5),
    )
    facts: dict[str, object] = {
        "levels": list(levels),
        "ours": ours,
        "stress_ng": peer,
        "others_ratio": others,
    }
    versions = {"perfanalysis": __version__, "stress-ng": stress.version()}
    return Outcome(versions, [figure], facts, NOTES)


def _our_busy(settings: Settings, busy: int) -> float:
    arguments = ("--force", "--levels", str(busy), "--seconds-per-level", str(SECONDS))
    (level,) = load_test(settings.folder, *arguments).document["levels"]
    return float(level["busy_ratio"])


def _stress_busy(stress: Program, busy: int) -> float:
    cpus = sorted(os.sched_getaffinity(0))
    command = [str(stress.path), "--cpu", str(len(cpus)), "--cpu-load", str(busy)]
    command += ["--timeout", f"{SECONDS + 2 * LEAD_SECONDS + 5:.0f}s", "--quiet"]
    process = subprocess.Popen(command, env=stress.environment, stdout=subprocess.DEVNULL)
    try:
        time.sleep(LEAD_SECONDS)
        before = proc_stat.read(cpus)
        time.sleep(SECONDS)
        use = proc_stat.use(proc_stat.read(cpus) - before)
        if process.poll() is not None:
            raise PerfAnalysisError(f"stress-ng ended with status {process.returncode}")
    finally:
        process.terminate()
        process.wait()
    if use is None:
        raise PerfAnalysisError("/proc/stat counted no time")
    return use.busy_ratio


CASE = Case(
    name="loadtest_busy",
    what="Levels 10 to 90 % of all CPUs, 5 s each.",
    peer="stress-ng",
    goal="mean distance <= 1/2",
    run=run,
)
