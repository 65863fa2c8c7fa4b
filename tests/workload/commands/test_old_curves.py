"""Recordings and curves of the system before this one: what a file of candidates may leave out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from perfanalysis import cli
from perfanalysis.errors import InputError
from tests.workload.commands.test_predict import recorded
from workload.app import workload

CURVE = "".join(
    f'{{"siteid":1,"host":0,"busy":{busy},"units":{busy * 2}}}\n' for busy in range(10, 101, 10)
)


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of web-1, and the curves of web-1 and of another machine, which tell no sizes."""
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    recorded(tmp_path / "web-1.om.gz", "web-1", 0.5)
    (tmp_path / "curve.jsonl").write_text(CURVE)
    for name, cpus in (("web-1", []), ("other", []), ("told", ["--cpus", "2"])):
        words = ["import", "results", str(tmp_path / "curve.jsonl"), "--timestamp", "2026-01-15"]
        words += ["--machine", name, "--output", str(tmp_path / name)]
        assert cli.run([*words, *cpus]) == 0
    return tmp_path


def predicted(old: Path, *entries: str) -> list[dict[str, object]]:
    candidates = old / "c.yaml"
    candidates.write_text("candidates:\n" + "".join(f"  - {{{one}}}\n" for one in entries))
    words = ["predict", str(old / "web-1.om.gz"), "--candidates", str(candidates), "--json"]
    result = CliRunner().invoke(workload, words, catch_exceptions=False)
    assert result.exit_code == 0
    (found,) = json.loads(result.stdout)
    rows: list[dict[str, object]] = found["candidates"]
    return rows


def test_a_recorded_machine_is_as_large_as_its_recording_says(old: Path) -> None:
    today, other = predicted(
        old,
        "name: today, results: web-1, machines: [web-1]",
        "name: other, results: told, memory_gib: 4",
    )
    # 2 of the 8 GiB that the recording tells, and 2 of the 4 GiB that a person stated.
    assert today["used"] == {"memory": {"p50": 0.25, "p95": 0.25, "p99": 0.25, "p99.5": 0.25,
                                        "max": 0.25}}  # fmt: skip
    assert other["used"] == {"memory": {"p50": 0.5, "p95": 0.5, "p99": 0.5, "p99.5": 0.5,
                                        "max": 0.5}}  # fmt: skip


def test_a_size_that_nobody_tells_is_asked_for(old: Path) -> None:
    with pytest.raises(InputError) as caught:
        predicted(old, "name: other, results: other")
    assert "candidates[0]: cpus: expected a number: no result tells it" in str(caught.value)
