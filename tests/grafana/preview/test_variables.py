from __future__ import annotations

import pytest

from grafana.dashboards.variables import JOB, KERNEL, PROVIDER
from grafana.preview.variables import Span, filled, picked

HOUR = Span(0, 3600, 15)


@pytest.mark.parametrize(
    ("variable", "values", "expected"),
    [
        (JOB, [], ".+"),
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


def test_the_rate_interval_follows_the_zoom() -> None:
    assert Span(0, 86400, 360).rate_interval == 375
