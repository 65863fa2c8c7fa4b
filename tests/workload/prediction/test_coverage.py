"""Simulation with known truth: 95 % intervals hold 90 to 98 of 100.

Each case is a source, a type of which some machines are measured with noise, and one more machine
of that type, to which the work really goes. Curves bend, levels share some of a run's noise, and a
machine that is slow by one kernel is mostly slow by all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from tests.workload.prediction.made import TENTHS, candidate
from workload.prediction.band import Band
from workload.prediction.candidate import Candidate, Floats, WorkCurve
from workload.prediction.curve_table import Z, table_of
from workload.prediction.pairing import Pairing

LEVELS = np.array(TENTHS)
BUSY = np.array([0.15, 0.43, 0.78])
TYPES, SOURCES = 60, 12
# How much of the spread between machines is of all kernels together.
COMMON = 0.8


@dataclass(frozen=True)
class Case:
    """Spreads are standard deviations of logarithms."""

    machines: int
    between: float
    noise: float
    mix: tuple[float, ...] = (1.0,)
    source_machines: int = 1


def bent(busy: Floats, bend: Floats | float) -> Floats:
    """Work as a share of full load."""
    return busy * (1 - bend * busy) / (1 - bend)


@dataclass(frozen=True)
class Simulated:
    """A type: what was measured of it, and what one more machine of it really does."""

    measured: Candidate
    full: Floats
    bends: Floats


def simulate(
    rng: np.random.Generator, name: str, full: Floats, case: Case, machines: int
) -> Simulated:
    kernels, bends = len(full), rng.uniform(0, 0.3, len(full))
    between = case.between
    own = rng.normal(0, between * np.sqrt(COMMON), (machines + 1, 1))
    own = own + rng.normal(0, between * np.sqrt(1 - COMMON), (machines + 1, kernels))
    really = full * np.exp(own)
    curves = {
        str(k): tuple(measured(rng, really[m, k], bends[k], case.noise) for m in range(machines))
        for k in range(kernels)
    }
    return Simulated(candidate(name, 1, curves=curves), really[-1], bends)


def measured(rng: np.random.Generator, full: float, bend: float, noise: float) -> WorkCurve:
    """Half of a level's variance is of its whole run."""
    error = rng.normal(0, noise * np.sqrt(0.5)) + rng.normal(0, noise * np.sqrt(0.5), len(LEVELS))
    units = full * bent(LEVELS, bend) * np.exp(error)
    return WorkCurve(LEVELS, units, units * np.exp(-Z * noise), units * np.exp(Z * noise))


def truth(source: Simulated, other: Simulated, mix: Floats) -> Floats:
    """(Q,) by the inverse of ``bent``, which is a parabola."""
    done = source.full[:, None] * bent(BUSY, source.bends[:, None]) / other.full[:, None]
    bends = other.bends[:, None]
    inside = np.minimum(done, 1.0) * (1 - bends)
    busy = (1 - np.sqrt(1 - 4 * bends * inside)) / (2 * bends)
    found: Floats = mix @ np.where(done > 1, done, busy)
    return found


def held(case: Case, *, told: bool = True) -> tuple[float, float]:
    """The share of true values within the bounds, and the middle of their half widths."""
    rng = np.random.default_rng(7)
    mix = np.array(case.mix)
    names = tuple(str(k) for k in range(len(mix)))
    inside: list[Floats] = []
    widths: list[Floats] = []
    for _ in range(SOURCES):
        full = rng.uniform(50, 150, len(mix))
        source = simulate(rng, "source", full, case, case.source_machines)
        if case.source_machines == 1:
            # It is the measured machine itself: the run's noise alone is between both.
            source = simulate_own(rng, full, case)
        types = [
            simulate(
                rng,
                f"type {i}",
                full * rng.lognormal(0, 0.3) * rng.lognormal(0, 0.2, len(mix)),
                case,
                case.machines,
            )
            for i in range(TYPES)
        ]
        shares = mix if told else rng.dirichlet(np.ones(len(mix)))
        true = np.array([truth(source, one, shares) for one in types])
        found = carried(source, types, dict(zip(names, mix, strict=True)) if told else {})
        inside.append((found.lower <= true) & (true <= found.upper))
        widths.append((found.upper - found.lower) / found.value / 2)
    return float(np.mean(inside)), float(np.median(widths))


def simulate_own(rng: np.random.Generator, full: Floats, case: Case) -> Simulated:
    bends = rng.uniform(0, 0.3, len(full))
    curves = {str(k): (measured(rng, full[k], bends[k], case.noise),) for k in range(len(full))}
    return Simulated(candidate("source", 1, curves=curves), full, bends)


def carried(source: Simulated, types: list[Simulated], mix: dict[str, float]) -> Band:
    names = tuple(sorted(source.measured.curves))
    table = table_of([one.measured for one in types], names)
    own = table_of([source.measured], names)
    return Pairing(own, table, mix, np.zeros(len(types), dtype=np.bool_), 0.8).busy(BUSY)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(2, 0.05, 0.01), id="two machines of a type"),
        pytest.param(Case(3, 0.05, 0.01), id="three machines"),
        pytest.param(Case(5, 0.08, 0.02), id="five machines that differ much"),
        pytest.param(Case(10, 0.03, 0.01), id="ten machines"),
        pytest.param(Case(4, 0.04, 0.02), id="machines that differ twice as much as their runs"),
        pytest.param(Case(3, 0.05, 0.01, (0.6, 0.4)), id="a mix of two kernels"),
        pytest.param(Case(5, 0.05, 0.01, (0.5, 0.3, 0.2)), id="a mix of three kernels"),
        pytest.param(Case(5, 0.05, 0.01, (0.6, 0.4), 5), id="a source known by its type alone"),
    ],
)
def test_the_interval_holds_for_the_next_machine_of_a_type(case: Case) -> None:
    share, _ = held(case)
    assert 0.90 <= share <= 0.98


@pytest.mark.parametrize("mix", [(1.0,), (0.6, 0.4), (0.5, 0.3, 0.2)])
def test_the_interval_of_one_machine_holds_for_that_machine(mix: tuple[float, ...]) -> None:
    """What others of its type do is unknown, and no part of it."""
    rng = np.random.default_rng(11)
    case, shares = Case(1, 0.0, 0.015, mix), np.array(mix)
    names = tuple(str(k) for k in range(len(mix)))
    inside = []
    for _ in range(SOURCES):
        full = rng.uniform(50, 150, len(mix))
        source = simulate_own(rng, full, case)
        others = [
            simulate(rng, f"m{i}", full * rng.lognormal(0, 0.3), case, 1) for i in range(TYPES)
        ]
        found = carried(source, others, dict(zip(names, mix, strict=True)))
        true = np.array([truth(source, one, shares) for one in others])
        inside.append((found.lower <= true) & (true <= found.upper))
    assert 0.90 <= np.mean(inside) <= 0.98


def test_the_range_over_kernels_holds_at_least_as_often() -> None:
    """Any mix lies between its kernels: a range is no interval, and holds more often than 95 %."""
    share, width = held(Case(4, 0.05, 0.01, (0.4, 0.3, 0.3)), told=False)
    assert share >= 0.95
    assert width > held(Case(4, 0.05, 0.01, (0.4, 0.3, 0.3)))[1]
