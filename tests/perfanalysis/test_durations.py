from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.durations import SECONDS, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15s", 15.0),
        ("500ms", 0.5),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("1h30m", 5400.0),
        ("7d", 604800.0),
        ("2w", 1209600.0),
        ("250µs", 0.00025),
        ("0s", 0.0),
        ("12", 12.0),
        ("0.25", 0.25),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    found = parse_duration(text)
    assert found is not None
    assert found == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "s", "-1s", "1 s", "1x", "1s ", "1e3s", "٣s", "nan", "inf", "1m30", "9" * 40 + "s"]
)
def test_what_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


def test_a_number_without_a_unit_may_be_refused() -> None:
    assert parse_duration("12", bare=False) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 999), st.sampled_from(sorted(SECONDS))), min_size=1, max_size=4
    )
)
def test_parts_add_up(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert parse_duration(text) == pytest.approx(sum(n * SECONDS[unit] for n, unit in parts))
