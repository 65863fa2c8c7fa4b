"""What the load test says of a machine on which something else takes half a CPU."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program, find
from benchmarks.loadtest_runs import load_test
from benchmarks.quietness import measured_quietly, wait_until_quiet
from perfanalysis import __version__

ROUNDS = 3
ARGUMENTS = ("--force", "--levels", "50,100", "--seconds-per-level", "5")
QUICK_ARGUMENTS = ("--force", "--levels", "50,100", "--seconds-per-level", "1")
BURSTS, STEADY = "in bursts", "steady"
PERIOD_SECONDS = 2.0
LEAD_SECONDS = 0.5
NOTES = [
    "In bursts: on n CPUs n processes run for 1/n of every 2 s and get half of each CPU meanwhile, "
    "together half a CPU; between the bursts slices are clean. Steady: one process works and rests "
    "in turns of some milliseconds, so that hardly a slice is clean; the rate is then that of all "
    "slices, less the time that others took.",
]

Document = dict[str, Any]


def run(settings: Settings) -> Outcome:
    """Measure alone, beside bursts, and beside a steady intruder, in turns."""
    stress = find("stress-ng")
    alone: list[Document] = []
    beside: dict[str, list[Document]] = {BURSTS: [], STEADY: []}
    arguments = QUICK_ARGUMENTS if settings.quick else ARGUMENTS
    measure = partial(load_test, settings.folder, *arguments)
    for number in range(1 if settings.quick else ROUNDS):
        settings.say(f"round {number + 1}: alone")
        alone.append(measured_quietly(settings, measure).value.document)
        for kind, found in beside.items():
            settings.say(f"round {number + 1}: beside an intruder, {kind}")
            if not settings.quick:
                wait_until_quiet()
            with _intruder(stress, kind):
                found.append(measure().document)
    unsaid = sum(document["valid"] for found in beside.values() for document in found)
    figures = [
        *(_rate(kind, found, alone) for kind, found in beside.items()),
        *(_left_out(kind, found) for kind, found in beside.items()),
        Figure("runs that do not say so", "", [float(unsaid)], goal=Goal("0", 0.0)),
    ]
    sides = {"alone": alone, **beside}
    facts: dict[str, object] = {kind: list(map(_facts, found)) for kind, found in sides.items()}
    versions = {"perfanalysis": __version__, "stress-ng": stress.version()}
    return Outcome(versions, figures, facts, NOTES)


def _rate(kind: str, found: Sequence[Document], alone: Sequence[Document]) -> Figure:
    ours, quiet = ([done["max_units_per_second"] for done in side] for side in (found, alone))
    name = f"rate at full load beside an intruder, {kind}"
    return Figure(name, "1/s", ours, quiet, "the same alone", Goal("0.95 .. 1.05", 1.05, 0.95))


def _left_out(kind: str, found: Sequence[Document]) -> Figure:
    full = [document["levels"][-1] for document in found]
    shares = [level["slices_excluded"] / len(level["slices"]) for level in full]
    return Figure(f"share of the slices at full load that is left out, {kind}", "", shares)


def _facts(document: Document) -> dict[str, object]:
    full, cpus = document["levels"][-1], len(document["machine"]["used_cpus"])
    return {
        "cpus_taken_at_full_load": full["others_ratio"] * cpus,
        "clean_slices_at_full_load": len(full["slices"]) - full["slices_excluded"],
        "slices_at_full_load": len(full["slices"]),
        "reasons": document["invalid_reasons"],
    }


@contextmanager
def _intruder(stress: Program, kind: str) -> Iterator[None]:
    """Something that takes half a CPU while the block runs."""
    cpus = len(os.sched_getaffinity(0))
    load = ("--cpu", str(cpus)) if kind == BURSTS else ("--cpu", "1", "--cpu-load", "50")
    command = [str(stress.path), *load, "--timeout", "60s", "--quiet"]
    ended = threading.Event()
    # A group of its own, so that all its processes can be stopped at once; but of our session, as
    # the scheduler may weigh sessions (autogroup).
    with subprocess.Popen(
        command, env=stress.environment, stdout=subprocess.DEVNULL, process_group=0
    ) as process:
        turns = threading.Thread(target=_take_turns, args=(process.pid, ended, cpus))
        try:
            time.sleep(LEAD_SECONDS)
            if kind == BURSTS:
                turns.start()
            yield
        finally:
            ended.set()
            if turns.ident is not None:
                turns.join()
            os.killpg(process.pid, signal.SIGCONT)
            os.killpg(process.pid, signal.SIGTERM)


def _take_turns(group: int, ended: threading.Event, cpus: int) -> None:
    """Let a group of processes run for 1/cpus of each period, until the end."""
    while not ended.wait(PERIOD_SECONDS / cpus):
        os.killpg(group, signal.SIGSTOP)
        ended.wait(PERIOD_SECONDS * (1 - 1 / cpus))
        os.killpg(group, signal.SIGCONT)


CASE = Case(
    name="loadtest_intruder",
    what="The load test while stress-ng takes half a CPU, in bursts and steadily, and alone, in "
    "turns.",
    peer="the load test alone",
    goal="the document says so, and the rate stays within 5 %",
    run=run,
)
