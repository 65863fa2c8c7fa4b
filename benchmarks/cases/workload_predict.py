"""A thousand recordings on two hundred candidates: 30 days at 5 minutes each."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from decimal import Decimal
from importlib import metadata

import numpy as np

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis import __version__
from workload.prediction.candidate import Candidate, Floats, WorkCurve
from workload.prediction.choice import choose
from workload.prediction.predict import Predictor
from workload.prediction.today import todays_finding
from workload.prediction.usage import Usage
from workload.prediction.wishes import Wishes

RECORDINGS, QUICK_RECORDINGS = 1_000, 20
CANDIDATES = 200
STEP, INTERVALS = 300.0, 30 * 288
KERNELS = ("rmw", "integer", "membw")
MACHINES = 3
ROUNDS = 3
MEBIBYTE = 1024.0


def run(settings: Settings) -> Outcome:
    """Predict each recording, choose, and find; what makes recordings up is not counted."""
    count = QUICK_RECORDINGS if settings.quick else RECORDINGS
    candidates = _candidates(np.random.default_rng(1))
    seconds, alone = [], []
    for number in range(1 if settings.quick else ROUNDS):
        settings.say(f"round {number + 1}: {count} recordings on {CANDIDATES} candidates")
        seconds.append(_round(candidates, count, of_types=True))
    # Where each recorded machine has a curve of its own, nothing is carried but once.
    settings.say("each recording on a machine of its own")
    alone.append(_round(candidates, count, of_types=False))
    # Kibibytes, on Linux.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    return Outcome(
        {"perfanalysis": __version__, "numpy": metadata.version("numpy")},
        [
            Figure("all recordings", "s", seconds, goal=Goal("<= 10 s", 10.0)),
            Figure("all recordings, each of a machine with curves of its own", "s", alone),
            Figure("largest resident memory", "MiB", [memory], goal=Goal("<= 477 MiB", 477.0)),
        ],
        {
            "recordings": count,
            "candidates": CANDIDATES,
            "intervals": INTERVALS,
            "kernels": len(KERNELS),
            "machines measured of each candidate": MACHINES,
        },
        ["CPU time, of one process; reading recordings from files is not in it."],
    )


def _round(candidates: list[Candidate], count: int, *, of_types: bool) -> float:
    predictor = Predictor(candidates, Wishes())
    spent = 0.0
    for number, usage in enumerate(_usages(count)):
        source = candidates[number % len(candidates)]
        if not of_types:
            source = Candidate(f"own {number}", source.cpus, source.memory_bytes, source.curves)
        began = time.process_time()
        prediction = predictor.predict(usage, source)
        choose(prediction)
        todays_finding(prediction)
        spent += time.process_time() - began
    return spent


def _candidates(rng: np.random.Generator) -> list[Candidate]:
    return [_candidate(rng, number) for number in range(CANDIDATES)]


def _candidate(rng: np.random.Generator, number: int) -> Candidate:
    size = float(rng.uniform(0.3, 4))
    curves = {
        kernel: tuple(_curve(rng, size * float(rng.lognormal(0, 0.2))) for _ in range(MACHINES))
        for kernel in KERNELS
    }
    return Candidate(
        f"type {number}",
        8,
        32e9 * size,
        curves,
        instance_type=f"t{number}.large",
        architecture="x86_64",
        price=Decimal(round(size * 1000)) / 10_000,
        disk_bytes=2e8,
        disk_operations=8000.0,
        network_bytes=1e9,
    )


def _curve(rng: np.random.Generator, size: float) -> WorkCurve:
    """Ten levels that bend as those of a machine with two threads a core do."""
    busy = np.arange(1, 11) / 10
    units = 100 * size * busy * (1.3 - 0.3 * busy) * float(rng.lognormal(0, 0.03))
    return WorkCurve(busy * 0.999, units, units * 0.99, units * 1.01, float(units[-1]) / 6)


def _usages(count: int) -> Iterator[Usage]:
    """One after the other, as the command reads them."""
    rng = np.random.default_rng(2)
    starts: Floats = np.arange(INTERVALS, dtype=np.float64) * STEP
    for number in range(count):
        busy: Floats = np.sin(starts / 86400 * 2 * np.pi)
        busy = 0.3 + 0.25 * busy + rng.normal(0, 0.05, INTERVALS)
        many = np.exp(rng.normal(0, 0.3, INTERVALS)).astype(np.float64)
        yield _usage(f"machine {number}", starts, np.clip(busy, 0, 1).astype(np.float64), many)


def _usage(name: str, starts: Floats, busy: Floats, many: Floats) -> Usage:
    return Usage(
        machine=name,
        starts=starts,
        ends=starts + STEP,
        cpus=np.full(INTERVALS, 8.0),
        busy=busy,
        system=busy * 0.1,
        steal=np.zeros(INTERVALS),
        memory_bytes=8e9 * many,
        memory_total_bytes=np.full(INTERVALS, 32e9),
        disk_read_bytes=1e7 * many,
        disk_write_bytes=2e7 * many,
        disk_reads=500 * many,
        disk_writes=900 * many,
        network_receive_bytes=1e6 * many,
        network_transmit_bytes=2e6 * many,
        busiest_cpu=np.minimum(1.0, busy * 1.2),
    )


CASE = Case(
    name="workload_predict",
    what="What 1,000 machines' work (30 days at 5 minutes) would be on 200 types of machines.",
    peer="nothing; the prediction by itself",
    goal="<= 10 s, <= 500 MB",
    run=run,
)
