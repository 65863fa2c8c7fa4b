"""Names in charts are shown as they are, gaps as gaps, and marks of axes tell each other apart."""

from __future__ import annotations

import re

import numpy as np
import pytest

from reporter.analysis.against_baseline import BaselineDifference
from reporter.analysis.comparison import max_units, ratio
from reporter.analysis.contenders import contenders
from reporter.charts import differences, pareto, price_performance, time_lines, units_per_busy_level
from reporter.charts.far_apart import far_apart
from reporter.charts.lines import Line, Scale, without_neighbours
from reporter.charts.stack import gaps_in_all
from reporter.language import ENGLISH
from tests.reporter.made import machine


@pytest.mark.parametrize("name", ["db$1$", r"a$\frac$", "$x_1$ & <b>"])
def test_a_name_with_dollars_is_no_formula(name: str) -> None:
    drawn = price_performance.draw(contenders([machine(name, 1000.0, 0.1)])[0], {name: 0}, ENGLISH)
    assert drawn
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f">{shown}</text>" in drawn.decode()


def test_what_is_0_throughout_has_marks_that_differ() -> None:
    times = np.arange(0, 3600, 60.0)
    scale = Scale(0, 3600, 60, "", ENGLISH.mebibytes, unit=2.0**20)
    drawn = time_lines.draw([Line("eth0", 0, times, times * 0)], scale, ENGLISH)
    marks = marks_of(drawn, r"[\d.]+ MiB/s")
    assert (marks[0], marks[-1]) == ("0.0 MiB/s", "1.0 MiB/s")
    assert len(set(marks)) == len(marks)


def test_layers_have_gaps_where_nothing_is_known() -> None:
    times = np.array([0.0, 60, 120, 480, 540])
    user = np.array([0.2, np.nan, 0.2, 0.2, np.nan])
    steal = np.array([0.1, 0.1, np.nan, 0.1, np.nan])
    at, rows = gaps_in_all(times, [user, steal], 60)
    # Behind 120 there is none; at 540 neither is known. That of 480 is of the minute before it.
    assert at.tolist() == [0, 60, 120, 180, 420, 480, 540]
    assert np.isnan(rows[:, [3, 6]]).all()
    assert rows[:, [0, 1, 2, 4, 5]].tolist() == [[0.2, 0.0, 0.2, 0.2, 0.2], [0.1, 0.1, 0, 0.1, 0.1]]


def test_a_value_without_neighbours_is_a_dot() -> None:
    times = np.arange(0, 600, 60.0)
    values = np.full(10, np.nan)
    scale = Scale(0, 600, 60, "", ENGLISH.number)

    def dots(*known: int) -> int:
        values[list(known)] = 0.5
        drawn = time_lines.draw([Line("a", 0, times, values)], scale, ENGLISH)
        assert drawn
        return drawn.count(b"<path") - usual

    usual = 0
    usual = dots(1, 2)
    # One more path: the dot.
    assert dots(1, 2, 3) == 0
    assert dots(1, 2, 3, 7) > 0
    assert without_neighbours(values).tolist() == [False] * 7 + [True, False, False]


def marks_of(drawn: bytes | None, pattern: str) -> list[str]:
    """The texts of a chart that are marks of an axis."""
    assert drawn
    return re.findall(f">({pattern})</text>", drawn.decode())


def test_machines_that_lie_far_apart_get_axes_of_equal_factors() -> None:
    small, middle, large = (
        machine("small", 700.0, 0.03),
        machine("middle", 7_000.0, 0.04),
        machine("large", 120_000.0, 9.0),
    )
    near = [small, middle]
    far = [*near, large]
    places = {one.name: i for i, one in enumerate(far)}
    dollars = r"\$[\d.]+"
    assert marks_of(pareto.draw(contenders(near)[0], places, ENGLISH, 3.0), dollars)[0] == "$0.00"
    prices = marks_of(pareto.draw(contenders(far)[0], places, ENGLISH, 3.0), dollars)
    assert prices == ["$0.10", "$1.00", "$10.00"]
    assert "0" in marks_of(units_per_busy_level.draw(near, places, ENGLISH), r"[\d,]+")
    assert {"1,000", "10,000", "100,000"} <= set(
        marks_of(units_per_busy_level.draw(far, places, ENGLISH), r"[\d,]+")
    )
    assert marks_of(units_per_busy_level.draw(far, places, ENGLISH), r"units per second \(log\)")
    assert not marks_of(units_per_busy_level.draw(near, places, ENGLISH), r".*\(log\)")


@pytest.mark.parametrize(
    ("values", "apart"), [([], False), ([5.0], False), ([1.0, 19.9], False), ([20.0, 1.0], True)]
)
def test_far_apart_is_twenty_times(values: list[float], apart: bool) -> None:
    assert far_apart(values) is apart


def test_differences_have_marks_that_differ_and_no_axis_without_a_figure() -> None:
    first, second = machine("first", 1000.0, 0.1), machine("second", 1002.0, 0.1, spread=0.0005)
    rates = max_units(second), max_units(first)
    assert rates[0] and rates[1]
    units = ratio(rates[0], rates[1])
    places = {"first": 0, "second": 1}
    drawn = differences.draw(
        [BaselineDifference("second", (second,), units, None, None)], places, ENGLISH
    )
    marks = marks_of(drawn, r"[+-\N{MINUS SIGN}\d.]+ %")
    assert len(set(marks)) == len(marks) > 2
    assert marks_of(drawn, "units per second")
    assert not marks_of(drawn, "units per dollar")
    both = differences.draw(
        [BaselineDifference("second", (second,), units, units, None)], places, ENGLISH
    )
    assert marks_of(both, "units per dollar")
    nothing = BaselineDifference("second", (second,), None, None, None)
    assert differences.draw([nothing], places, ENGLISH) is None
