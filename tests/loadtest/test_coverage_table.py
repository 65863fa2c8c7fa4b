"""The whole table of docs/statistics.md: every profile and every noise. Takes many minutes.

92 to 99 of 100 are held, where the table says that they are reached; else what was reached.
"""

from __future__ import annotations

import pytest

from loadtest.driving.settings import Settings
from tests.loadtest.simulated_runs import NOISES, Case, simulate

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

# Of one level 100 runs leave an error of 2 and more.
DEFAULT = (
    Case("none"),
    Case("0.1 s"),
    Case("0.3 s"),
    Case("1 s", most=99.7),
    Case("3 s", given=50),
    Case("two speeds, 0.1 s", seen=(90, 100)),
    Case("two speeds, 0.2 s", seen=(90, 100)),
    Case("two speeds, 0.4 s", seen=(80, 100)),
    Case("drift of 5 %"),
    Case("slow drift"),
    Case("5 % outliers"),
    Case("quantised busy, 0.3 s"),
)
QUICK = (
    Case("none"),
    Case("0.1 s"),
    Case("0.3 s"),
    Case("1 s", mean=91),
    Case("two speeds, 0.1 s", median=90),
    Case("two speeds, 0.2 s", given=90),
    Case("two speeds, 0.4 s", mean=89, given=90),
    # Three seconds do not tell a drift from a noise that lasts: it is paid for.
    Case("drift of 5 %", most=100),
    Case("slow drift"),
    Case("5 % outliers"),
    Case("quantised busy, 0.3 s"),
)
PRECISE = (
    Case("none"),
    Case("0.1 s"),
    Case("0.3 s"),
    Case("1 s"),
    Case("3 s", median=90),
)


def cases(*found: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.noise) for case in found])


@cases(*DEFAULT)
def test_default(case: Case) -> None:
    case.check(simulate(Settings(), NOISES[case.noise], 100))


@cases(*QUICK)
def test_quick(case: Case) -> None:
    case.check(simulate(Settings(profile="quick"), NOISES[case.noise], 200))


@cases(*PRECISE)
def test_precise_whose_stop_leaves_intervals_true(case: Case) -> None:
    runs = simulate(Settings(profile="precise"), NOISES[case.noise], 60)
    case.check(runs)
    narrow = [level.relative_half_width <= 0.01 for found in runs.found for level in found.levels]
    assert all(narrow) or runs.noise.lasting
