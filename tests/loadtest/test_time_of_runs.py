"""Filling the workers' memory is of a run's time."""

from __future__ import annotations

import os
import time

import pytest

from cffi_burn.kernel import all_kernels
from loadtest.driving.crew import Crew
from loadtest.driving.settings import Settings, Target
from loadtest.run import Filling, Measuring, expected_seconds

KERNEL = all_kernels()["rmw"]


@pytest.mark.parametrize(
    ("settings", "filling", "seconds"),
    [
        # The budget of 14 s has room for the rounds, of about 10 s, and for a short filling.
        (Settings(), 0.0, 14.0),
        (Settings(), 1.0, 14.0),
        (Settings(), 30.0, 31.0 + Settings().first_rounds_seconds),
        (Settings(profile="precise", max_duration=100.0), 30.0, 100.0),
        (Settings(until_steady=True, max_duration=200.0), 30.0, 200.0),
    ],
)
def test_a_run_takes_its_budget_or_what_its_parts_take(
    settings: Settings, filling: float, seconds: float
) -> None:
    assert expected_seconds(settings, filling) == pytest.approx(seconds)


def test_progress_while_memory_is_filled() -> None:
    said: list[tuple[str, float, float]] = []
    filling = Filling(Settings(), lambda *words: said.append(words))
    filling(0.0)
    filling.began -= 5.0
    filling(0.1)
    (first, begun, _), (phase, ratio, rate) = said
    assert first == phase == "filling memory"
    assert begun < 0.01
    # A tenth in 5 s: it will take 50 s.
    assert ratio == pytest.approx(5.0 / (51.0 + Settings().first_rounds_seconds), rel=0.05)
    assert rate == 0.0


def test_the_rounds_come_after_the_filling() -> None:
    said: list[float] = []
    settings = Settings(levels=(100,), seconds_per_level=0.3)
    with Crew(KERNEL, [min(os.sched_getaffinity(0))]) as crew:
        began = time.monotonic() - 30.0
        measuring = Measuring(crew, settings, lambda *words: said.append(words[1]), began)
        measuring.round(Target(100), 0.3)
    assert min(said) >= 30.0 / (31.0 + settings.first_rounds_seconds + 1.0)
