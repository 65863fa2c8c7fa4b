"""Names in charts are shown as they are, gaps as gaps, and marks of axes tell each other apart."""

from __future__ import annotations

import re

import numpy as np
import pytest

from reporter.charts import price_performance, time_lines
from reporter.charts.stack import gaps_in_all
from reporter.charts.time_lines import Line, Scale
from reporter.language import ENGLISH
from tests.reporter.made import machine


@pytest.mark.parametrize("name", ["db$1$", r"a$\frac$", "$x_1$ & <b>"])
def test_a_name_with_dollars_is_no_formula(name: str) -> None:
    drawn = price_performance.draw([machine(name, 1000.0, 0.1)], ENGLISH)
    assert drawn
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f">{shown}</text>" in drawn.decode()


def test_what_is_0_throughout_has_marks_that_differ() -> None:
    times = np.arange(0, 3600, 60.0)
    scale = Scale(0, 3600, 60, "", ENGLISH.mebibytes, unit=2.0**20)
    drawn = time_lines.draw([Line("eth0", 0, times, times * 0)], scale, ENGLISH)
    assert drawn
    marks = re.findall(r">([\d.]+) MiB/s</text>", drawn.decode())
    assert marks[0] == "0.00"
    assert marks[-1] == "1.00"
    assert len(set(marks)) == len(marks)


def test_layers_have_gaps_where_nothing_is_known() -> None:
    times = np.array([0.0, 60, 120, 480, 540])
    user = np.array([0.2, np.nan, 0.2, 0.2, np.nan])
    steal = np.array([0.1, 0.1, np.nan, 0.1, np.nan])
    at, rows = gaps_in_all(times, [user, steal], 60)
    # Behind 120 there is none; at 540 neither is known.
    assert at.tolist() == [0, 60, 120, 180, 480, 540]
    assert np.isnan(rows[:, [3, 5]]).all()
    assert rows[:, [0, 1, 2, 4]].tolist() == [[0.2, 0.0, 0.2, 0.2], [0.1, 0.1, 0.0, 0.1]]
