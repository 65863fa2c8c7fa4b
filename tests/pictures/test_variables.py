from __future__ import annotations

import pytest

from grafana.dashboards.variables import JOB, KERNEL, MACHINE, MEASURE, PROVIDER
from pictures.variables import Span, filled, first_choices, picked

HOUR = Span(0, 3600, 15)


@pytest.mark.parametrize(
    ("variable", "values", "expected"),
    [
        (MACHINE, [], ".+"),
        (PROVIDER, [], ".*"),
        (JOB, ["node"], "node"),
        (JOB, ["node", "lab.1"], r"(node|lab\\.1)"),
        (JOB, ["a(b)"], r"a\\(b\\)"),
        (KERNEL, ["rmw"], "rmw"),
    ],
)
def test_what_is_picked(variable: object, values: list[str], expected: str) -> None:
    assert picked(variable, values) == expected  # type: ignore[arg-type]


def test_one_value_has_to_be_picked() -> None:
    with pytest.raises(ValueError, match="no value of kernel"):
        picked(KERNEL, [])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a[$__rate_interval]", "a[60s]"),
        ("a[$__range]", "a[3600s]"),
        ('a{x="$x",y="${x}"}', 'a{x="1",y="1"}'),
        ("a{x='$xy'}", "a{x='$xy'}"),
    ],
)
def test_filled(expression: str, expected: str) -> None:
    assert filled(expression, {"x": "1"}, HOUR) == expected


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ({}, "At 100 %: performance (units/s)"),
        ({"per": ["1"]}, "At 100 %: price-performance (units/s per $/h)"),
    ],
)
def test_a_title_has_the_text_of_what_is_picked(wanted: dict[str, list[str]], title: str) -> None:
    values = first_choices("http://not-asked", [MEASURE], wanted, HOUR)
    assert filled("At 100 %: ${per:text}", values, HOUR) == title
    assert filled("vector($per)", values, HOUR) == f"vector({values['per']})"


def test_the_rate_interval_follows_the_zoom() -> None:
    assert Span(0, 86400, 360).rate_interval == 375
