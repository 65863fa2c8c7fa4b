from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.driving.pacing import (
    LONGEST_CYCLE,
    ROOM,
    Held,
    Rhythm,
    bias,
    next_duty,
    redistribute,
    rhythm,
    shares,
    tick_seconds,
)


@pytest.mark.parametrize(
    ("share", "tick", "expected"),
    [
        # One tick of 4 ms is 10 % of 40 ms; two cycles would exceed 50 ms.
        (0.1, 0.004, Rhythm(0.040, 0.040)),
        (0.2, 0.004, Rhythm(0.020, 0.040)),
        (0.5, 0.004, Rhythm(0.008, 0.048)),
        # Three ticks, so that the rest is at least 1 ms: 12 ms and 1.33 ms.
        (0.9, 0.004, Rhythm(0.012 / 0.9, 4 * 0.012 / 0.9)),
        (1.0, 0.004, Rhythm(0.05, 0.05)),
        (0.1, 0.001, Rhythm(0.010, 0.050)),
        # A quantum of a whole tick would make too long a cycle.
        (0.05, 0.010, Rhythm(0.1, 0.1)),
    ],
)
def test_cycles_hold_quanta_of_whole_ticks(share: float, tick: float, expected: Rhythm) -> None:
    found = rhythm(share, tick, longest_slice=1.0)
    assert found.cycle == pytest.approx(expected.cycle)
    assert found.slice == pytest.approx(expected.slice)


@given(st.integers(1, 100), st.sampled_from([0.001, 0.004, 0.01]), st.floats(0.05, 1.0))
def test_slices_hold_whole_cycles(busy: int, tick: float, longest: float) -> None:
    found = rhythm(busy / 100, tick, longest)
    assert 0 < found.cycle <= max(LONGEST_CYCLE, 0.05) + 1e-12
    assert found.slice <= longest + 1e-12
    assert round(found.slice / found.cycle) == pytest.approx(found.slice / found.cycle)


@pytest.mark.parametrize(
    ("busy", "cores", "spread", "expected"),
    [
        (30, [0, 1], "all", [0.3, 0.3]),
        (30, [0, 1], "packed", [0.6, 0.0]),
        (50, [0, 1], "packed", [1.0, 0.0]),
        (60, [0, 1, 2, 3], "packed", [1.0, 1.0, 0.4, 0.0]),
        (100, [0, 1, 2], "packed", [1.0, 1.0, 1.0]),
        # Two cores of two threads, cores first: packed fills both threads of the first one.
        (50, [0, 1, 0, 1], "packed", [1.0, 0.0, 1.0, 0.0]),
        (60, [0, 1, 0, 1], "packed", [1.0, 0.4, 1.0, 0.0]),
        (60, [0, 1, 0, 1], "all", [0.6, 0.6, 0.6, 0.6]),
    ],
)
def test_spreads(busy: int, cores: list[int], spread: str, expected: list[float]) -> None:
    assert shares(busy, cores, spread) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("busy", "spread", "share", "expected"),
    [
        # 1.5 CPUs for two workers: half of that is 0.75 CPUs.
        (50, "all", 0.75, [0.375, 0.375]),
        (50, "packed", 0.75, [0.75, 0.0]),
        (90, "packed", 0.75, [1.0, 0.35]),
        # The kernel stops them, and loses nothing of the quota.
        (100, "all", 0.75, [1.0, 1.0]),
        (100, "packed", 0.75, [1.0, 1.0]),
    ],
)
def test_levels_are_shares_of_a_quota(
    busy: int, spread: str, share: float, expected: list[float]
) -> None:
    assert shares(busy, [0, 1], spread, share) == pytest.approx(expected)


@given(st.integers(1, 100), st.integers(1, 300), st.sampled_from(["all", "packed"]))
def test_every_spread_adds_up(busy: int, workers: int, spread: str) -> None:
    found = shares(busy, [worker // 2 for worker in range(workers)], spread)
    assert sum(found) == pytest.approx(busy * workers / 100)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        # One second of 1 point above the duty weighs as much as what was known before.
        (Held(1.0, 3.0, 0.50, 0.51, 0.0), 0.005),
        (Held(1.0, 3.0, 0.50, 0.51, 0.01), 0.01),
        # With nothing known before it weighs more.
        (Held(1.0, 3.0, 0.50, 0.51, None), 0.008),
        (Held(0.0, 5.0, 0.0, 0.0, 0.004), 0.004),
        # Another's load of half the machine is not made room for.
        (Held(5.0, 5.0, 0.50, 0.99, 0.0), ROOM),
    ],
)
def test_bias(held: Held, expected: float) -> None:
    assert bias(held) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("asked", "held", "expected"),
    [
        (0.5, Held(0.0, 5.0, 0.0, 0.0, 0.0), 0.5),
        (0.5, Held(0.0, 5.0, 0.0, 0.0, 0.004), 0.496),
        # 0.1 points too little so far, as long to go: 0.1 points more.
        (0.5, Held(2.0, 2.0, 0.499, 0.499, 0.0), 0.501),
        # Never changed by more than 2 % of the level, beyond the bias.
        (0.5, Held(2.0, 0.1, 0.4, 0.4, 0.0), 0.51),
        (1.0, Held(2.0, 2.0, 0.99, 0.99, 0.0), 1.0),
        # A background as large as the level leaves half of it.
        (0.01, Held(0.0, 4.0, 0.0, 0.0, 0.01), 0.005),
    ],
)
def test_the_next_duty(asked: float, held: Held, expected: float) -> None:
    assert next_duty(asked, held) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("planned", "duty", "expected"),
    [
        ([0.5, 0.5], 0.49, [0.49, 0.49]),
        ([1.0, 0.2, 0.0], 0.39, [1.0, 0.17, 0.0]),
        ([1.0, 1.0], 0.9, [1.0, 1.0]),
    ],
)
def test_only_partly_busy_workers_are_corrected(
    planned: list[float], duty: float, expected: list[float]
) -> None:
    assert redistribute(planned, duty) == pytest.approx(expected)


def test_the_tick_of_this_kernel() -> None:
    assert 1e-4 < tick_seconds() <= 0.01
