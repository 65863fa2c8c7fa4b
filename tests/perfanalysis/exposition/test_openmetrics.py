"""The format OpenMetrics, to the byte."""

from __future__ import annotations

import pytest

from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.openmetrics import OPENMETRICS, claimed_names
from perfanalysis.exposition.rendering import Block, Layout, render_page


def test_a_page_is_rendered_to_the_byte() -> None:
    seconds = Family("x_seconds_total", "counter", 'Time "spent"\n\\ here.', ("mode",), "seconds")
    layout = Layout(
        [
            Series(seconds, ('a"b',), b"e-2"),
            Series(Family("x_calls", "counter", "Calls.")),
            Series(Family("x_vm", "untyped", "VM.")),
            Series(Family("x_size_bytes", "gauge", "Size.", unit="bytes")),
            Series(Family("x_rate", "gauge", "Rate.", unit="hertz")),
        ]
    )
    values = [b"123", b"4", b"5", b"6", b"7"]
    assert render_page([Block(layout, values)], OPENMETRICS).decode() == (
        '# HELP x_seconds Time \\"spent\\"\\n\\\\ here.\n'
        "# TYPE x_seconds counter\n"
        'x_seconds_total{mode="a\\"b"} 123e-2\n'
        "# HELP x_calls Calls.\n"
        "# TYPE x_calls unknown\n"
        "x_calls 4\n"
        "# HELP x_vm VM.\n"
        "# TYPE x_vm unknown\n"
        "x_vm 5\n"
        "# HELP x_size_bytes Size.\n"
        "# TYPE x_size_bytes gauge\n"
        "x_size_bytes 6\n"
        "# HELP x_rate Rate.\n"
        "# TYPE x_rate gauge\n"
        "x_rate 7\n"
        "# EOF\n"
    )


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a_total", "counter", {"a", "a_total", "a_created"}),
        ("a", "counter", {"a"}),
        ("a", "gauge", {"a"}),
        ("a_total", "untyped", {"a_total"}),
        ("a", "summary", {"a", "a_sum", "a_count", "a_created"}),
        ("a", "histogram", {"a", "a_bucket", "a_sum", "a_count", "a_created"}),
    ],
)
def test_the_names_that_a_family_takes(name: str, kind: FamilyType, expected: set[str]) -> None:
    assert claimed_names(Family(name, kind, "")) == expected
