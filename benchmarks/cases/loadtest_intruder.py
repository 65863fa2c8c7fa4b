"""What the load test says of a machine on which something else takes half a CPU."""

from __future__ import annotations

import subprocess
import time

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program, find
from benchmarks.loadtest_runs import LoadTest, load_test
from benchmarks.quietness import measured_quietly, wait_until_quiet
from perfanalysis import __version__

ROUNDS = 3
ARGUMENTS = ("--force", "--levels", "50,100", "--seconds-per-level", "5")
QUICK_ARGUMENTS = ("--force", "--levels", "50,100", "--seconds-per-level", "1")


def run(settings: Settings) -> Outcome:
    """Measure alone and beside the intruder, in turns."""
    stress = find("stress-ng")
    alone: list[LoadTest] = []
    beside: list[LoadTest] = []
    arguments = QUICK_ARGUMENTS if settings.quick else ARGUMENTS
    for number in range(1 if settings.quick else ROUNDS):
        settings.say(f"round {number + 1}")
        alone.append(
            measured_quietly(settings, lambda: load_test(settings.folder, *arguments)).value
        )
        if not settings.quick:
            wait_until_quiet()
        beside.append(_beside_intruder(stress, settings, arguments))
    rates = [[done.document["max_units_per_second"] for done in side] for side in (beside, alone)]
    unsaid = [float(done.document["valid"]) for done in beside]
    figures = [
        Figure(
            "rate at full load, slices that were spoiled left out",
            "1/s",
            rates[0],
            rates[1],
            "the same alone",
            Goal("0.95 .. 1.05", 1.05, 0.95),
        ),
        Figure("runs that do not say so", "", [sum(unsaid)], goal=Goal("0", 0.0)),
    ]
    facts: dict[str, object] = {
        "reasons": [done.document["invalid_reasons"] for done in beside],
        "clean_slices_at_full_load": [
            [len(level["slices"]) - level["slices_excluded"], len(level["slices"])]
            for level in (done.document["levels"][-1] for done in beside)
        ],
    }
    versions = {"perfanalysis": __version__, "stress-ng": stress.version()}
    return Outcome(versions, figures, facts)


def _beside_intruder(stress: Program, settings: Settings, arguments: tuple[str, ...]) -> LoadTest:
    command = [str(stress.path), "--cpu", "1", "--cpu-load", "50", "--timeout", "60s", "--quiet"]
    intruder = subprocess.Popen(command, env=stress.environment, stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        return load_test(settings.folder, *arguments)
    finally:
        intruder.terminate()
        intruder.wait()


CASE = Case(
    name="loadtest_intruder",
    what="The load test while stress-ng takes half a CPU, and alone, in turns.",
    peer="the load test alone",
    goal="the document says so, and the rate stays within 5 %",
    run=run,
)
