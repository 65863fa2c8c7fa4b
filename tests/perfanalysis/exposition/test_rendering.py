"""The bytes of pages, by literal tables."""

from __future__ import annotations

import math

import pytest

from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, Block, Layout, format_value, render_page

SECONDS = Family("x_seconds_total", "counter", "Time\nspent \\ here.", ("mode",), "seconds")
LEVEL = Family("x_level", "gauge", "Level.")


def test_a_page_is_rendered_to_the_byte() -> None:
    layout = Layout(
        [Series(SECONDS, ('a"b\\c\nd',), b"e-2"), Series(SECONDS, ("e",)), Series(LEVEL)]
    )
    assert render_page([Block(layout, [b"123", b"4", b"5"])], TEXT) == (
        b"# HELP x_seconds_total Time\\nspent \\\\ here.\n"
        b"# TYPE x_seconds_total counter\n"
        b'x_seconds_total{mode="a\\"b\\\\c\\nd"} 123e-2\n'
        b'x_seconds_total{mode="e"} 4\n'
        b"# HELP x_level Level.\n"
        b"# TYPE x_level gauge\n"
        b"x_level 5\n"
    )


def test_a_layout_is_used_again_with_new_values() -> None:
    layout = Layout([Series(LEVEL)])
    layout.render([b"1"], TEXT)
    assert layout.render([b"2"], TEXT).endswith(b"x_level 2\n")


def test_an_empty_layout_renders_nothing() -> None:
    assert Layout([]).render([], TEXT) == b""


def test_the_number_of_values_is_checked() -> None:
    with pytest.raises(ValueError, match="size"):
        Layout([Series(LEVEL)]).render([b"1", b"2"], TEXT)


@pytest.mark.parametrize(
    "samples",
    [
        [Series(LEVEL), Series(LEVEL)],
        [Series(SECONDS, ("a",)), Series(SECONDS, ("b",)), Series(SECONDS, ("a",))],
        [Series(SECONDS, ("a",)), Series(LEVEL), Series(SECONDS, ("b",))],
    ],
)
def test_a_series_or_family_may_not_come_twice(samples: list[Series]) -> None:
    with pytest.raises(MalformedError, match="twice"):
        Layout(samples)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, b"0"),
        (2**64, b"18446744073709551616"),
        (0.5, b"0.5"),
        (1e-9, b"1e-09"),
        (math.nan, b"NaN"),
        (math.inf, b"+Inf"),
        (-math.inf, b"-Inf"),
    ],
)
def test_values_are_written_as_prometheus_reads_them(value: float, text: bytes) -> None:
    assert format_value(value) == text
