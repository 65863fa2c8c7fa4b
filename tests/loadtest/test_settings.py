from __future__ import annotations

import pytest

from loadtest.driving.settings import Settings, least_seconds
from loadtest.driving.settings_checks import (
    check_max_duration,
    check_seconds,
    check_sustained,
    parse_levels,
)
from perfanalysis.errors import InputError
from perfanalysis.results import conditions


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


@pytest.mark.parametrize(
    ("settings", "name", "seconds", "budget"),
    [
        (Settings(), "default", (0.9, 2.5), 14.0),
        (Settings(profile="quick"), "quick", (0.3, 0.5), 4.3),
        (Settings(max_duration=900.0), "default", (0.9, 2.5), 14.0),
        (Settings(profile="precise"), "precise", (2.0, 4.0), 290.0),
        (Settings(profile="precise", max_duration=60.0), "precise", (2.0, 4.0), 60.0),
        (Settings(profile="precise", max_duration=900.0), "precise", (2.0, 4.0), 900.0),
        (
            Settings(profile="precise", max_duration=900.0, until_steady=True),
            "precise",
            (2.0, 4.0),
            290.0,
        ),
        (Settings(sustained_minutes=5.0), "default", (0.9, 2.5), 14.0),
        (Settings(sustained_minutes=1.0, max_duration=70.0), "default", (0.9, 2.5), 10.0),
        (Settings(levels=(10,)), "custom", (0.9, 2.5), 14.0),
        (Settings(spread="packed"), "custom", (0.9, 2.5), 14.0),
        (Settings(seconds_per_level=5.0), "custom", (5.0, 5.0), 0.0),
    ],
)
def test_profiles(
    settings: Settings, name: str, seconds: tuple[float, float], budget: float
) -> None:
    assert settings.profile_name == name
    assert (settings.round_seconds(50), settings.round_seconds(100)) == seconds
    assert settings.budget == budget


@pytest.mark.parametrize(
    ("settings", "kernels", "message"),
    [
        (Settings(sustained_minutes=0.4), 1, "expected minutes from 0.5 to 120, found 0.4"),
        (Settings(sustained_minutes=121.0), 1, "expected minutes from 0.5 to 120"),
        (Settings(sustained_minutes=5.0), 2, "expected one --kernel: the first one heats"),
        (
            Settings(sustained_minutes=5.0, until_steady=True),
            1,
            "expected no --until-steady beside it",
        ),
    ],
)
def test_minutes_that_spoil_something_or_tell_nothing(
    settings: Settings, kernels: int, message: str
) -> None:
    with pytest.raises(InputError, match=f"--sustained: {message}"):
        check_sustained(settings, kernels)


def test_minutes_at_full_load_leave_the_levels_as_they_are() -> None:
    without, behind = Settings(), Settings(sustained_minutes=5.0)
    check_sustained(without, 2)
    check_sustained(behind, 1)
    assert behind.targets == without.targets
    assert behind.passes == without.passes
    assert behind.first_rounds_seconds == without.first_rounds_seconds
    assert least_seconds(behind) == least_seconds(without) + 300
    with pytest.raises(InputError, match=r"--max-duration: expected at least 313\.\d seconds"):
        check_max_duration(Settings(sustained_minutes=5.0, max_duration=300.0))


@pytest.mark.parametrize(
    ("settings", "passes"),
    [
        (Settings(), 7),
        (Settings(profile="quick"), 2),
        (Settings(seconds_per_level=0.3), 1),
        (Settings(seconds_per_level=0.6), 2),
        (Settings(seconds_per_level=5.0), 3),
    ],
)
def test_levels_are_measured_in_passes(settings: Settings, passes: int) -> None:
    assert settings.passes == passes


@pytest.mark.parametrize("limit", [1.0, float("nan"), float("inf"), -3.0])
def test_a_limit_that_the_levels_alone_exceed_is_refused(limit: float) -> None:
    with pytest.raises(InputError, match=r"--max-duration: expected at least 13\.5 seconds"):
        check_max_duration(Settings(max_duration=limit))


def test_a_limit_with_room_is_taken() -> None:
    check_max_duration(Settings(max_duration=13.6))
    check_max_duration(Settings())


def test_what_a_run_is_asked_for_is_a_whole_curve() -> None:
    assert Settings().levels == conditions.FULL_LEVELS
    assert Settings(levels=(100,)).profile_name == conditions.CUSTOM
    assert Settings().profile_name != conditions.CUSTOM
    assert Settings().spread == conditions.ALL
