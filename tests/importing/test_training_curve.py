"""Curves of the old system: a made file, and the recorded ones where they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from importing.old import training_curve
from importing.old.training_curve import Host
from perfanalysis import cli
from perfanalysis.errors import InputError
from perfanalysis.results import reading, writing
from perfanalysis.results.document import Level
from perfanalysis.results.machine import Machine

LINES = b"""{"siteid":1,"host":0,"busy":50,"units":136}
{"siteid":1,"host":0,"busy":100,"units":274}

{"siteid":1,"host":1,"busy":100,"units":182.5}
"""


def test_each_host_is_a_curve() -> None:
    assert training_curve.parse(LINES, "here") == {
        Host(1, 0): {50: 136.0, 100: 274.0},
        Host(1, 1): {100: 182.5},
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "f: expected at least one line"),
        ("{", "f: line 1: expected a JSON object"),
        ("[1]", "f: line 1: expected an object of siteid, host, busy and units, found a list"),
        ('{"siteid":1,"host":0,"busy":10}', "f: line 1: expected an object of siteid, host"),
        (
            '{"siteid":1,"host":0,"busy":0,"units":1}',
            "f: line 1: busy: expected a whole number from 1 to 100, found 0",
        ),
        ('{"siteid":1,"host":-1,"busy":9,"units":1}', "f: line 1: host: expected a whole number"),
        ('{"siteid":true,"host":0,"busy":9,"units":1}', "f: line 1: siteid: expected a whole"),
        ('{"siteid":1,"host":0,"busy":9,"units":0}', "f: line 1: units: expected units per sec"),
        ('{"siteid":1,"host":0,"busy":9,"units":NaN}', "f: line 1: units: expected units per sec"),
        ('{"siteid":1,"host":0,"busy":9,"units":"1"}', "f: line 1: units: expected units per sec"),
        (
            '{"siteid":1,"host":0,"busy":9,"units":1}\n' * 2,
            "f: line 2: busy: expected each level of siteid 1, host 0 once, found 9",
        ),
    ],
)
def test_a_malformed_line_is_named(line: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        training_curve.parse(line.encode(), "f")


def imported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str
) -> tuple[int, str, str]:
    words = ["loadtest", "import", *arguments, "--output", str(tmp_path)]
    return cli.run(words), *capsys.readouterr()


INVENTORY = """machines:
  - {name: old-1, provider: azure, instance_type: Standard_B2s, prices: {on_demand: 0.05}}
"""


def test_a_curve_becomes_a_document_that_all_can_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "curve.jsonl").write_bytes(b"\n".join(LINES.splitlines()[:2]))
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    words = [str(tmp_path / "curve.jsonl"), "--timestamp", "2026-01-15", "--machine", "old-1"]
    words += ["--inventory", str(tmp_path / "inventory.yaml")]
    status, out, _ = imported(capsys, tmp_path, *words)
    assert status == 0
    path = Path(out.strip())
    found = reading.read(path)
    assert (found.kernel, found.kernel_version) == ("rmw", "training-curve-1")
    assert found.max_units_per_second == 274
    assert found.timestamp_seconds == 1768435200
    assert writing.facts(found.machine) == {
        "name": "old-1",
        "provider": "azure",
        "instance_type": "Standard_B2s",
        "purchase": "on_demand",
        "price_dollars_per_hour": 0.05,
        "burstable": True,
        "baseline_ratio": 0.2,
    }
    assert found.valid is None
    # The same curve again is the same document.
    assert imported(capsys, tmp_path, *words)[1] == out
    assert len(list(tmp_path.glob("*.json"))) == 1
    assert found.levels == (
        Level(busy=50, units_per_second=136),
        Level(busy=100, units_per_second=274),
    )
    assert cli.run(["loadtest", "show", str(path)]) == 0
    assert "imported: training-curve of curve.jsonl" in capsys.readouterr().out


def test_several_curves_and_a_comparison_without_intervals(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "curve.jsonl").write_bytes(LINES)
    status, out, _ = imported(
        capsys, tmp_path, str(tmp_path / "curve.jsonl"), "--timestamp", "1768435200"
    )
    assert status == 0
    first, second = out.split()
    assert reading.read(Path(first)).machine == Machine()
    assert cli.run(["loadtest", "compare", first, second, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["comparisons"][0]["figures"]
    assert [row["figure"] for row in rows] == ["units_per_second[100]", "max_units_per_second"]
    assert rows[0]["ratio"] == pytest.approx(182.5 / 274)
    assert rows[0]["text"] == "cannot tell, no interval is known"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--timestamp"),
        (["--timestamp", "soon"], "--timestamp: expected a time such as 2026-03-01T00:00:00Z"),
        (["--timestamp", "1", "--machine", "x"], "--machine: expected one curve"),
        (["--timestamp", "1", "--output", "/dev/null/x"], "--output: expected a folder"),
    ],
)
def test_bad_input_writes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "curve.jsonl").write_bytes(LINES)
    words = ["loadtest", "import", str(tmp_path / "curve.jsonl"), *arguments]
    assert cli.run(words) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize(
    ("name", "maximum"), [("azure-pcd-server-01.training.jsonl", 274), ("oci.training.jsonl", 182)]
)
def test_recorded_curves(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, captures: Path, name: str, maximum: int
) -> None:
    words = [str(captures / name), "--timestamp", "2026-01-15", "--machine", "old"]
    status, out, _ = imported(capsys, tmp_path, *words)
    assert status == 0
    found = reading.read(Path(out.strip()))
    assert found.max_units_per_second == maximum
    assert [level.busy for level in found.levels] == list(range(10, 101, 10))


def test_the_folder_is_made_and_the_cpus_that_people_know_are_kept(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "curve.jsonl").write_bytes(LINES)
    words = ["import", "results", str(tmp_path / "curve.jsonl"), "--timestamp", "2026-01-15"]
    folder = tmp_path / "results" / "old"
    assert cli.run([*words, "--cpus", "2", "--output", str(folder)]) == 0
    made = capsys.readouterr().out.split()
    assert [Path(name).parent for name in made] == [folder] * len(made)
    assert {reading.read(Path(name)).machine.logical_cpus for name in made} == {2}
