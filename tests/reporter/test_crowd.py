"""Forty machines: nothing is left out in silence, no two look alike, and the pages stay few."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reporter.analysis.foremost import foremost, places
from reporter.charts import style
from reporter.figures.catalogue import FIGURES
from reporter.figures.figure import Figure, drawn
from reporter.pages.html import of_page
from reporter.pages.page import Page
from reporter.pages.pdf import pdf
from tests.reporter import layout
from tests.reporter.crowd import END, data
from tests.reporter.made import machine

# By units per dollar; m2 has no price.
RANKS = {name: (place, "") for place, name in enumerate(("m5", "m4", "m3", "m1", "m0"), 1)}
LINES = ("curve", "kernels", "use", "cpu")
BARS = ("work_for_the_money", "against_baseline", "modes_of_all")


def texts(svg: bytes | None) -> list[str]:
    assert svg
    return re.findall(r">([^<>]+)</text>", svg.decode())


def test_looks_begin_anew_late() -> None:
    lines = [str(style.look(place)) for place in range(32)]
    points = [(one["color"], one["marker"]) for one in map(style.point, range(64))]
    assert len(set(lines)) == 32
    assert len(set(points)) == 64


@pytest.mark.parametrize("name", LINES)
def test_charts_of_lines_show_eight_and_say_so(name: str) -> None:
    figure = FIGURES[name]
    assert isinstance(figure, Figure)
    few, many = figure.draw(data(8)), figure.draw(data(40))
    # What compares load tests leaves the disturbed one out.
    all_ = 39 if name == "curve" else 40
    assert few and many
    assert not [note for note in few.notes if "shown" in note]
    assert many.notes[0].startswith(f"8 of {all_} machines are shown: the baseline")
    named = {text for text in texts(many.svg) if text.startswith("node-")}
    assert len(named) == 8
    assert len({row[0] for row in many.table.rows}) == all_


@pytest.mark.parametrize(
    ("name", "shown", "of"), [(BARS[0], 20, 39), (BARS[1], 20, 38), (BARS[2], 20, 40)]
)
def test_charts_of_bars_say_what_they_leave_out(name: str, shown: int, of: int) -> None:
    chart = FIGURES[name].draw(data(40, apart=True))  # type: ignore[call-arg, arg-type]
    assert chart
    assert chart.notes[0] == f"{shown} of {of} are shown; the CSV file has all."
    assert len([text for text in texts(chart.svg) if text.startswith("node-")]) == shown
    assert len({row[0] for row in chart.table.rows}) == of


def test_the_front_of_price_names_eight_and_has_a_point_for_each_other() -> None:
    chart = FIGURES["price_front"].draw(data(40, apart=True))  # type: ignore[call-arg, arg-type]
    assert chart
    assert "31 others" in texts(chart.svg)
    assert len([text for text in texts(chart.svg) if text.startswith("node-")]) == 8


@pytest.mark.parametrize("name", ["curve", "price_front", "work_for_the_money", "against_baseline"])
def test_a_disturbed_run_is_left_out_and_that_is_said(name: str) -> None:
    sound, disturbed = drawn(FIGURES[name], data(1)), drawn(FIGURES[name], data(3))
    assert disturbed
    assert disturbed.caption.endswith("Left out as disturbed: node-002.c7a.example.")
    assert sound is None or "disturbed" not in sound.caption


@pytest.mark.parametrize("name", ["work_for_the_money", "price_front"])
def test_types_stand_for_their_machines(name: str) -> None:
    chart = FIGURES[name].draw(data(40))  # type: ignore[call-arg, arg-type]
    assert chart
    shown = [text for text in texts(chart.svg) if text.startswith("aws ")]
    assert sorted(shown) == ["aws c7a.2xlarge", "aws m7i.large", "aws m8g.xlarge"]
    assert chart.notes == ("Left out as disturbed: node-039.m7i.example.",)


def test_the_foremost_are_the_first_then_those_of_rank() -> None:
    every = [machine(f"m{i}", 100.0 + i, 0.1) for i in range(6)]
    every[2] = machine("m2", 500.0, None)
    assert [one.name for one in foremost(every, {"m0"}, RANKS, 3)] == ["m0", "m4", "m5"]
    assert foremost(every, (), {}, 6) == every
    shown = foremost(every, {"m0"}, RANKS, 3)
    assert places(shown, every) == {"m0": 0, "m4": 1, "m5": 2, "m1": 3, "m2": 4, "m3": 5}


@pytest.mark.skipif(not layout.AVAILABLE, reason="no pdftotext: scripts/setup-tests brings it")
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_comparison_of_forty_has_twelve_pages_and_every_machine(
    tmp_path: Path, language: str
) -> None:
    page = Page(data(40, language=language), END)
    content, count = pdf(of_page(page), END)
    (tmp_path / "crowd.pdf").write_bytes(content)
    assert count <= 12
    assert layout.faults(tmp_path / "crowd.pdf") == []
    words = "".join(w.text for sheet in layout.sheets(tmp_path / "crowd.pdf") for w in sheet.words)
    # Each is in the tables of summary, differences (but the baseline), fit, use, levels, machines.
    assert {words.count(f"node-{i:03d}") >= 5 for i in range(40)} == {True}
