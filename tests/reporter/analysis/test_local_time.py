"""Clocks of a zone at many moments, the pattern of a week by them, and marks of a time axis."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from reporter.analysis.local_time import local_seconds
from reporter.analysis.observed import Observed
from reporter.analysis.utilisation import week
from reporter.charts.clock_marks import marks

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "moment", "shown"),
    [
        (UTC, "2026-03-29T00:59:59", "2026-03-29T00:59:59"),
        (BERLIN, "2026-03-29T00:59:59", "2026-03-29T01:59:59"),
        (BERLIN, "2026-03-29T01:00:00", "2026-03-29T03:00:00"),
        (BERLIN, "2026-10-25T00:30:00", "2026-10-25T02:30:00"),
        (BERLIN, "2026-10-25T01:30:00", "2026-10-25T02:30:00"),
        (KOLKATA, "2026-03-29T00:00:01", "2026-03-29T05:30:01"),
    ],
)
def test_what_the_clocks_show(zone: tzinfo, moment: str, shown: str) -> None:
    times = np.array([utc("2026-01-01T00:00:00"), utc(moment)])
    assert local_seconds(times, zone)[1] == utc(shown)


def test_no_moments_have_no_clocks() -> None:
    assert len(local_seconds(np.array([]), BERLIN)) == 0


@pytest.mark.parametrize(
    ("zone", "moment", "day", "hour"),
    [
        # Sunday, 23:30 of UTC, is Monday in Berlin, before and after the clocks went forward.
        (UTC, "2026-03-22T23:30:00", 6, 23),
        (BERLIN, "2026-03-22T23:30:00", 0, 0),
        (BERLIN, "2026-03-29T22:30:00", 0, 0),
        (BERLIN, "2026-03-29T01:10:00", 6, 3),
        (KOLKATA, "2026-03-29T18:40:00", 0, 0),
    ],
)
def test_the_week_is_that_of_the_zone(zone: tzinfo, moment: str, day: int, hour: int) -> None:
    # A span is of the hour in which its middle is.
    one = np.array([utc(moment) + 30.0]), np.array([60.0]), np.array([0.5])
    found = week(Observed(*one, 60.0), zone)
    assert found[day, hour] == 0.5
    assert np.isfinite(found).sum() == 1


@pytest.mark.parametrize(
    ("zone", "start", "end", "step", "expected"),
    [
        (
            UTC,
            "2026-03-28T00:00",
            "2026-03-30T00:00",
            86400,
            ["2026-03-29T00:00", "2026-03-30T00:00"],
        ),
        # Midnights of Berlin: 23 hours apart.
        (
            BERLIN,
            "2026-03-28T12:00",
            "2026-03-30T12:00",
            86400,
            ["2026-03-28T23:00", "2026-03-29T22:00"],
        ),
        # 0:00, 6:00 and 12:00 of the day on which they go back.
        (
            BERLIN,
            "2026-10-24T20:00",
            "2026-10-25T12:00",
            21600,
            ["2026-10-24T22:00", "2026-10-25T05:00", "2026-10-25T11:00"],
        ),
        # 2:00 is not shown, 2:30 neither.
        (
            BERLIN,
            "2026-03-29T00:20",
            "2026-03-29T01:40",
            1800,
            ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30"],
        ),
        (
            KOLKATA,
            "2026-03-29T00:00",
            "2026-03-29T02:00",
            3600,
            ["2026-03-29T00:30", "2026-03-29T01:30"],
        ),
    ],
)
def test_marks_stand_at_round_times_of_the_clocks(
    zone: tzinfo, start: str, end: str, step: int, expected: list[str]
) -> None:
    assert marks(utc(start), utc(end), step, zone) == [utc(one) for one in expected]
