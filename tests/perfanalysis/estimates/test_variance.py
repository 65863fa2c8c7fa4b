"""The two spreads, and how often their intervals hold a known truth."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from perfanalysis import cli
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import spreads
from tests.loadtest.documents import result
from tests.loadtest.documents import write as store

RUNS = 1000


def test_components_are_those_of_the_analysis_of_variance() -> None:
    # Logarithms 0, 0.02 | 0.04, 0.06: within 0.0002; between (0.0016 - 0.0002) / 2.
    found = spreads([[1.0, math.exp(0.02)], [math.exp(0.04), math.exp(0.06)]])
    assert found.within is not None
    assert found.between is not None
    assert found.within.value == pytest.approx(math.sqrt(math.expm1(0.0002)))
    assert found.between.value == pytest.approx(math.sqrt(math.expm1(0.0007)))
    assert (found.machines, found.runs, found.both) == (2, 4, None)
    assert isinstance(found.rate, Estimate)
    assert found.rate.value == pytest.approx(math.exp(0.03))


def test_machines_with_more_runs_than_others() -> None:
    # Logarithms 0, 0.02 | 0.06: within 0.0002. Their mean is 0.08 / 3, and the machines' squares
    # around it are 0.005 / 3; each counts as (3 - 5 / 3) runs: (0.005 / 3 - 0.0002) * 3 / 4.
    found = spreads([[1.0, math.exp(0.02)], [math.exp(0.06)]])
    assert found.within is not None
    assert found.between is not None
    assert found.within.value == pytest.approx(math.sqrt(math.expm1(0.0002)))
    assert found.between.value == pytest.approx(math.sqrt(math.expm1(0.0011)))


def test_one_run_of_each_has_the_interval_of_chi_squared() -> None:
    # Logarithms 0, 0.02, 0.04: their squares are 0.0008 with two degrees of freedom, whose 2.5 and
    # 97.5 percent points are 0.0506 and 7.378; drawn, hence the tolerance.
    both = spreads([[1.0], [math.exp(0.02)], [math.exp(0.04)]]).both
    assert both is not None
    assert both.value == pytest.approx(math.sqrt(math.expm1(0.0004)))
    assert both.lower == pytest.approx(math.sqrt(0.0008 / 7.378), rel=0.05)
    assert both.upper == pytest.approx(math.sqrt(math.expm1(0.0008 / 0.0506)), rel=0.05)


def test_a_spread_below_that_of_the_runs_is_none() -> None:
    found = spreads([[1.0, 1.1], [1.12, 1.0], [1.09, 1.05]])
    assert found.between is not None
    assert found.between.value == found.between.lower == 0.0
    assert found.between.upper > 0


def test_what_one_machine_or_one_run_cannot_tell() -> None:
    one = spreads([[100.0, 101.0, 99.0]])
    assert one.within is not None
    assert (one.between, one.both) == (None, None)
    single = spreads([[100.0], [101.0], [99.0]])
    assert (single.within, single.between) == (None, None)
    assert single.both is not None
    least = spreads([[100.0]])
    assert (least.within, least.between, least.both) == (None, None, None)
    assert least.rate == pytest.approx(100.0)


def test_the_same_runs_give_the_same_interval() -> None:
    runs = [[100.0, 101.0], [103.0, 104.0], [99.0]]
    assert spreads(runs) == spreads(runs)


@pytest.mark.parametrize("within", [0.01, 0.03])
@pytest.mark.parametrize("sizes", [(5, 5, 5, 5), (3,) * 8, (8, 5, 3, 2, 2)])
def test_the_intervals_hold_the_truth(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], within: float
) -> None:
    # Fewer draws are as right on average, and quicker.
    monkeypatch.setattr("perfanalysis.estimates.variance._DRAWS", 1000)
    random = np.random.default_rng(20261124)
    between, held = 0.02, np.zeros(2)
    for _ in range(RUNS):
        found = spreads(
            [
                [float(v) for v in np.exp(off + within * random.standard_normal(size))]
                for size, off in zip(
                    sizes, between * random.standard_normal(len(sizes)), strict=True
                )
            ]
        )
        for i, (spread, truth) in enumerate(((found.within, within), (found.between, between))):
            assert spread is not None
            held[i] += spread.lower <= truth <= spread.upper
    assert 0.90 <= held[0] / RUNS <= 0.98
    assert 0.90 <= held[1] / RUNS <= 0.98


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def write(test_id: str, machine: str, rate: float, kind: str, **changes: object) -> None:
        facts = {"name": machine} | ({"instance_type": kind} if kind else {})
        made = result(test_id, [rate] * 10, machine=facts, **changes)
        store(tmp_path / f"{test_id}.json", made)

    for number, rate in enumerate((1000, 1010, 1040, 1050)):
        write(f"a{number}", f"web-{number // 2}", rate, "m7i.large")
    write("b", "db-1", 500, "", valid=False, invalid_reasons=["steal: 5%"])
    write("c", "db-2", 700, "m8i.large")
    assert cli.run(["loadtest", "spread", str(tmp_path), "--json"]) == 0
    found = {row["type"]: row for row in json.loads(capsys.readouterr().out)}
    assert found["m7i.large"]["machines"] == 2
    assert found["m7i.large"]["within_machine"]["variation"] == pytest.approx(0.007, abs=1e-3)
    assert found["m7i.large"]["between_machines"]["variation"] == pytest.approx(0.027, abs=2e-3)
    assert "between_machines" not in found["m8i.large"]
    assert found["unknown (db-1)"]["max_units_per_second"] == pytest.approx(500)
    assert cli.run(["loadtest", "spread", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "unknown: one machine of the type" in out
    assert "b is not valid: steal: 5%" in out
    assert cli.run(["loadtest", "spread", str(tmp_path / "b.json"), "--valid-only"]) == 2
    assert "expected at least one (valid) result with the level 100" in capsys.readouterr().err
