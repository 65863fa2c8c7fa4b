"""Buckets of requests, by a clock that the test moves."""

from __future__ import annotations

import uuid

from portal.access.rate_limits import MOST_KEYS, RateLimits

KEY, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def test_a_key_uses_up_what_it_has_and_gets_it_back() -> None:
    seconds = [0.0]
    limits = RateLimits(lambda: seconds[0])
    assert [limits.take(KEY, 2) for _ in range(3)] == [0.0, 0.0, 30.0]
    assert limits.take(OTHER, 2) == 0.0
    seconds[0] = 15.0
    assert limits.take(KEY, 2) == 15.0
    seconds[0] = 30.0
    assert [limits.take(KEY, 2), limits.take(KEY, 2)] == [0.0, 30.0]


def test_no_more_is_saved_up_than_a_minute_has() -> None:
    seconds = [0.0]
    limits = RateLimits(lambda: seconds[0])
    limits.take(KEY, 2)
    seconds[0] = 3600.0
    assert [limits.take(KEY, 2) for _ in range(3)] == [0.0, 0.0, 30.0]


def test_memory_has_an_end() -> None:
    limits = RateLimits(lambda: 0.0)
    for number in range(MOST_KEYS + 5):
        limits.take(uuid.UUID(int=number), 1)
    assert len(limits._buckets) == MOST_KEYS
