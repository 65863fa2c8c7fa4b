"""Shares, bounds, money and times in words."""

from __future__ import annotations

import pytest

from portal.pages import work_words as words
from portal.predictions.document_forms import WorkBand

DASH = words.DASH


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, DASH), (0.0, "0 %"), (0.25, "25 %"), (1.304, "130 %"), (0.00234, "0.23 %")],
)
def test_shares(value: float | None, said: str) -> None:
    assert words.share(value) == said


@pytest.mark.parametrize(
    ("value", "lower", "upper", "said"),
    [
        (0.25, 0.2, 0.31, "25 % (20 to 31)"),
        (0.1, 0.0986, 0.1014, "10.0 % (9.9 to 10.1)"),
        (0.5, 0.5, 0.5, "50 %"),
        (0.5, None, None, "50 %, no interval"),
        (-0.1, -0.2, 0.05, "-10 % (-20 to 5)"),
        (0.00001, 0.00001, 0.00002, "0.001 % (0.001 to 0.002)"),
    ],
)
def test_bounds(value: float, lower: float | None, upper: float | None, said: str) -> None:
    assert words.band(WorkBand(value, lower, upper)) == said


@pytest.mark.parametrize(
    ("amount", "places", "said"),
    [
        (None, 2, DASH),
        ("131.4", 2, "131.40 USD"),
        ("0.0376", None, "0.0376 USD"),
        ("-58.40", 2, "-58.40 USD"),
        ("1E+2", 2, "100.00 USD"),
        ("1E+999999999", 2, "1E+999999999 USD"),
        ("0E-7", None, "0.0000000 USD"),
        ("1E+99999999999999999999", 2, DASH),
    ],
)
def test_money(amount: str | None, places: int | None, said: str) -> None:
    assert words.money(amount, "USD", places) == said


@pytest.mark.parametrize(
    ("band", "said"),
    [(None, DASH), (WorkBand(2, 2, 2), "2"), (WorkBand(2, 1, 3), "1 to 3"), (WorkBand(4), "4")],
)
def test_counts(band: WorkBand | None, said: str) -> None:
    assert words.count(band) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, DASH), (60, "60 s"), (300, "5 minutes"), (143_940, "40 hours"), (6.05e5, "7 days")],
)
def test_durations(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said
