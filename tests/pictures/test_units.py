from __future__ import annotations

import math

import pytest

from grafana.dashboards.collection import DASHBOARDS
from pictures.units import text, tick


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (0.256, "percentunit", None, "25.6 %"),
        (1.0, "percentunit", None, "100 %"),
        (0.6000000000000001, "percentunit", None, "60 %"),
        (0.000075, "percentunit", None, "0.0075 %"),
        (0.025, "currencyUSD", None, "$0.025"),
        (0.0123, "percentunit", 1, "1.2 %"),
        (1536.0, "bytes", None, "1.50 KiB"),
        (0.0, "bytes", None, "0 B"),
        (1024.0, "bytes", None, "1 KiB"),
        (-2048.0, "bytes", None, "-2 KiB"),
        # There is no larger unit.
        (1024.0**7, "bytes", None, "1048576 PiB"),
        (5e16, "short", None, "50000T"),
        (500.0, "bps", None, "500 b/s"),
        (2_500_000.0, "Bps", None, "2.50 MB/s"),
        (1000.0, "bps", None, "1 kb/s"),
        (0.00012, "s", None, "120 µs"),
        (0.25, "s", None, "250 ms"),
        (90.0, "s", None, "90 s"),
        (7200.0, "s", None, "2 h"),
        (3 * 86400.0, "s", None, "3 d"),
        (1234.5, "currencyUSD", 2, "$1,234.50"),
        (1136.9, "count:units/s", None, "1.14K units/s"),
        (2.5e9, "count:units/s", None, "2.50B units/s"),
        (2500.0, "suffix:d", None, "2500 d"),
        (12.0, "short", None, "12"),
        (None, "short", None, "-"),
        (math.nan, "short", None, "-"),
        (0.0, "dateTimeAsIso", None, "1970-01-01 00:00:00"),
    ],
)
def test_text(value: float | None, unit: str, decimals: int | None, expected: str) -> None:
    assert text(value, unit, decimals) == expected


def test_every_unit_of_the_dashboards_is_known() -> None:
    units = {panel.unit for make in DASHBOARDS.values() for panel in make().panels}
    plain = {"short", "none"}
    for unit in units - plain:
        kind, _, name = unit.partition(":")
        assert name == name.strip(), "Grafana puts a space before it"
        assert kind in ("suffix", "count") or not name, unit
        if not name:
            assert text(0.5, unit) != text(0.5, "short"), unit


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.016, "percentunit", "1.6 %"),
        (0.00075, "percentunit", "0.075 %"),
        (7.5, "s", "7.5 s"),
        (5.0, "s", "5 s"),
        (1200.0, "short", "1.2K"),
        (800.0, "short", "800"),
        (0.05, "currencyUSD", "$0.05"),
        (-40000.0, "Bps", "-40 kB/s"),
    ],
)
def test_an_axis_has_no_more_places_than_it_needs(value: float, unit: str, expected: str) -> None:
    assert tick(value, unit) == expected
