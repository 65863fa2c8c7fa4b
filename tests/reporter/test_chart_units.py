"""Axes of bytes: units that fit the data, marks that differ, and memory up to all there is."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from perfanalysis.promql import Series
from reporter.analysis.report_data import ReportData
from reporter.asking.usage_queries import NETWORK_BYTES
from reporter.charts.marks import decimals
from reporter.figures import load, memory, network
from reporter.figures.units import BYTES, BYTES_PER_SECOND, fitting
from tests.reporter.crowd import END, START, STEP, data

TIMES = np.arange(START, END + 1, STEP)


def with_series(query: object, *labels: dict[str, str], values: list[float]) -> ReportData:
    made = data(1)
    own = {"instance": made.machines[0].name}
    found = [
        Series({**own, **more}, TIMES, np.full(len(TIMES), value))
        for more, value in zip(labels, values, strict=True)
    ]
    answers = replace(made.answers, series={**made.answers.series, query: found})  # type: ignore[dict-item]
    return ReportData(made.config, answers, made.language)


def marks(svg: bytes | None) -> list[str]:
    assert svg
    return re.findall(r">([\d.,]+)</text>", svg.decode())


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, "B/s"), (0.4, "B/s"), (999, "B/s"), (1e3, "kB/s"), (1.5e6, "MB/s"), (7e15, "TB/s")],
)
def test_the_unit_of_which_there_is_one_at_least(most: float, expected: str) -> None:
    assert fitting(most, BYTES_PER_SECOND).name == expected


@pytest.mark.parametrize(
    ("most", "expected"), [(5e5, "KiB"), (2.0**30 - 1, "MiB"), (2.0**30, "GiB"), (3e13, "TiB")]
)
def test_memory_counts_by_1024(most: float, expected: str) -> None:
    assert fitting(most, BYTES).name == expected


@pytest.mark.parametrize(
    ("distance", "digits"), [(5, 0), (1, 0), (2.5, 1), (0.5, 1), (0.25, 2), (0.02, 2), (1e-9, 7)]
)
def test_decimals_that_tell_marks_apart(distance: float, digits: int) -> None:
    assert decimals(distance) == digits


@pytest.mark.parametrize(
    ("rate", "unit"), [(3.0, "B/s"), (5_400.0, "kB/s"), (2.2e6, "MB/s"), (1.2e9, "GB/s")]
)
def test_throughput_has_marks_in_a_unit_that_fits(rate: float, unit: str) -> None:
    made = with_series(
        NETWORK_BYTES,
        {"device": "eth0", "direction": "receive"},
        {"device": "eth0", "direction": "transmit"},
        values=[rate, rate / 7],
    )
    svg = network.draw(made, made.machines[0]).svg
    assert svg
    assert f">{unit}</text>" in svg.decode()
    found = marks(svg)
    assert len(set(found)) == len(found) >= 3
    assert not any(re.fullmatch(r"0\.0+", mark) for mark in found[1:])


def test_the_axis_of_memory_goes_up_to_its_total() -> None:
    parts = [{"part": part} for part in ("total", "free", "cached")]
    made = with_series(memory.MEMORY_BY_USE, *parts, values=[2.0**34, 2.0**34 - 2.0**31, 2.0**30])
    chart = memory.draw(made, made.machines[0])
    assert chart
    found = [float(mark) for mark in marks(chart.svg)]
    # 2 of 16 GiB are taken: without the total the axis would end at 2.
    assert max(found) >= 12
    assert chart.svg and b">GiB</text>" in chart.svg


def test_little_load_has_marks_that_differ() -> None:
    made = with_series(load.LOAD_PER_CPU, {}, values=[0.004])
    found = marks(load.draw(made, made.machines[0]).svg)
    assert len(set(found)) == len(found) >= 3
