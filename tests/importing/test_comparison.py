"""Recordings and curves of two real machines, imported, in one comparison report."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pypdf
import pytest

from demo.servers import start_prometheus
from perfanalysis.cli import run
from tests.importing.conftest import CONFIGURATION, YEARS
from tests.importing.openmetrics import parse, series
from tests.perfanalysis.results.made import VALID

# Machine: its curve, units per second at 100 %, MemTotal in kB, busy share of the recording's mid.
MACHINES = {
    "replay-source-oci": ("oci", 182.0, 4_004_576),
    "replay-target-azure": ("azure-pcd-server-01", 274.0, 3_960_648),
}
WHEN, BEGIN, END = "2026-01-11T18:38:00Z", "2026-01-11T18:27:50Z", "2026-01-11T18:40:00Z"


def curve(captures: Path, folder: Path, machine: str, capsys: pytest.CaptureFixture[str]) -> Path:
    """The result document of a machine's training curve, under the machine's name."""
    source = captures / f"{MACHINES[machine][0]}.training.jsonl"
    words = ["import", "results", str(source), f"--timestamp={WHEN}", f"--machine={machine}"]
    capsys.readouterr()
    assert run([*words, f"--output={folder}"]) == 0
    return Path(capsys.readouterr().out.strip()).rename(folder / f"{machine}.json")


def test_a_result_is_imported_at_its_time(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = curve(captures, tmp_path, "replay-target-azure", capsys)
    output = tmp_path / "o.om"
    assert run(["import", "capture", str(result), f"--output={output}"]) == 0
    found = parse(output)
    assert series(found, "perf_loadtest_max_units_per_second", kernel="rmw") == [(274, 1768156680)]
    assert series(found, "perf_loadtest_units_per_second", busy="50") == [(136, 1768156680)]
    assert series(found, "perf_machine_info", machine=result.stem) == [(1, 1768156680)]
    result.write_text('{"schema_version": 2}')
    assert run(["import", "capture", str(result), f"--output={output}"]) == 2
    assert (
        f"{result}: test_id: expected this field, which is missing, in a load-test result"
        in capsys.readouterr().err
    )


@pytest.mark.e2e
def test_a_report_of_two_clouds(
    captures: Path, promtool_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    machines = tmp_path / "machines.yaml"
    machines.write_text(f"machines: {json.dumps([{'name': name} for name in MACHINES])}")
    files = [str(curve(captures, tmp_path, name, capsys)) for name in MACHINES]
    files += [str(captures / f"{name}.jsonl.gz") for name in MACHINES]
    words = ["import", "capture", *files, f"--inventory={machines}", f"--backfill={data}"]
    assert run([*words, f"--promtool={promtool_path}"]) == 0
    (tmp_path / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(
        tmp_path / "prometheus.yml", data, tmp_path / "log", retention=YEARS
    )
    output = tmp_path / "report.json"
    try:
        words = ["report", f"--prometheus={url}", f"--output={output}", "--format=json"]
        assert run([*words, f"--from={BEGIN}", f"--to={END}"]) == 0
        words = ["report", f"--prometheus={url}", f"--output={tmp_path / 'report.pdf'}"]
        assert run([*words, f"--from={BEGIN}", f"--to={END}"]) == 0
    finally:
        server.stop()
    document = json.loads(output.read_text())
    agree_with_the_table(captures, document)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages)
    # Old programs kept no intervals, and nobody stated a price: nothing is made up for them.
    assert "the load test has no step at 100 % with an interval." in " ".join(text.split())
    assert "No machine's units per dollar are known" in " ".join(text.split())
    figures = document["figures"].values()
    assert values(figures, "perf_loadtest_max_units_per_second{") == {
        name: rate for name, (_, rate, _) in MACHINES.items()
    }
    assert values(figures, "node_memory_MemTotal_bytes{") == {
        name: total * 1024 for name, (_, _, total) in MACHINES.items()
    }


def agree_with_the_table(captures: Path, document: dict[str, Any]) -> None:
    """Both curves, and how many times one is the other, against the table beside the recordings."""
    curves = {machine["name"]: machine["test"]["curve"] for machine in document["machines"]}
    oci, azure = (curves[name] for name in MACHINES)
    with (captures / "training-comparison.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["busy_pct"]) for row in rows] == oci["busy"] == azure["busy"]
    assert [float(row["oci_units"]) for row in rows] == oci["units"]
    assert [float(row["azure_units"]) for row in rows] == azure["units"]
    ratios = [a / b for a, b in zip(azure["units"], oci["units"], strict=True)]
    assert ratios == pytest.approx([float(row["ratio"]) for row in rows], abs=0.0051)
    # The work of one machine is read from its curve, and the other's says how busy it keeps it.
    fits = {name: found["fit"] for name, found in document["findings"]["machines"].items()}
    assert fits["replay-target-azure"]["mean"] < fits["replay-source-oci"]["mean"]


def values(figures: object, metric: str) -> dict[str, float]:
    """By machine, what the report's figure of that metric alone says."""
    assert isinstance(figures, type({}.values()))
    (found,) = [
        figure for figure in figures if figure["promql"].startswith(f"last_over_time({metric}")
    ]
    return {sample["labels"]["instance"]: sample["value"] for sample in found["samples"]}


def test_a_spoiled_run_takes_no_valid_ones_place(tmp_path: Path) -> None:
    paths = []
    for number, valid in enumerate((False, True, False)):
        reasons = [] if valid else ["steal"]
        made = VALID | {"test_id": f"t{number}", "timestamp_seconds": 1e9 + number}
        made |= {"profile": "default", "valid": valid, "invalid_reasons": reasons}
        made["max_units_per_second"] = made["levels"][0]["units_per_second"] = 1340.0
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(made))
    output = tmp_path / "o.om"
    words = ["import", "capture", *map(str, paths), "--machine=m", f"--output={output}"]
    assert run(words) == 0
    found = parse(output)
    assert series(found, "perf_loadtest_valid") == [(0, 1e9), (1, 1e9 + 1)]
    newest = [(0, 1e9), (1, 1e9 + 1), (0, 1e9 + 2)]
    assert series(found, "perf_loadtest_newest_valid") == newest
    assert series(found, "perf_loadtest_run_max_units_per_second", test_id="t2") == [
        (1340, 1e9 + 2)
    ]
