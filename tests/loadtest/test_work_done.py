"""How the mean of a level, beside its median, is shown."""

from __future__ import annotations

import copy
from typing import Any

from loadtest.presentation import noise_lines
from perfanalysis.results import reading
from tests.loadtest.documents import tree

MEAN = {"mean_units_per_second": 946.0, "mean_lower": 900.0, "mean_upper": 990.0}
NOISE = {"covered_seconds": 3.9, "bimodal": {"slow_ratio": 0.82, "slow_share": 0.3}}


def lines(made: dict[str, Any]) -> list[str]:
    """What is said of a document."""
    return noise_lines(reading.from_json(copy.deepcopy(made), "made"))


def test_a_table_says_which_figure_is_which_and_what_it_is_good_for() -> None:
    made = tree()
    assert lines(made) == []
    made["levels"][-1] |= MEAN
    made["noise"] = NOISE
    assert lines(made) == [
        "work done at 100 %: 946 units/s (900 .. 990), the mean; the table has medians",
        "two speeds: 18% slower for 30% of the time; the median is that of the more frequent one",
        "intervals are good for changes shorter than 3.9 s",
    ]
    del made["levels"][-1]["mean_lower"], made["levels"][-1]["mean_upper"]
    assert "(unknown)" in lines(made)[0]
