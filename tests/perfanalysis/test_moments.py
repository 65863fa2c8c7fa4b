from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.moments import parse_time

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("now", NOW),
        ("now-90s", NOW - 90),
        ("now-1.5h", NOW - 5400),
        ("now-2d", NOW - 172_800),
        # NOW is a Friday, 8:00 UTC.
        ("now/h", NOW),
        ("now-90s/h", NOW - 3600),
        ("now/d", NOW - 8 * 3600),
        ("now-7d/d", NOW - 7 * 86400 - 8 * 3600),
        ("now/w", NOW - 4 * 86400 - 8 * 3600),
        ("1700000000", 1_700_000_000.0),
        ("0", 0.0),
        (" 1700000000.5 ", 1_700_000_000.5),
        ("2027-01-15", NOW - 8 * 3600),
        ("20270115", NOW - 8 * 3600),
        ("2027-01-15T08:00:00", NOW),
        ("2027-01-15T10:00:00+02:00", NOW),
    ],
)
def test_times(text: str, seconds: float) -> None:
    assert parse_time(text, "report.yaml", "from", now=NOW) == seconds


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "1e400", "-1", "1760000000000", "99999-01-01", "now-1", "now+1h", ""],
)
def test_what_is_no_time_that_can_be_shown(text: str) -> None:
    with pytest.raises(InputError, match=r"report\.yaml: from: expected a time such as now-6h"):
        parse_time(text, "report.yaml", "from", now=NOW)


@pytest.mark.parametrize("text", ["now", "now-6h", "now/d"])
def test_now_means_nothing_where_it_is_not_said(text: str) -> None:
    expected = "--timestamp: expected a time such as 2026-03-01T00:00:00Z or Unix seconds, found"
    with pytest.raises(InputError, match=expected):
        parse_time(text, "--timestamp")


# A Monday after the clocks of Berlin went forward, one after they went back, and between both 3:00.
SPRING, AUTUMN, TWICE = "2026-03-30T08:00", "2026-10-26T08:00", "2026-10-25T01:30"
BERLIN, HAVANA, KOLKATA = "Europe/Berlin", "America/Havana", "Asia/Kolkata"


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "now", "text", "begin", "end"),
    [
        (BERLIN, SPRING, "now-1d", "2026-03-29T08:00", None),
        (BERLIN, SPRING, "now-2d", "2026-03-28T09:00", None),
        (BERLIN, SPRING, "now-48h", "2026-03-28T08:00", None),
        (BERLIN, SPRING, "now-1w", "2026-03-23T09:00", None),
        (BERLIN, SPRING, "now-2.5d", "2026-03-27T21:00", None),
        (BERLIN, SPRING, "now/d", "2026-03-29T22:00", None),
        (BERLIN, SPRING, "now-1d/d", "2026-03-28T23:00", None),
        (BERLIN, SPRING, "now/w", "2026-03-29T22:00", None),
        (BERLIN, SPRING, "today", "2026-03-29T22:00", "2026-03-30T08:00"),
        # 23 hours, and 25.
        (BERLIN, SPRING, "yesterday", "2026-03-28T23:00", "2026-03-29T22:00"),
        (BERLIN, AUTUMN, "yesterday", "2026-10-24T22:00", "2026-10-25T23:00"),
        (BERLIN, SPRING, "Last  week", "2026-03-22T23:00", "2026-03-29T22:00"),
        (BERLIN, SPRING, "this week", "2026-03-29T22:00", "2026-03-30T08:00"),
        (BERLIN, SPRING, "last month", "2026-01-31T23:00", "2026-02-28T23:00"),
        (BERLIN, "2026-01-05T08:00", "last month", "2025-11-30T23:00", "2025-12-31T23:00"),
        ("UTC", SPRING, "yesterday", "2026-03-29T00:00", "2026-03-30T00:00"),
        # The second time that the clocks show 2:30.
        (BERLIN, TWICE, "now/h", "2026-10-25T01:00", None),
        (BERLIN, TWICE, "now-0.5d", "2026-10-24T13:30", None),
        (KOLKATA, "2026-03-30T08:10", "now/h", "2026-03-30T07:30", None),
        # A day that begins at one o'clock.
        (HAVANA, "2026-03-08T16:00", "today", "2026-03-08T05:00", "2026-03-08T16:00"),
        (BERLIN, SPRING, "2026-03-29", "2026-03-28T23:00", None),
        (BERLIN, SPRING, "2026-03-29T12:00", "2026-03-29T10:00", None),
        (BERLIN, SPRING, "2026-10-25T02:30", "2026-10-25T00:30", None),
        (BERLIN, SPRING, "2026-03-29T12:00:00Z", "2026-03-29T12:00", None),
    ],
)
def test_times_of_a_zone(zone: str, now: str, text: str, begin: str, end: str | None) -> None:
    at, clocks = utc(now), UTC if zone == "UTC" else ZoneInfo(zone)
    assert parse_time(text, "x", now=at, zone=clocks) == utc(begin)
    assert parse_time(text, "x", now=at, zone=clocks, end=True) == utc(end or begin)


def test_a_time_that_the_clocks_never_showed_is_none() -> None:
    with pytest.raises(InputError, match="expected a time such as"):
        parse_time("2026-03-29T02:30", "x", zone=ZoneInfo(BERLIN))


@given(
    st.floats(0, 4e9),
    st.integers(0, 400),
    st.sampled_from([BERLIN, HAVANA, KOLKATA, "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_days_ago_are_the_same_time_of_the_day(now: float, days: int, name: str) -> None:
    zone = ZoneInfo(name)
    found = parse_time(f"now-{days}d", "x", now=now, zone=zone)
    assert abs(now - found - days * 86400) <= 86400
    then, here = (datetime.fromtimestamp(t, zone).replace(tzinfo=None) for t in (found, now))
    if datetime.fromtimestamp(found, zone).utcoffset() == (
        datetime.fromtimestamp(now, zone).utcoffset()
    ):
        assert abs((here - then).total_seconds() - days * 86400) < 1e-3
    begin = parse_time(f"now-{days}d/d", "x", now=now, zone=zone)
    assert begin <= found < begin + 25 * 3600 + 1e-3 or name == "Pacific/Apia"


@given(st.one_of(st.text(max_size=30), st.datetimes(timezones=st.timezones()).map(str)))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert 0 <= parse_time(text, "x") < 253402300800
    except InputError as error:
        assert str(error).startswith("x: expected a time such as")
