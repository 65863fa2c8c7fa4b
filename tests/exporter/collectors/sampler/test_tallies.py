"""Histograms and maxima over made observations."""

from __future__ import annotations

from exporter.collectors.sampler.layout import HistogramLayout, values_of
from exporter.collectors.sampler.tallies import Histogram, RecentMaximum
from perfanalysis.exposition.families import Family
from perfanalysis.exposition.rendering import TEXT


def histogram(*values: float) -> Histogram:
    made = Histogram((0.0, 0.5, 1.0))
    for value in values:
        made.add(value)
    return made


def test_an_observation_on_a_bound_belongs_below_it() -> None:
    assert histogram(0.0, 0.5, 0.50001, 1.0, 2.0).cumulative() == [1, 2, 4, 5]


def test_a_histogram_on_the_page() -> None:
    family = Family("perf_x", "histogram", "X.")
    layout = HistogramLayout([(family, (0.0, 0.5, 1.0))])
    assert layout.render(values_of(histogram(0.25, 0.5, 3.0)), TEXT).decode().splitlines() == [
        "# HELP perf_x X.",
        "# TYPE perf_x histogram",
        'perf_x_bucket{le="0.0"} 0',
        'perf_x_bucket{le="0.5"} 2',
        'perf_x_bucket{le="1.0"} 2',
        'perf_x_bucket{le="+Inf"} 3',
        "perf_x_sum 3.75",
        "perf_x_count 3",
    ]


def test_a_maximum_lasts_as_long_as_its_window_and_a_second_at_most() -> None:
    recent = RecentMaximum(60)
    recent.add(100.9, 0.9)
    recent.add(101.0, 0.2)
    assert recent.over(115.9, 15) == 0.9
    assert recent.over(116.0, 15) == 0.2
    assert recent.over(160.0, 60) == 0.9
    assert recent.over(117.0, 15) is None
    assert recent.over(162.0, 60) is None


def test_asking_takes_nothing_away() -> None:
    recent = RecentMaximum(60)
    recent.add(5.0, 0.7)
    assert [recent.over(6.0, 15) for _ in range(3)] == [0.7, 0.7, 0.7]


def test_slots_are_used_again() -> None:
    recent = RecentMaximum(15)
    for second in range(100):
        recent.add(float(second), 100.0 - second)
    assert recent.over(99.0, 15) == 16.0
