"""Findings about machines of known sizes, by a real Prometheus: JSON, CSV and pages."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from perfanalysis.cli import run
from tests.grafana.hour.stores import empty_victoria_metrics, flush, write
from tests.reporter.conftest import served
from tests.reporter.sized_history import DAY, END, as_series, history
from tests.reporter.test_report import text_of

pytestmark = pytest.mark.e2e
near = pytest.approx


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus that holds machines whose right sizes are known."""
    with served(tmp_path_factory.mktemp("sizes"), history(), blocks="800h") as url:
        yield url


def written(engine: str, output: Path, *more: str) -> Path:
    words = ["report", "--prometheus", engine, "--to", str(END), "--template", "rightsizing"]
    assert run([*words, "--quiet", "--output", str(output), *more]) == 0
    return output


@pytest.fixture(scope="module", params=["Prometheus", "VictoriaMetrics"])
def document(
    engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("json") / "r.json"
    if request.param == "VictoriaMetrics":
        with empty_victoria_metrics(tmp_path_factory.mktemp("victoria")) as url:
            write(url, list(as_series()), None)
            flush(url)
            text = written(url, output).read_bytes()
    else:
        text = written(engine, output).read_bytes()
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def sizes(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["findings"]["rightsizing"]
    return found


def test_the_range_is_the_look_back(document: dict[str, Any]) -> None:
    assert (document["from"], document["to"]) == ("2026-09-07T00:00:00Z", "2026-09-21T00:00:00Z")


@pytest.mark.parametrize(
    ("name", "finding", "reasons"),
    [
        ("large", "Overprovisioned", {"CPUOverprovisioned", "MemoryOverprovisioned"}),
        ("filling", "Underprovisioned", {"FileSystemUnderprovisioned"}),
        ("full", "Underprovisioned", {"CPUUnderprovisioned", "MemoryOverprovisioned"}),
        ("right", "Optimized", set()),
        ("young", "Unknown", {"TooLittleData"}),
        ("untested", "Underprovisioned", {"CPUUnderprovisioned"}),
        ("disk", "Underprovisioned", {"DiskUnderprovisioned"}),
        ("wire", "Underprovisioned", {"NetworkBandwidthUnderprovisioned"}),
    ],
)
def test_each_machine_has_its_finding(
    sizes: dict[str, Any], name: str, finding: str, reasons: set[str]
) -> None:
    found = sizes["machines"][name]
    assert found["finding"] == finding
    assert {one for one in found["reasons"] if not one.endswith("Unknown")} == reasons


def test_targets_money_and_risk(sizes: dict[str, Any]) -> None:
    large, full = sizes["machines"]["large"], sizes["machines"]["full"]
    # 600 units a second are three quarters of what an S does at 80 %.
    target = large["target"]
    assert (target["type"], target["count"], target["measured_on"]) == ("p S", 1, "disk")
    assert target["need"]["value"] == near(0.75, abs=1e-3)
    assert target["busy"] == near(0.6, abs=1e-3)
    assert (large["month"], target["month"]) == (near(292), near(73))
    assert (large["saving"], large["saving_share"]) == (near(219), near(0.75))
    assert target["risk"]["level"] == "Medium"
    assert "OneRunOfEach" in target["risk"]["basis"]
    # 1,900 units: an L, or three S for less.
    assert (full["target"]["type"], full["extra"]) == ("p L", near(146))
    assert (full["several"]["type"], full["several"]["count"]) == ("p S", 3)
    assert full["several"]["need"]["value"] == near(2.375, abs=5e-3)
    assert full["several"]["need"]["lower"] < 2.375 < full["several"]["need"]["upper"]
    assert sizes["machines"]["untested"]["no_target"] == "NoLoadTest"
    assert sizes["machines"]["right"]["no_target"] == "NoneIsCheaper"
    assert "target" not in sizes["machines"]["young"]


def test_disks_and_links(sizes: dict[str, Any]) -> None:
    disk, wire = sizes["machines"]["disk"], sizes["machines"]["wire"]
    found = disk["resources"]["Disk"]
    assert (found["name"], found["used"]) == ("sda", near(0.95, rel=1e-3))
    assert disk["no_target"] == "DisksOfOtherTypesUnknown"
    found = wire["resources"]["NetworkBandwidth"]
    assert (found["name"], found["used"]) == ("eth0", near(0.9, rel=1e-3))
    # No other type's link is known to be quicker; two of its own would share the work.
    assert wire["no_target"] == "NoneSurelyCarriesTheWork"
    assert (wire["several"]["type"], wire["several"]["count"]) == ("p S", 2)


def test_the_fleet_in_money(sizes: dict[str, Any]) -> None:
    totals = sizes["totals"]
    assert (totals["machines"], totals["priced"]) == (8, 8)
    assert totals["month"] == near(730 * (0.4 + 0.2 + 5 * 0.1 + 0.05))
    assert (totals["saving"], totals["extra"]) == (near(219), near(146))
    # 336 hours of seven, 20 of one; busy as the history says.
    paid = 336 * (0.4 + 0.2 + 4 * 0.1 + 0.05) + 20 * 0.1
    idle = 336 * (0.4 * 0.85 + 0.2 * 0.05 + 4 * 0.1 * 0.5 + 0.05 * 0.1) + 20 * 0.1 * 0.5
    assert totals["now"]["paid"] == near(paid, rel=2e-3)
    assert totals["now"]["idle"] == near(idle, rel=4e-3)
    month = 730 * (0.4 * 0.85 + 0.2 * 0.05 + 5 * 0.1 * 0.5 + 0.05 * 0.1)
    assert totals["now"]["idle_month"] == near(month, rel=4e-3)
    # Four days of the two weeks before, at 30 % busy.
    then = 96 * (0.4 + 0.2 + 4 * 0.1 + 0.05)
    assert totals["last"]["paid"] == near(then, rel=2e-2)
    assert totals["last"]["idle"] == near(0.7 * then, rel=2e-2)
    assert "young" not in totals["last"]["machines"]


def test_a_period_before_of_which_nothing_is_known(engine: str, tmp_path: Path) -> None:
    # The range holds all that there is.
    words = ["--from", str(END - 18 * DAY), "--machines", "large,right"]
    found = json.loads(written(engine, tmp_path / "r.json", *words).read_bytes())
    totals = found["findings"]["rightsizing"]["totals"]
    assert "last" not in totals
    assert totals["now"]["machines"] == ["large", "right"]
    # The demand is that of the look-back: not of the four days at 30 % before it.
    large = found["findings"]["rightsizing"]["machines"]["large"]
    assert large["resources"]["CPU"]["used"] == near(0.15, abs=2e-3)
    assert len(found["findings"]["verdict"]) == 2


def test_a_machine_that_was_not_there_before(engine: str, tmp_path: Path) -> None:
    words = ["--machines", "young,large", "--format", "html", "--language", "de"]
    page = written(engine, tmp_path / "r.html", *words).read_text()
    assert "Die 2 Maschinen kosten 365,00 $" in page
    assert "der 1 Maschinen" not in page
    assert "nicht bekannt" in page


def test_check_asks_for_all_of_it(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", "check", "--prometheus", engine, "--to", str(END)]
    run([*words, "--template", "rightsizing"])
    said = capsys.readouterr().out
    for query in ("File systems over time", "Disk busy", "Network bytes", "Link speed"):
        assert query in said


def test_a_file_system_that_fills_up(sizes: dict[str, Any]) -> None:
    own = {
        one["name"]: one
        for one in sizes["forecasts"]
        if one["machine"] == "filling" and one["resource"] == "FileSystem"
    }
    data, root = own["/data"], own["/"]
    assert root["reach"] == "not within"
    assert data["reach"] == "between"
    assert data["slope"] == near(0.02, rel=1e-3)
    # 78 % at the end, and 22 points to go.
    assert data["earliest"] == near(END + 11 * DAY, abs=DAY / 4)
    assert data["latest"] == near(END + 11 * DAY, abs=DAY / 4)


def test_less_data_than_the_look_back_is_said(engine: str, tmp_path: Path) -> None:
    words = ["--from", str(END - 2 * DAY), "--rightsizing-percentile", "95"]
    found = json.loads(written(engine, tmp_path / "r.json", *words).read_bytes())
    large = found["findings"]["rightsizing"]["machines"]["large"]
    assert "LessDataThanLookBack" in large["target"]["risk"]["basis"]
    assert large["less_than_look_back"] is True
    assert found["findings"]["rightsizing"]["rules"]["percentile"] == 95
    short = json.loads(written(engine, tmp_path / "s.json", "--from", str(END - DAY)).read_bytes())
    machines = short["findings"]["rightsizing"]["machines"].values()
    assert {one["finding"] for one in machines} == {"Unknown"}


def test_more_headroom_asks_for_more(engine: str, tmp_path: Path) -> None:
    words = ["--rightsizing-headroom-percent", "30"]
    found = json.loads(written(engine, tmp_path / "r.json", *words).read_bytes())
    target = found["findings"]["rightsizing"]["machines"]["large"]["target"]
    # 600 over 700; S still carries it, M would be needed from 0.175 of L on.
    assert target["need"]["value"] == near(600 / 700, abs=1e-3)


def test_the_verdict_for_those_who_pay(document: dict[str, Any]) -> None:
    verdict = document["findings"]["verdict"]
    assert verdict[0].startswith(
        "The 8 machines cost $839.50 a month of 730 hours. In this range $"
    )
    assert verdict[1] == (
        "Another measured type in the place of large would save $219.00 a month (26 % of the cost)."
    )
    assert verdict[2].startswith("5 are too small for their work: ")
    assert verdict[3].startswith("Nothing is found about young: less than 30 hours")
    assert verdict[4].startswith("In the period before, of the same length, $")


def test_all_of_it_in_csv(engine: str, tmp_path: Path) -> None:
    text = written(engine, tmp_path / "r.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    findings = {row["machine"]: row["labels"] for row in rows if row["figure"] == "Finding"}
    assert findings["large"] == (
        "finding=Overprovisioned;reasons=CPUOverprovisioned MemoryOverprovisioned DiskUnknown"
        " NetworkBandwidthUnknown;risk=Medium;target=1 p S"
    )
    savings = {row["machine"]: row["value"] for row in rows if row["figure"] == "Finding: saving"}
    assert float(savings["large"]) == near(219)
    assert savings["right"] == ""
    (fleet,) = [row for row in rows if row["figure"] == "Fleet: possible saving"]
    assert float(fleet["value"]) == near(219)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages(engine: str, tmp_path: Path, language: str) -> None:
    pdf = written(engine, tmp_path / "r.pdf", "--language", language)
    text = " ".join(text_of(pdf).split())
    assert "/data" in text
    assert ("219,00 $" if language == "de" else "$219.00") in text
    assert ("überdimensioniert" if language == "de" else "over-provisioned") in text
    # Never to the minute.
    assert ("02.10.2026" if language == "de" else "2026-10-02") in text
    names = pypdf.PdfReader(pdf).attachments
    assert any("machines-cost" in name or "maschinen" in name for name in names)


def test_findings_and_forecasts_are_tables_too(
    engine: str, tmp_path: Path, sizes: dict[str, Any]
) -> None:
    written(engine, tmp_path / "r.json", "--csv", str(tmp_path / "tables"))
    rows = list(csv.DictReader((tmp_path / "tables/findings.csv").open(encoding="utf-8")))
    found = {row["machine"]: row for row in rows}
    assert found.keys() == sizes["machines"].keys()
    for name, expected in sizes["machines"].items():
        row = found[name]
        assert (row["finding"], row["reasons"].split()) == (
            expected["finding"],
            expected["reasons"],
        )
        target = expected.get("target", {})
        assert row["target"] == target.get("type", "")
        assert row["target_risk"] == target.get("risk", {}).get("level", "")
        if "saving" in expected:
            assert float(row["target_saving_dollars_a_month"]) == near(expected["saving"], rel=1e-6)
    forecasts = list(csv.DictReader((tmp_path / "tables/forecasts.csv").open(encoding="utf-8")))
    assert {(row["machine"], row["name"]) for row in forecasts} >= {("filling", "/data")}
