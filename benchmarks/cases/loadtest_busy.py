"""How near the reached busy level comes to the asked one, beside stress-ng."""

from __future__ import annotations

import os
import statistics
import subprocess
import time

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program, find
from benchmarks.loadtest_runs import load_test
from loadtest import proc_stat
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

LEVELS = tuple(range(10, 100, 10))
SECONDS = 5.0
QUICK_LEVELS = (20, 50, 80)
# stress-ng starts its workers one after the other.
LEAD_SECONDS = 0.5


def run(settings: Settings) -> Outcome:
    """Run ours at all levels, then the other; the distance is in shares of the CPUs' time."""
    stress = find("stress-ng")
    levels = QUICK_LEVELS if settings.quick else LEVELS
    settings.say("the load test")
    arguments = ("--force", "--levels", ",".join(map(str, levels)))
    document = load_test(settings.folder, *arguments, "--seconds-per-level", str(SECONDS)).document
    ours = [abs(level["busy_ratio"] - level["busy"] / 100) for level in document["levels"]]
    settings.say("stress-ng")
    peer = [abs(_stress_busy(stress, busy) - busy / 100) for busy in levels]
    figure = Figure(
        "mean distance of the reached from the asked busy level",
        "",
        [statistics.fmean(ours)],
        [statistics.fmean(peer)],
        "stress-ng --cpu-load",
        Goal("<= 1/2", 0.5),
    )
    facts: dict[str, object] = {"levels": list(levels), "ours": ours, "stress_ng": peer}
    versions = {"perfanalysis": __version__, "stress-ng": stress.version()}
    notes = ["Both are read from /proc/stat over 5 s a level."]
    return Outcome(versions, [figure], facts, notes)


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
