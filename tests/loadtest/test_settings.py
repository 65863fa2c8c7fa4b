from __future__ import annotations

import pytest

from loadtest.settings import Settings, check_seconds, parse_levels
from perfanalysis.errors import InputError


@pytest.mark.parametrize(
    ("text", "levels"), [("100", (100,)), ("50,10", (10, 50)), (" 1 , 2 ", (1, 2))]
)
def test_levels_come_back_ascending(text: str, levels: tuple[int, ...]) -> None:
    assert parse_levels(text) == levels


@pytest.mark.parametrize("text", ["", "0", "101", "10,10", "x", "10;20", "-5", "1.5", "\u0661"])
def test_bad_levels_name_the_flag(text: str) -> None:
    with pytest.raises(InputError, match="--levels: expected different whole percents"):
        parse_levels(text)


@pytest.mark.parametrize("seconds", [0.29, 0.0, -1.0, float("nan"), float("inf"), 3601.0])
def test_bad_lengths_name_the_flag(seconds: float) -> None:
    with pytest.raises(
        InputError, match=r"--seconds-per-level: expected seconds from 0\.3 to 3600"
    ):
        check_seconds(seconds)


def test_slices_and_profile() -> None:
    assert Settings().slices == 25
    assert Settings().profile == "default"
    assert Settings(seconds_per_level=0.3).slices == 6
    assert Settings(levels=(10,)).profile == "custom"
