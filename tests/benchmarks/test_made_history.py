from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.made_history import START, blocks, history, of_comparison, of_fleet
from benchmarks.made_history.machines import Floats, MadeMachine
from benchmarks.made_history.series import MadeSeries, seconds_of_day
from exporter.catalogue import CATALOGUE

RECORDED = {"instance_kernel:perf_loadtest_units:paid"}


def test_the_same_number_is_the_same_machine() -> None:
    seconds = seconds_of_day()
    machine = MadeMachine(3)
    assert machine.name == "oci-vm.standard.a2.flex-0003"
    assert np.array_equal(machine.busy(seconds), MadeMachine(3).busy(seconds))
    assert not np.array_equal(machine.busy(seconds), MadeMachine(9).busy(seconds))
    assert 0.01 <= machine.busy(seconds).min() <= machine.busy(seconds).max() <= 0.99


@pytest.mark.parametrize(("families", "count"), [(of_fleet, 39), (of_comparison, 267)])
def test_series_are_those_of_the_exporter(families: blocks.Families, count: int) -> None:
    seconds = seconds_of_day()
    found = list(families(MadeMachine(0), seconds))
    assert len(found) == count
    assert len({(one.name, one.labels) for one in found}) == count
    assert [
        one.name for one in found if not (one.name in RECORDED or CATALOGUE.find(one.name))
    ] == []
    for one in found:
        assert one.labels.startswith('job="node",instance="aws-m7i.large-0000"')
        if one.name.endswith("_total") and isinstance(one.values, np.ndarray):
            assert (np.diff(one.values) >= 0).all()


def test_all_time_of_a_cpu_adds_up() -> None:
    seconds = seconds_of_day()
    times: list[Floats] = [
        np.diff(one.values)
        for one in of_fleet(MadeMachine(1), seconds)
        if one.name == "node_cpu_seconds_total" and 'cpu="2"' in one.labels
        if not isinstance(one.values, float)
    ]
    assert len(times) == 8
    assert np.allclose(np.sum(times, axis=0), 15.0)


def test_lines() -> None:
    rising = MadeSeries("a_total", 'job="50%"', np.array([1.0, 2.25, 3.5]), 2)
    assert (
        blocks.lines(rising, [60, 75], 1)
        == 'a_total{job="50%"} 2.25 60\na_total{job="50%"} 3.50 75\n'
    )
    assert blocks.lines(MadeSeries("b", 'c="d"', 1.5), [60], 0) == 'b{c="d"} 1.5 60\n'
    assert blocks.lines(MadeSeries("b", 'c="d"', 1 / 3, 2), [60], 0) == 'b{c="d"} 0.33 60\n'


def one_series(machine: MadeMachine, seconds: Floats) -> list[MadeSeries]:
    return [MadeSeries("up", f'instance="{machine.name}"', seconds)]


@pytest.mark.e2e
def test_a_day_is_made_once(tmp_path: Path) -> None:
    said: list[str] = []
    made = history("two", 2, one_series, said.append, tmp_path)
    assert (made.machines, made.series, made.samples) == (2, 2, 2 * 5760)
    assert len(list(made.folder.glob("*/meta.json"))) == 12
    assert len(said) == 12
    assert history("two", 2, one_series, said.append, tmp_path) == made
    assert len(said) == 12
    assert START % 7200 == 0
