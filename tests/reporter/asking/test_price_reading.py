"""What follows from the lowest and the highest price."""

from __future__ import annotations

import math

import pytest

from perfanalysis.promql import Sample
from reporter.asking.price_reading import constant, per_price


def samples(*told: tuple[str, str, float]) -> list[Sample]:
    return [Sample({"instance": name, "purchase": p}, 0.0, value) for name, p, value in told]


def said(found: list[Sample]) -> list[tuple[str, str, float]]:
    return [(one.labels["instance"], one.labels["purchase"], one.value) for one in found]


@pytest.mark.parametrize(
    ("lowest", "highest", "same", "changed"),
    [
        ([], [], [], set()),
        ([("a", "spot", 0.1)], [("a", "spot", 0.1)], [("a", "spot", 0.1)], set()),
        ([("a", "spot", 0.1)], [("a", "spot", 0.2)], [], {"a"}),
        # All options of a machine are asked again where one changed.
        (
            [("a", "spot", 0.1), ("a", "on_demand", 0.3), ("b", "spot", 0.1)],
            [("a", "spot", 0.2), ("a", "on_demand", 0.3), ("b", "spot", 0.1)],
            [("b", "spot", 0.1)],
            {"a"},
        ),
        # What one of both does not answer, or is no number, is not known to be the same.
        ([("a", "spot", 0.1)], [], [], {"a"}),
        ([("a", "spot", math.nan)], [("a", "spot", math.nan)], [], {"a"}),
        ([("a", "spot", 0.0)], [("a", "spot", 0.0)], [("a", "spot", 0.0)], set()),
    ],
)
def test_what_did_not_change(
    lowest: list[tuple[str, str, float]],
    highest: list[tuple[str, str, float]],
    same: list[tuple[str, str, float]],
    changed: set[str],
) -> None:
    found, left = constant(samples(*lowest), samples(*highest))
    assert (said(found), left) == (same, changed)


def test_units_for_a_dollar_are_of_prices_above_0_and_of_known_work() -> None:
    prices = samples(("a", "spot", 0.5), ("a", "on_demand", 2.0), ("b", "spot", 0.0), ("c", "x", 1))
    found = per_price({"a": 100.0, "b": 100.0}, prices)
    assert said(found) == [("a", "spot", 200.0), ("a", "on_demand", 50.0)]
