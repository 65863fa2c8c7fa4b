"""What finding the latest of many results costs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_results import make_results
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results.state import RESULTS

MANY, FEW = 10_000, 500
ROUNDS, QUICK_ROUNDS = 7, 1
BEFORE = "every file decoded and held against the schema, as it was before"
SHOW = ("-m", "perfanalysis", "loadtest", "show", "latest", "--state-directory")
DECODE = ("-m", "benchmarks.decode_all")
NOTES = [
    "Made results of one machine, a day apart, written in an order by chance; both sides must find "
    "the same one. The times are of whole processes, Python's start and imports included. Files "
    "are in the page cache.",
]


def run(settings: Settings) -> Outcome:
    """Make the results, and find the latest one on both sides in turns."""
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    states = {count: settings.folder / str(count) for count in (FEW, MANY)}
    latest: dict[int, str] = {}
    for count, state in states.items():
        settings.say(f"making {count} results")
        latest[count] = make_results(state / RESULTS, count)
    ours: dict[int, list[float]] = {FEW: [], MANY: []}
    before: list[float] = []
    for number in range(rounds):
        settings.say(f"round {number + 1} of {rounds}")
        for count, state in states.items():
            ours[count].append(_seconds((*SHOW, str(state)), latest[count]))
        before.append(_seconds((*DECODE, str(states[FEW] / RESULTS)), latest[FEW]))
    size = next((states[FEW] / RESULTS).iterdir()).stat().st_size
    figures = [
        Figure(f"CPU time, {MANY:,} results", "s", ours[MANY], goal=Goal("<= 0.3 s", 0.3)),
        Figure(f"CPU time, {FEW} results", "s", ours[FEW], before, BEFORE),
    ]
    return Outcome({"perfanalysis": __version__}, figures, {"bytes_each": size}, NOTES)


def _seconds(arguments: Sequence[str], expected: str) -> float:
    """CPU time of one process, user and system, that prints the id which is expected.

    Raises:
        PerfAnalysisError: it fails, or finds another run.
    """
    command = [sys.executable, *arguments]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or expected not in said:
        raise PerfAnalysisError(f"{' '.join(arguments)} did not find {expected}")
    return usage.ru_utime + usage.ru_stime


CASE = Case(
    name="loadtest_latest",
    what=f"`loadtest show latest` among {MANY:,} and {FEW} results.",
    peer="decoding and checking every file",
    goal=f"<= 0.3 s of CPU time among {MANY:,}",
    run=run,
)
