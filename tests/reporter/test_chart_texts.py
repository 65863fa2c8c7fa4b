"""Names in charts are shown as they are."""

from __future__ import annotations

import pytest

from reporter.charts import price_performance
from reporter.language import ENGLISH
from tests.reporter.made import machine


@pytest.mark.parametrize("name", ["db$1$", r"a$\frac$", "$x_1$ & <b>"])
def test_a_name_with_dollars_is_no_formula(name: str) -> None:
    drawn = price_performance.draw([machine(name, 1000.0, 0.1)], ENGLISH)
    assert drawn
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f">{shown}</text>" in drawn.decode()
