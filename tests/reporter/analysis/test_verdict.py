"""The verdict's words for differences, doubt, and the spread of machines of one type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfanalysis.estimates.ratios import Ratio
from reporter.analysis.ranking import Ranking
from reporter.analysis.verdict import verdict
from reporter.analysis.wording import more, percent
from reporter.asking.machines import Machine
from reporter.language import ENGLISH
from tests.reporter.made import machine


@pytest.mark.parametrize(
    ("value", "lower", "upper", "words"),
    [
        (1.12, 1.09, 1.15, "12 % (9 to 15 %)"),
        (1.052, 1.02, 1.081, "5.2 % (2.0 to 8.1 %)"),
        (1.1, 1.0, 1.2, "10 % (0 to 20 %)"),
        # Less is said by how much it is less, the smaller bound first.
        (0.85, 0.80, 0.91, "15 % (9 to 20 %)"),
        (1.0, 0.9, 1.1, "0.0 % (-10.0 to 10.0 %)"),
        (1.12, None, None, "12 %"),
        (1.12, 1.09, None, "12 %"),
        (0.85, None, 0.91, "15 %"),
    ],
)
def test_a_ratio_as_a_difference(
    value: float, lower: float | None, upper: float | None, words: str
) -> None:
    assert percent(Ratio(value, lower, upper, "slices"), ENGLISH) == words


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (2, "at least 2 more runs of each are needed"),
        (1000, "at least 1,000 more runs of each are needed"),
        (1001, "not even 1,000 more runs of each would settle it"),
        (None, "an interval of both is needed to say how many runs would settle it"),
    ],
)
def test_how_many_more_runs(runs: int | None, words: str) -> None:
    assert more(Ratio(1.01, 0.9, 1.1, "slices", runs), ENGLISH) == words
    assert more(None, ENGLISH).startswith("an interval of both is needed")


def of_type(name: str, most: float, instance_type: str, provider: str = "aws") -> Machine:
    return replace(machine(name, most, 0.05), provider=provider, instance_type=instance_type)


def doubt(*machines: Machine) -> str:
    return verdict(Ranking(machines), ENGLISH)[-1]


def test_the_largest_spread_within_a_type_is_said() -> None:
    alike = [of_type("a1", 100.0, "a"), of_type("a2", 110.0, "a")]
    apart = [of_type("b1", 100.0, "b"), of_type("b2", 130.0, "b")]
    alone = [of_type("c1", 900.0, "c"), of_type("d1", 10.0, "c", provider="oci")]
    # The logarithms of 100 and 130 are 0.2624 apart: their variance is 0.03442, and the root of
    # e to that less 1 is 0.1871; of 100 and 110 it is 0.0675.
    assert "differ from each other by 18.7 % at most (coefficient of" in doubt(
        *alike, *apart, *alone
    )
    assert "from each other by 6.7 % at most (coefficient of" in doubt(*alike, *alone)
    assert "because no type was measured on more than one machine" in doubt(*alone)


def test_machines_of_unknown_types_are_of_no_common_type() -> None:
    unknown = [of_type("a", 100.0, ""), of_type("b", 130.0, "")]
    assert "because no type was measured on more than one machine" in doubt(*unknown)
