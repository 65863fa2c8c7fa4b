"""What is owed until the next look, and how it is laid out over CPUs."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workload.replaying.owing import CpuShare, OthersRate, lay_out, owed, split
from workload.replaying.pace_of_looks import looks

SHARES = st.floats(0, 1)
QUANTUM = 0.004


@pytest.mark.parametrize(
    ("rate", "gone", "ahead", "counted", "others", "expected"),
    [
        # Half of two CPUs: one second a second.
        (1.0, 0.0, 0.1, 0.0, 0.0, 0.1),
        (1.0, 0.5, 0.1, 0.45, 0.0, 0.15),
        # What others do is not ours to do.
        (1.0, 0.5, 0.1, 0.5, 0.4, 0.06),
        # Too much was done: nothing is owed, and nothing is taken back.
        (1.0, 0.5, 0.1, 0.9, 0.0, 0.0),
    ],
)
def test_owed(  # noqa: PLR0917
    rate: float, gone: float, ahead: float, counted: float, others: float, expected: float
) -> None:
    assert owed(rate, gone, ahead, counted, others) == pytest.approx(expected)


@given(
    rate=st.floats(0, 4),
    count=st.integers(2, 60),
    noise=st.lists(st.floats(-0.01, 0.01), min_size=60, max_size=60),
)
def test_errors_of_reading_are_made_good_once_and_never_swing(
    rate: float, count: int, noise: list[float]
) -> None:
    apart, done = 0.1, 0.0
    for number in range(count):
        seen = max(0.0, done + noise[number])
        done += owed(rate, number * apart, apart, seen)
        # At each look no further from the target than the one error of reading before it.
        assert abs(done - rate * (number + 1) * apart) <= 0.02 + 1e-9
    assert abs(done - rate * count * apart) <= 0.02 + 1e-9


def test_the_rate_of_others_is_what_is_counted_beyond_our_own() -> None:
    others = OthersRate(1.0)
    assert others.look(0.0, 5.0, 1.0) == 0.0
    # Too short a time to say anything.
    assert others.look(0.1, 5.2, 1.1) == 0.0
    assert others.look(0.5, 6.0, 1.5) == pytest.approx(1.0)
    assert others.look(2.0, 8.0, 3.5) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("busy", "system", "share", "expected"),
    [
        (1.0, 0.0, 0.9, (1.0, 0.0)),
        (1.0, 0.45, 0.9, (0.5, 0.5)),
        # More in the kernel than the calls have: all of it calls.
        (1.0, 1.0, 0.9, (0.0, 1.0)),
    ],
)
def test_split(busy: float, system: float, share: float, expected: tuple[float, float]) -> None:
    assert split(busy, system, share) == pytest.approx(expected)


@given(
    user=st.floats(0, 0.4),
    calls=st.floats(0, 0.4),
    workers=st.integers(1, 8),
    first=st.integers(0, 7),
    quantum=st.sampled_from([0.0, 0.001, QUANTUM, 0.01]),
)
def test_what_is_laid_out_adds_up_to_a_quantum_and_fits(
    user: float, calls: float, workers: int, first: int, quantum: float
) -> None:
    ahead = 0.052
    found = lay_out((user, calls), workers, ahead, quantum, first=first % workers)
    assert len(found) == workers
    if found[0].full:
        assert all(share.full for share in found)
        assert user + calls >= workers * (ahead - quantum) - quantum / 2 - 1e-3 * workers
        return
    total = math.fsum(share.user + share.system for share in found)
    assert total == pytest.approx(user + calls, abs=quantum / 2 + 1e-9)
    for share in found:
        assert share.user >= -1e-12
        assert share.system >= 0
        assert share.user + share.system <= ahead + 1e-9
    busy = [share.user + share.system for share in found]
    # No worker has more than a quantum beyond another.
    assert max(busy) - min(busy) <= quantum + 1e-9


def test_quanta_are_whole_and_the_odd_one_goes_around() -> None:
    assert lay_out((0.012, 0.0), 2, 0.052, QUANTUM, first=1) == [
        CpuShare(0.004, 0.0),
        CpuShare(0.008, 0.0),
    ]
    assert lay_out((0.2, 0.0), 2, 0.052, QUANTUM) == [CpuShare(0.052, 0.0, full=True)] * 2


@given(seconds=st.floats(0.25, 600), quantum=st.sampled_from([0.0, 0.001, QUANTUM, 0.01]))
def test_looks_begin_and_end_with_the_tick(seconds: float, quantum: float) -> None:
    found = looks(seconds, quantum)
    assert found[0] == 0
    assert found[-1] == seconds
    gaps = [after - before for before, after in itertools.pairwise(found)]
    # None is so short that nothing can be done in it.
    assert min(gaps) >= 0.04
    assert max(gaps) <= 0.25
