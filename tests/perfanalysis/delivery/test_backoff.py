"""Waits, and when there is no further attempt."""

from __future__ import annotations

import time
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.delivery.backoff import (
    Backoff,
    GaveUpError,
    PassingFailure,
    Patience,
    keep_trying,
)

QUICK = Backoff(0.001, 0.002)


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [(1, 0.0, 0.5), (1, 1.0, 1.0), (2, 1.0, 2.0), (4, 0.5, 6.0), (9, 1.0, 60.0), (9999, 0.0, 30.0)],
)
def test_waits_double_up_to_the_longest(failures: int, chance: float, seconds: float) -> None:
    assert Backoff(1.0, 60.0).seconds(failures, chance) == seconds


@given(st.integers(1, 100), st.floats(0, 4000))
def test_who_asks_for_more_patience_gets_it(failures: int, asked: float) -> None:
    backoff = Backoff(0.5, 20.0)
    least, most = (backoff.seconds(failures, chance) for chance in (0.0, 1.0))
    assert max(least, asked) <= backoff.wait(failures, asked) <= max(most, asked)


class Failing:
    """Fails some times, then gives a result."""

    def __init__(self, times: float, wait: float = 0.0) -> None:
        self.calls = 0
        self.times, self.wait = times, wait

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise PassingFailure(f"failure {self.calls}", self.wait)
        return "result"


def test_until_it_succeeds() -> None:
    failing, heard = Failing(3), []
    told = lambda failure, number: heard.append((str(failure), number))  # noqa: E731
    assert keep_trying(failing, QUICK, Patience(4), told) == "result"
    assert heard == [(f"failure {n}", n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("wait", "patience", "calls"),
    [
        (0.0, Patience(attempts=1), 1),
        (0.0, Patience(attempts=3), 3),
        (61.0, Patience(longest_wait=60.0), 1),
        (60.0, Patience(until=0.0), 1),
    ],
)
def test_until_patience_ends(wait: float, patience: Patience, calls: int) -> None:
    failing = Failing(inf, wait)
    with pytest.raises(GaveUpError, match=f"failure {calls}") as caught:
        keep_trying(failing, QUICK, patience)
    assert (failing.calls, caught.value.failures, caught.value.last.wait) == (calls, calls, wait)


def test_an_attempt_that_would_begin_too_late_is_not_waited_for() -> None:
    failing = Failing(inf, 3600.0)
    with pytest.raises(GaveUpError):
        keep_trying(failing, QUICK, Patience(until=time.monotonic() + 60))
    assert failing.calls == 1


def test_another_failure_goes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        keep_trying(lambda: 1 / 0, QUICK, Patience())
