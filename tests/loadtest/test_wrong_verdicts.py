"""Simulated comparisons: how often equal sides are called different, and different ones are not.

A share of n draws is off by sqrt(p (1 - p) / n): a limit of 5 % is held within two of these.
"""

from __future__ import annotations

import math
from functools import partial

import msgspec
import pytest

from loadtest import comparison, earlier_runs
from loadtest.comparison import Comparison
from loadtest.sides import Side
from perfanalysis.results.document import Document
from tests.loadtest.simulated import FIGURES, Simulation

DRAWS = 500
LIMIT = 0.05 + 2 * math.sqrt(0.05 * 0.95 / DRAWS)


def compared(
    first: list[Document], second: list[Document], archive: list[Document] | None = None
) -> Comparison:
    without = (*first, *second)
    find = partial(earlier_runs.of_machine, others=archive or [], without=without)
    return comparison.compare(Side("before", tuple(first)), Side("after", tuple(second)), find)


def told(found: Comparison) -> bool:
    return found.primary.verdict != "cannot tell"


def any_told(found: Comparison) -> bool:
    return any(row.verdict != "cannot tell" for row in found.rows)


@pytest.mark.parametrize("spread", [0.001, 0.015])
@pytest.mark.parametrize(
    ("runs", "archived"), [(1, 0), (1, 3), (1, 6), (1, 20), (2, 0), (3, 0), (5, 0)]
)
def test_a_machine_beside_itself(runs: int, archived: int, spread: float) -> None:
    made = Simulation(20261124)
    wrong = any_wrong = 0
    for _ in range(DRAWS):
        archive = made.runs(archived, 1000.0, spread)
        first, second = (made.runs(runs, 1000.0, spread) for _ in range(2))
        found = compared(first, second, archive)
        assert found.basis == ("runs" if runs > 1 else "known" if archived else "slices")
        assert len(found.rows) == FIGURES
        wrong += told(found)
        any_wrong += any_told(found)
    assert wrong / DRAWS <= (LIMIT if runs > 1 or archived else 0)
    assert any_wrong / DRAWS <= LIMIT


def priced(run: Document, price: float, off: float) -> Document:
    """The same run at a price, with a mean at full load that is off its median."""
    full = run.levels[-1]
    mean = full.units_per_second * math.exp(off)
    full = msgspec.structs.replace(
        full, mean_units_per_second=mean, mean_lower=0.99 * mean, mean_upper=1.01 * mean
    )
    machine = msgspec.structs.replace(run.machine, price_dollars_per_hour=price)
    return msgspec.structs.replace(run, levels=(*run.levels[:-1], full), machine=machine)


@pytest.mark.parametrize("price", [0.5, 0.4])
def test_units_per_dollar_by_the_mean_bring_no_more_wrong_verdicts(price: float) -> None:
    # At another price the money differs, and is told though the rates are the same.
    made, wrong, worth = Simulation(20261124), 0, 0
    draws, spread = DRAWS // 4, 0.01
    for _ in range(draws):
        sides = [
            [priced(run, p, spread * made.random.normal()) for run in made.runs(3, 1000.0, spread)]
            for p in (0.5, price)
        ]
        found = compared(*sides)
        money = next(row for row in found.rows if row.figure == comparison.PER_DOLLAR)
        assert money.primary
        wrong += any(row.verdict != "cannot tell" for row in found.rows if row is not money)
        worth += money.verdict != "cannot tell"
    limit = 0.05 + 2 * math.sqrt(0.05 * 0.95 / draws)
    assert wrong / draws <= limit
    assert worth / draws <= limit if price == 0.5 else worth / draws > 0.95


@pytest.mark.parametrize("runs", [2, 5])
def test_behind_a_primary_figure_that_differs_the_others_are_held_at_five_percent(
    runs: int,
) -> None:
    made = Simulation(20261124)
    wrong = opened = 0
    for _ in range(DRAWS):
        first = made.runs(runs, 1000.0, 0.005)
        second = [made.run(1000.0, 0.005, slower=0.1) for _ in range(runs)]
        found = compared(first, second)
        opened += told(found)
        wrong += any(row.verdict != "cannot tell" for row in found.rows if not row.primary)
    assert opened / DRAWS > 0.9
    assert wrong / DRAWS <= LIMIT


def test_three_runs_of_each_show_five_percent() -> None:
    made = Simulation(20261124)
    right = 0
    for _ in range(DRAWS):
        first, second = made.runs(3, 1000.0, 0.01), made.runs(3, 950.0, 0.01)
        right += compared(first, second).primary.verdict == "slower"
    assert right / DRAWS >= 0.95


@pytest.mark.parametrize(("change", "runs"), [(0.98, 1), (1.0, 1), (1.0, 3)])
def test_six_machines_before_and_after(change: float, runs: int) -> None:
    made = Simulation(20261124)
    slower = differs = 0
    for _ in range(DRAWS):
        truths = made.truths(6, 0.05)
        before = made.fleet(truths, runs, 0.003)
        found = compared(before, made.fleet([change * v for v in truths], runs, 0.003))
        assert found.basis == "pairs"
        slower += found.primary.verdict == "slower"
        differs += any_told(found)
    if change < 1:
        assert slower / DRAWS >= 0.99
    else:
        assert differs / DRAWS <= LIMIT


@pytest.mark.parametrize("counts", [(3, 3), (6, 4)])
def test_machines_of_one_type_beside_others_of_it(counts: tuple[int, int]) -> None:
    made = Simulation(20261124)
    wrong = 0
    for _ in range(DRAWS):
        first, second = (made.fleet(made.truths(count, 0.03), 2, 0.005) for count in counts)
        # Other machines have other names.
        others = [renamed(run) for run in second]
        found = compared(first, others)
        assert found.basis == "machines"
        wrong += any_told(found)
    assert wrong / DRAWS <= LIMIT


def renamed(run: Document) -> Document:
    machine = msgspec.structs.replace(run.machine, name=f"other-{run.machine.name}")
    return msgspec.structs.replace(run, machine=machine)
