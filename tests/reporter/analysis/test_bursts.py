"""What was between scrapes, from counts of looks: literal cases."""

from __future__ import annotations

import pytest

from perfanalysis.promql import Sample
from reporter.analysis.bursts import bursts


def looks(machine: str, **rates: float) -> list[Sample]:
    bounds = {"half": "0.5", "nine": "0.9", "one": "1", "all": "+Inf"}
    return [
        Sample({"instance": machine, "le": bounds[name]}, 0.0, rate) for name, rate in rates.items()
    ]


def test_shares_of_the_looks() -> None:
    found = bursts(looks("a", all=10, nine=9.5, half=5, one=10))["a"]
    assert (found.a_second, found.above(0.9)) == (10, pytest.approx(0.05))
    assert found.above(0.8) is None
    assert [found.percentile(q) for q in (50, 95, 99)] == [(0, 0.5), (0.5, 0.9), (0.9, 1)]


def test_without_looks_nothing_is_known() -> None:
    assert bursts([]) == {}
    assert bursts(looks("a", all=0, nine=0)) == {}
    assert bursts(looks("a", nine=1)) == {}
