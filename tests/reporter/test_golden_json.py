"""The same known truth in JSON and CSV: what is found, both ranges, named devices."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pypdf
import pytest

from perfanalysis.cli import run
from tests.reporter.conftest import END, START

pytestmark = pytest.mark.e2e

MIDDLE = (START + END) // 2
near = pytest.approx


def written(truth: str, output: Path, *more: str, start: int = START) -> bytes:
    words = ["report", "--prometheus", truth, "--from", str(start), "--to", str(END), "--quiet"]
    assert run([*words, "--baseline", "steady", "--output", str(output), *more]) == 0
    return output.read_bytes()


def document(truth: str, folder: Path, *more: str, start: int = START) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(truth, folder / "r.json", *more, start=start))
    return found


def test_what_the_report_finds(truth: str, tmp_path: Path) -> None:
    # See test_golden_numbers.py: 1,000 units for $0.10 against 2,000 for $0.25, each to 3 %.
    found = document(truth, tmp_path)["findings"]
    assert found["verdict"][0] == (
        "In one run of each, steady did the most work for the money: 10,000 units per second for a"
        " dollar an hour, at $0.1000 an hour, 25 % (20 to 30 %) more than double. One run each"
        " cannot say which machine is better value; at least 2 more runs of each are needed."
    )
    assert found["pareto_front"] == ["double", "steady"]
    assert (found["baseline"], found["observed"]) == ("steady", "steady")
    assert found["smallest_that_fits"] == "steady"
    steady, double = found["machines"]["steady"], found["machines"]["double"]
    assert (steady["rank"], double["rank"]) == (1, 2)
    for name in ("mean", "p50", "p95", "p99", "maximum"):
        assert steady["cpu_busy"][name] == near(0.25)
        assert double["memory_used"][name] == near(0.25)
    assert (double["cpu_busy"]["p95"], double["cpu_busy"]["maximum"]) == (near(0.6), near(0.6))
    assert double["saturated"] == {"seconds": 0, "longest_seconds": 0}
    units = double["against_baseline"]["units"]
    assert (units["value"], units["lower"], units["upper"], units["verdict"]) == (
        near(2),
        near(1.91689, abs=1e-5),
        near(2.08671, abs=1e-5),
        "cannot tell",
    )
    assert (units["basis"], units["apart"], units["more_runs"]) == ("slices", True, 2)
    assert double["against_baseline"]["units_per_dollar"]["value"] == near(0.8)
    assert double["against_baseline"]["price"] == near(2.5)
    assert "against_baseline" not in steady
    fit = double["fit"]
    assert (fit["mean"], fit["p99"], fit["memory"]) == (near(0.125), near(0.125), near(0.25))
    assert (fit["fits"], fit["machines"], fit["month"]) == (True, 1, near(182.5))
    own = double["at_observed_use"]
    assert own["units"] == {"value": near(500), "lower": near(485), "upper": near(515)}
    assert own["units_per_dollar"]["value"] == near(2000)


def test_a_fleet_has_no_fit_of_one_level(truth: str, tmp_path: Path) -> None:
    found = document(truth, tmp_path, "--template", "fleet")["findings"]
    assert found["machines"]["double"]["rank"] == 2
    assert found["machines"]["double"]["cpu_busy"]["p95"] == near(0.6)
    assert "fit" not in found["machines"]["double"]
    assert "smallest_that_fits" not in found


def test_both_ranges_of_a_regression(truth: str, tmp_path: Path) -> None:
    found = document(truth, tmp_path, "--template", "regression", start=MIDDLE)
    assert found["before"]["from"] == "2025-10-09T08:53:20Z"
    assert found["before"]["to"] == found["from"] == "2025-10-09T09:53:20Z"
    busy = {one["labels"]["instance"]: one["points"] for one in series(found["before"])}
    assert [value for _, value in busy["double"]] == near([0.1] * len(busy["double"]))
    later = {one["labels"]["instance"]: one["points"] for one in series(found)}
    assert later["double"][-1][1] == near(0.6)
    change = found["findings"]["changes"]["double"]
    assert change["before"] == change["after"] == {"value": 2000, "lower": 1940, "upper": 2060}
    assert change["ratio"]["verdict"] == "cannot tell"
    assert found["findings"]["verdict"][0].startswith(
        "2 machines of both ranges, paired by name: whether they do more or less work after than"
        " before cannot be told, the change is 0.0 % (0.0 to 0.0 %)"
    )
    (pairs,) = found["findings"]["paired_changes"]
    assert (pairs["machines"], pairs["ratio"]["basis"]) == (["double", "steady"], "pairs")
    assert found["findings"]["verdict"][1] == (
        "Of 2 machines, 0 did more at full load in the run after than in that before, 0 less, and 2"
        " cannot be told apart."
    )
    # CSV has both, told apart.
    table = written(truth, tmp_path / "r.csv", "--template", "regression", start=MIDDLE)
    rows = list(csv.DictReader(table.decode().splitlines()))
    before = [row for row in rows if row["range"] == "before" and row["figure"] == "CPU busy"]
    assert {row["machine"] for row in before} == {"steady", "double"}
    assert all(float(row["time"]) <= MIDDLE for row in before)


def series(found: dict[str, Any]) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = found["figures"]["CPU busy"]["series"]
    return figures


def test_the_earlier_range_can_be_chosen(truth: str, tmp_path: Path) -> None:
    words = ["--template", "regression", "--before-from", str(START + 600)]
    found = document(truth, tmp_path, *words, "--before-to", str(START + 1800), start=MIDDLE)
    assert found["before"]["from"] == "2025-10-09T09:03:20Z"
    assert found["before"]["to"] == "2025-10-09T09:23:20Z"


def test_devices_are_found_or_named(truth: str, tmp_path: Path) -> None:
    def devices(found: dict[str, Any], figure: str, label: str = "device") -> set[str]:
        figures = found["figures"][figure]
        return {s["labels"][label] for s in figures.get("series", figures.get("samples"))}

    template = ["--template", "machine", "--machines", "steady"]
    found = document(truth, tmp_path, *template)
    assert devices(found, "Disk busy") == {"sda", "nvme0n1"}
    assert devices(found, "Network bytes") == {"eth0", "ens9"}
    assert devices(found, "File systems", "mountpoint") == {"/", "/data"}
    named = ["--disks", "dm-0,nvme*", "--interfaces", "docker?", "--filesystems", "/"]
    found = document(truth, tmp_path, *template, *named)
    busy = {s["labels"]["device"]: s["points"][-1][1] for s in disks(found)}
    assert busy == {"dm-0": near(0.5), "nvme0n1": near(0.1)}
    assert devices(found, "Network bytes") == {"docker0"}
    (root,) = found["figures"]["File systems"]["samples"]
    assert (root["labels"]["mountpoint"], root["value"]) == ("/", near(0.6))


def disks(found: dict[str, Any]) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = found["figures"]["Disk busy"]["series"]
    return figures


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--disks", "sda,sdx"],
            "--disks: expected disks that a machine of the report has (dm-0,",
        ),
        (
            ["--interfaces", "wlan*"],
            "interfaces that a machine of the report has (docker0, ens9, eth0)",
        ),
        (["--filesystems", "/srv"], "(/, /data), found '/srv'"),
        (
            ["--template", "regression", "--before-to", str(END)],
            "before: expected a range that ends",
        ),
    ],
)
def test_names_that_nothing_has_are_refused(
    truth: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    every = ["report", "--prometheus", truth, "--from", str(MIDDLE), "--to", str(END)]
    assert run([*every, "--output", str(tmp_path / "r.pdf"), *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_radar_goes_by_the_default_route_and_its_speed(truth: str, tmp_path: Path) -> None:
    # The default route's: 0.4 of 1 MB/s; not the busier one's, nor by a faster bridge's speed.
    written(truth, tmp_path / "r.pdf", "--template", "machine", "--machines", "steady")
    attached = pypdf.PdfReader(tmp_path / "r.pdf").attachments
    (name,) = [name for name in attached if "use-of-the-resources" in name]
    rows = list(csv.DictReader(attached[name][0].decode().splitlines()))
    use = {row["resource"]: float(row["p95"]) for row in rows if row["machine"] == "steady"}
    assert use == near({"CPU": 0.25, "memory": 0.25, "busiest disk": 0.3, "network": 0.4})
