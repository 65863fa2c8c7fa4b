"""Lengths of time on command lines, in all forms that people write."""

from __future__ import annotations

import click
import pytest

from perfanalysis.duration_range import DurationRange


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90.0), ("90s", 90.0), ("1m30s", 90.0), ("0.5", 0.5), ("500ms", 0.5), ("1e2", 100.0)],
)
def test_a_length_of_time(text: str, seconds: float) -> None:
    assert DurationRange(0.1, 100).convert(text, None, None) == seconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "'soon' is no length of time such as 90, 90s or 1m30s."),
        ("", "'' is no length of time such as 90, 90s or 1m30s."),
        ("nan", "'nan' is no number."),
        ("2m", "120.0 is not in the range 0.1<=x<=100."),
        ("-1", "-1.0 is not in the range 0.1<=x<=100."),
    ],
)
def test_what_is_none_or_out_of_bounds(text: str, said: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        DurationRange(0.1, 100).convert(text, None, None)
    assert caught.value.message == said


def test_whole_seconds() -> None:
    whole = DurationRange(1, 600, whole=True)
    found = whole.convert("1m", None, None)
    assert (found, type(found)) == (60, int)
    with pytest.raises(click.BadParameter, match="whole number"):
        whole.convert("1500ms", None, None)
