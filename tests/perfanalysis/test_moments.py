from __future__ import annotations

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


@given(st.one_of(st.text(max_size=30), st.datetimes(timezones=st.timezones()).map(str)))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert 0 <= parse_time(text, "x") < 253402300800
    except InputError as error:
        assert str(error).startswith("x: expected a time such as")
