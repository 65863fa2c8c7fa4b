"""Sizes of fleets from what was measured of two of them."""

from __future__ import annotations

import pytest

from benchmarks.sizing import BEGIN, END, sized, through

BOTH = {
    "CPU of Prometheus, of each second": (0.1, 0.25),
    "resident memory of Prometheus": (2.0**30, 4.0 * 2**30),
    "samples a second": (1000.0, 4000.0),
    "series in memory": (15_000.0, 60_000.0),
}
WHOLE = {
    "with rules: CPU of Prometheus, of each second": 0.35,
    "with rules: resident memory of Prometheus": 5.0 * 2**30,
    "with rules: series in memory": 61_000.0,
    "VictoriaMetrics: CPU, of each second": 0.1,
    "VictoriaMetrics: resident memory": 2.0**29,
    "VictoriaMetrics: disk space of a sample, its index left out": 0.5,
    "remote write: CPU of Prometheus besides, of each second": 0.06,
}
STORED = {
    "disk space of a sample, its share of the index left out": 2.0,
    "disk space of a sample, a new block's whole index included": 3.0,
}


def result(values: dict[str, float]) -> dict[str, object]:
    figures = [{"name": n, "ours": {"median": {"value": v}}} for n, v in values.items()]
    machine = {"cpus": 2, "cpu_model": "x", "load_1m": 0.5}
    return {
        "figures": figures,
        "machine": machine,
        "date": "today",
        "versions": {"Prometheus": "3"},
    }


def test_a_line_goes_through_both() -> None:
    line = through(0.1, 0.25)
    assert line.at(250) == pytest.approx(0.1)
    assert line.at(1000) == pytest.approx(0.25)
    assert line.at(0) == pytest.approx(0.05)
    assert line.at(20_000) == pytest.approx(20 * 0.25)


def test_no_fleet_needs_less_than_nothing() -> None:
    line = through(1.0, 8.0)
    assert (line.at(0), line.at(1000), line.at(500)) == (0.0, 8.0, 4.0)


def test_the_tables() -> None:
    known = WHOLE | {
        f"{size} machines: {what}": value
        for what, values in BOTH.items()
        for size, value in zip(("250", "1,000"), values, strict=True)
    }
    page = sized(f"a\n{BEGIN}\nold\n{END}\nz\n", result(known), result(STORED))
    rows = {
        cells[1].strip(): [cell.strip() for cell in cells[2:-1]]
        for cells in (line.split("|") for line in page.splitlines() if line.startswith("| "))
    }
    assert rows["samples scraped a second"] == ["40", "4,000", "40,000", "400,000"]
    assert rows["series in memory"] == ["610", "61,000", "610,000", "6,100,000"]
    # 0.05 + 0.0002 a machine, and 0.0001 for its rules.
    assert rows["CPU hours in 30 days"] == ["38", "252", "2,520", "25,200"]
    assert rows["disk of 30 days, GB, without the index"][1] == "20.7"
    assert rows["disk of 30 days, GB"][1] == "5.18"
    assert "old" not in page
    assert "Measured today on 2 CPUs of x at a load of 0.5; Prometheus 3." in page
    assert page.startswith("a\n")
    assert page.endswith("z\n")


def test_what_was_not_run_is_said() -> None:
    page = sized(f"{BEGIN}\nold\n{END}\n", None, result(STORED))
    assert "Not measured yet" in page
    assert "old" not in page


def test_a_result_that_lacks_a_figure_is_refused() -> None:
    with pytest.raises(KeyError):
        sized(f"{BEGIN}\n{END}\n", result({}), result(STORED))
