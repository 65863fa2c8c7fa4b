"""How often a machine was scraped, and the grid on which it is asked for: literal cases."""

from __future__ import annotations

import numpy as np
import pytest

from perfanalysis.promql import Series
from reporter.asking.placeholders import duration
from reporter.asking.rhythm import Grid, ScrapeRhythm, fullest, grids, rhythm_of, usual_interval


@pytest.mark.parametrize(
    ("times", "interval", "even"),
    [
        ([0, 15, 30, 45], 15, True),
        ([0, 15.001, 30, 44.999], 15, True),
        ([0, 15.05, 30.1, 45.15], 15.05, False),
        # A lost scrape is a gap, and no other rhythm.
        ([0, 15, 30, 60, 75], 15, True),
        ([0, 13, 30, 47, 60], 15, False),
        # As a capture of "about five seconds" is.
        ([0, 5.2, 10.5, 15.7, 21.0], 5.25, False),
    ],
)
def test_a_rhythm(times: list[float], interval: float, even: bool) -> None:
    found = rhythm_of(np.array(times), 99)
    assert (found.interval, found.even) == (pytest.approx(interval, abs=0.11), even)


def test_one_sample_tells_no_rhythm() -> None:
    assert rhythm_of(np.array([7.0]), 30) == ScrapeRhythm(30, 0, even=False)


@pytest.mark.parametrize(
    ("rhythm", "window", "grid"),
    [
        (ScrapeRhythm(15, 0.5, even=True), 0, Grid(15, 0, even=True)),
        # Samples at the points would be seen once too often, or not at all.
        (ScrapeRhythm(15, 0.0, even=True), 0, Grid(15, 7.5, even=True)),
        (ScrapeRhythm(15, 0.9, even=True), 0, Grid(15, 7.5, even=True)),
        (ScrapeRhythm(15, 0.5, even=False), 0, Grid(7.5, 0, even=False)),
        (ScrapeRhythm(15, 0.0, even=True), 300, Grid(300, 0, even=False)),
        # Finer than the scrapes nobody can look.
        (ScrapeRhythm(60, 0.5, even=True), 15, Grid(60, 0, even=True)),
    ],
)
def test_a_grid(rhythm: ScrapeRhythm, window: float, grid: Grid) -> None:
    assert grids({"a": rhythm}, window) == {grid: ["a"]}


def test_a_grid_holds_the_range() -> None:
    assert Grid(15, 7.5, even=True).points(1000, 1100) == (982.5, 1102.5)
    assert Grid(15, 0, even=True).points(1005, 1095) == (990, 1095)


@pytest.mark.parametrize(
    ("phase", "shift", "late"), [(0.0, 7.5, 7.5), (0.5, 0, 7.5), (0.3, 0, 10.5)]
)
def test_points_know_how_late_they_are(phase: float, shift: float, late: float) -> None:
    rhythm = ScrapeRhythm(15, phase, even=True)
    assert Grid(15, shift, even=True).lateness(rhythm) == pytest.approx(late)
    assert Grid(15, shift, even=False).lateness(rhythm) == 0


def test_machines_are_looked_at_where_most_of_them_are() -> None:
    def counts(name: str, *values: float) -> Series:
        times = 100.0 * np.arange(1, len(values) + 1)
        return Series({"instance": name}, times, np.array(values))

    found = fullest(
        [counts("a", 5, 5, 5), counts("b", 0, 10, 10), counts("c", 2, 0, 0)], bin_seconds=100
    )
    assert found == {"a": (100, 20), "b": (200, 10), "c": (100, 50)}


def test_the_usual_interval() -> None:
    assert usual_interval([ScrapeRhythm(i, 0, even=True) for i in (15, 15, 60)]) == 15
    assert usual_interval([]) == 15


@pytest.mark.parametrize(
    ("seconds", "text"), [(15, "15s"), (300, "300s"), (7.5, "7500ms"), (2.615, "2615ms")]
)
def test_windows_are_written_to_the_millisecond(seconds: float, text: str) -> None:
    assert duration(seconds) == text
