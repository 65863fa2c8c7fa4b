"""``spread``: only comparable runs enter one spread, and machines are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis import cli
from tests.loadtest.documents import result
from tests.loadtest.documents import write as store
from tests.loadtest.test_compare_command import write

A, B = "a" * 32, "b" * 32


def spread(capsys: pytest.CaptureFixture[str], folder: Path) -> list[dict[str, Any]]:
    assert cli.run(["loadtest", "spread", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_other_sets_of_cpus_are_another_spread(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, off in enumerate((0.999, 1.0, 1.001)):
        write(tmp_path, f"all{i}", 1000 * off)
    for i, off in enumerate((0.999, 1.001)):
        write(tmp_path, f"one{i}", 500 * off, facts={"used_cpus": [0]})
    whole, part = spread(capsys, tmp_path)
    assert (whole["runs"], whole["differs"]) == (3, [])
    assert whole["conditions"]["used_cpus"] == 2
    assert whole["within_machine"]["variation"] < 0.01
    assert part["runs"] == 2
    assert part["differs"] == [{"condition": "used_cpus", "from": "2", "to": "1"}]
    assert part["within_machine"]["variation"] < 0.01
    assert cli.run(["loadtest", "spread", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "2 runs apart, the conditions differ: used cpus 2 -> 1" in out
    assert "conditions unknown, taken for alike: instruction set, used cores, nice, quota" in out


@pytest.mark.parametrize(
    "facts",
    [
        ({"machine_id": A}, {"machine_id": B}),
        ({"cpu_model": "one"}, {"cpu_model": "other"}),
    ],
)
def test_machines_of_one_name_are_several(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, facts: tuple[dict[str, Any], ...]
) -> None:
    for i, rate in enumerate((1000.0, 1001.0, 1400.0, 1401.0)):
        known = facts[i // 2] | {"instance_type": "m7i.large"}
        write(tmp_path, f"r{i}", rate, "localhost", facts=known)
    (row,) = spread(capsys, tmp_path)
    assert (row["machines"], row["runs"]) == (2, 4)
    assert row["within_machine"]["variation"] < 0.01
    assert row["between_machines"]["variation"] > 0.2


def test_machines_of_one_name_and_no_type_are_types_of_their_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, machine_id in enumerate((A, B)):
        write(tmp_path, f"r{i}", 1000.0, "localhost", facts={"machine_id": machine_id})
    kinds = [row["type"] for row in spread(capsys, tmp_path)]
    assert kinds == ["unknown (localhost (aaaaaaaa))", "unknown (localhost (bbbbbbbb))"]


def test_a_result_that_tells_no_machine_is_in_no_spread(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write(tmp_path, "a", 1000.0)
    store(tmp_path / "b.json", result("b", [500.0] * 10))
    assert [row["runs"] for row in spread(capsys, tmp_path)] == [1]
    assert cli.run(["loadtest", "spread", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "b is in no spread: it tells neither id nor name of its machine" in out
