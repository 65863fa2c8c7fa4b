"""`perfanalysis workload plan`, on recordings and results as they are written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exporter.collectors.cpu.collector import SECONDS
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.writing import RecordingWriter
from tests.grafana.hour.stores import empty_victoria_metrics
from tests.workload.candidates.documents import GIB, tree
from tests.workload.candidates.test_engine import fill, lines
from workload.app import workload
from workload.planning.stating import NoPlanError

CANDIDATES = """
candidates:
  - {name: small, results: small.json, price: 0.1, machines: [web-1, web-2, batch]}
  - {name: large, results: large.json, price: 0.15}
  - {name: unmeasured, instance_type: m9i.large, cpus: 2, memory_gib: 8, price: 0.05}
"""
DAY, NIGHT = range(100), range(120, 200)
_BEGIN = 1.7e9


def recorded(path: Path, machine: str, busy: range, begin: float = _BEGIN) -> Path:
    """Two CPUs, half busy in these minutes of 200 and else by 2 %; 2 of 8 GiB."""
    total, available = (
        Family(f"node_memory_{word}_bytes", "gauge", "", (), "", "")
        for word in ("MemTotal", "MemAvailable")
    )
    series = [
        *(Series(SECONDS, (str(cpu), mode)) for cpu in (0, 1) for mode in ("idle", "user")),
        Series(total),
        Series(available),
    ]
    used = 0.0
    with RecordingWriter(path, machine, durable=False) as writer:
        for tick in range(201):
            values = [60 * tick - used, used] * 2 + [8 * GIB, 6 * GIB]
            writer.tick(begin + 60 * tick, series, [f"{value:.3f}".encode() for value in values])
            used += 60 * (0.5 if tick in busy else 0.02)
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two that work by day and one by night, and machines of 100 and of 200 units a second."""
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    recorded(tmp_path / "web-1.om.gz", "web-1", DAY)
    recorded(tmp_path / "web-2.om.gz", "web-2", DAY, _BEGIN + 7 * 86_400)
    recorded(tmp_path / "batch.om.gz", "batch", NIGHT)
    (tmp_path / "small.json").write_text(json.dumps(tree("one", 100)))
    (tmp_path / "large.json").write_text(json.dumps(tree("two", 200)))
    (tmp_path / "c.yaml").write_text(CANDIDATES)
    return tmp_path


FILES = ("web-1.om.gz", "web-2.om.gz", "batch.om.gz")


def run(folder: Path, *words: str, files: tuple[str, ...] = FILES) -> Result:
    given = [str(folder / name) for name in files]
    arguments = ["plan", *given, "--candidates", str(folder / "c.yaml"), *words]
    return CliRunner().invoke(workload, arguments, catch_exceptions=False)


def answered(folder: Path, *words: str, **more: Any) -> Any:
    result = run(folder, "--json", *words, **more)
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_one_day_and_one_night_share_a_machine(folder: Path) -> None:
    found = answered(folder, files=("web-1.om.gz", "batch.om.gz"))

    assert found["price_per_hour"] == "0.1"
    assert (found["bound_per_hour"], found["gap_ratio"]) == ("0.1", 0)
    assert found["first_fit_decreasing_per_hour"] == "0.1"
    (machine,) = found["machines"]
    assert machine["type"] == "small"
    assert machine["workloads"] == ["web-1", "batch"]
    # 50 units of one and 2 of the other, of the 70 that 70 % busy are.
    peak = machine["peaks"]["cpu (rmw)"]["ratio_of_allowed"]
    assert peak == pytest.approx(52 / 70, rel=0.01)
    assert found["refused"] == {"unmeasured": "nobody measured it by rmw"}


def test_two_weeks_are_laid_over_each_other(folder: Path) -> None:
    found = answered(folder)

    assert found["price_per_hour"] == "0.15"
    assert [machine["type"] for machine in found["machines"]] == ["large"]


def test_apart_most_and_spare(folder: Path) -> None:
    apart = answered(folder, "--apart", "web-1,web-2")
    assert sorted(len(machine["workloads"]) for machine in apart["machines"]) == [1, 2]
    alone = answered(folder, "--most-per-machine", "1")
    assert [machine["workloads"] for machine in alone["machines"]] != []
    assert len(alone["machines"]) == 3
    spare = answered(folder, "--spare")
    assert len(spare["machines"]) == 2
    assert all("moves_on_failure" in machine for machine in spare["machines"])


def test_csv_and_table(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(folder, "--csv").stdout)))
    assert [(row["machine"], row["workload"]) for row in rows] == [
        ("large #1", "web-1"),
        ("large #1", "web-2"),
        ("large #1", "batch"),
    ]
    shown = run(folder).stdout
    assert "1 machine, 0.15 USD an hour, 109.50 a month" in shown
    assert "dearer than the best possible: no plan costs less than" in shown
    assert "Not used: unmeasured: nobody measured it by rmw" in shown


def test_who_fits_nowhere_is_named(folder: Path) -> None:
    with pytest.raises(NoPlanError, match=r"web-1: fits no candidate: cpu \(rmw\) 50"):
        run(folder, "--headroom", "cpu=0.9")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--apart", "web-1"), "--apart: expected two workloads or more"),
        (("--apart", "web-1,nobody"), "expected a workload, such as web-1"),
        (("--headroom", "disk=0.3"), "--headroom: expected shares from 0 to below 1"),
        (("--headroom", "cpu=1"), "--headroom: expected shares from 0 to below 1"),
        (("--step", "11m"), "--step: expected a duration that divides a week"),
        (("--time-limit", "soon"), "--time-limit: expected a duration"),
        (("--most", "nothing=3"), "expected a candidate, such as small"),
        (("--most", "small=few"), "--most: small: expected a whole number"),
        (("--kernel", "integer"), "--kernel: expected a kernel that small"),
        (("--json", "--csv"), "--csv: expected either it or --json"),
    ],
)
def test_what_is_refused(folder: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        run(folder, *words)


def test_a_machine_twice_or_of_no_candidate(folder: Path) -> None:
    with pytest.raises(InputError, match="expected a machine of its own"):
        run(folder, files=("web-1.om.gz", "web-1.om.gz"))
    recorded(folder / "new.om.gz", "new", DAY)
    with pytest.raises(InputError, match="a measured candidate that new is of"):
        run(folder, files=("new.om.gz",))
    assert answered(folder, "--source", "small", files=("new.om.gz",))["price_per_hour"] == "0.1"


def test_candidates_of_an_engine(folder: Path) -> None:
    with empty_victoria_metrics(folder) as url:
        fill(url, lines("web-1", 100, "m7i.large"))
        fill(url, lines("big", 200, "m7i.xlarge"))
        files = [str(folder / "web-1.om.gz"), "--prometheus", url, "--type", "m7i.xlarge"]
        result = CliRunner().invoke(workload, ["plan", *files, "--json"], catch_exceptions=False)
    (machine,) = json.loads(result.stdout)["machines"]
    assert machine["type"] == "aws eu-1 m7i.xlarge"
