"""Statistics of a week that is known: the same by all templates and formats, on both engines."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from perfanalysis.promql import Engine
from reporter.asking.machine_time import of_all_cpus
from reporter.asking.query_plan import QueryPlan
from reporter.asking.query_run import QueryRun
from reporter.pages.template_queries import TEMPLATES
from reporter.settings.report import Config
from tests.grafana.hour.stores import empty_victoria_metrics, flush, write
from tests.reporter.conftest import served
from tests.reporter.known_week import (
    ADDING_UP,
    END,
    START,
    Known,
    machines,
    openmetrics,
    series,
)

pytestmark = pytest.mark.e2e
# A thousandth of a point; the counters have four decimals.
NEAR = 1e-4
AT_ONCE = 60


@pytest.fixture(scope="module", params=["Prometheus", "VictoriaMetrics"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("known-week")
    every = list(series())
    if request.param == "Prometheus":
        with served(folder, openmetrics(every), blocks="54h") as address:
            yield address
        return
    with empty_victoria_metrics(folder) as address:
        for at in range(0, len(every), AT_ONCE):
            write(address, every[at : at + AT_ONCE], None)
        flush(address)
        yield address


def report(url: str, template: str, output: Path, *more: str) -> None:
    words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END), "--quiet"]
    words += ["--template", template, "--baseline", "bursts", "--output", str(output)]
    assert run([*words, *more]) == 0


def told(machine: Known, found: dict[str, Any]) -> None:
    """Compare what a document says of a machine with what is true."""
    truth, cpu = machine.truth, found["cpu_busy"]
    names = ("mean", "p50", "p95", "p99", "maximum")
    expected = {name: getattr(truth, name) for name in names}
    assert {name: cpu[name] for name in names} == pytest.approx(expected, abs=NEAR)
    saturated = (found["saturated"]["seconds"], found["saturated"]["longest_seconds"])
    assert saturated == pytest.approx((truth.above, truth.longest), abs=1)
    assert found["missing"]["seconds"] == pytest.approx(truth.missing, abs=1)
    assert len(found["missing"]["gaps"]) == truth.gaps
    assert cpu["window_seconds"] == pytest.approx(truth.window, abs=0.1)
    assert [(one["from"], one["to"]) for one in found["unusual"]] == list(truth.unusual)
    assert found["memory_used"]["p95"] == pytest.approx(0.25, abs=NEAR)


def test_cpus_are_added_up_by_the_exporter_where_it_did_throughout(
    url: str, tmp_path: Path
) -> None:
    report(url, "fleet", tmp_path / "report.json")
    document = json.loads((tmp_path / "report.json").read_text())
    sent = document["figures"]["CPU busy"]["promql"]
    # Both ways, since not every machine's exporter does.
    assert "perf_cpu_seconds_total" in sent
    assert "node_cpu_seconds_total" in sent
    names = [machine.name for machine in machines()]
    of_week = QueryRun(Engine(url), Config(), QueryPlan((), ()), names, (), START, END)
    assert of_all_cpus(of_week) == ADDING_UP


# The template regression has a range before: see below.
@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != "regression"])
def test_every_template_tells_the_truth(url: str, template: str, tmp_path: Path) -> None:
    report(url, template, tmp_path / "report.json")
    findings = json.loads((tmp_path / "report.json").read_text())["findings"]
    wrong = []
    for machine in machines():
        try:
            told(machine, findings["machines"][machine.name])
        except AssertionError as error:
            wrong.append(f"{machine.name}: {error}")
    assert not wrong, "\n".join(wrong)


def test_what_is_looked_at_oftener_tells_of_bursts(url: str, tmp_path: Path) -> None:
    report(url, "machine", tmp_path / "report.json")
    every = json.loads((tmp_path / "report.json").read_text())["findings"]["machines"]
    looks = every["bursts"]["between_scrapes"]
    assert looks["looks_per_second"] == pytest.approx(10, abs=0.01)
    assert looks["above_90_percent"] == pytest.approx(0.05, abs=1e-6)
    assert (looks["p95"], looks["p99"]) == ([0.1, 0.9], [0.9, 1.0])
    assert [name for name, one in every.items() if "between_scrapes" in one] == ["bursts"]


def test_a_wider_window_is_asked_for_and_said(url: str, tmp_path: Path) -> None:
    report(url, "machine", tmp_path / "report.json", "--window", "20m", "--machines", "bursts")
    document = json.loads((tmp_path / "report.json").read_text())
    cpu = document["findings"]["machines"]["bursts"]["cpu_busy"]
    assert (cpu["window_seconds"], cpu["points"]) == (1200, 7 * 24 * 3)
    # Of each hour, twenty minutes have the burst, ten of which are busy.
    assert (cpu["p95"], cpu["maximum"]) == pytest.approx((0.55, 0.55), abs=NEAR)
    report(url, "machine", tmp_path / "report.html", "--window", "20m", "--machines", "bursts")
    assert "Of means over 20 min, as the settings ask for." in words_of(tmp_path / "report.html")


def test_before_and_after_are_of_every_sample(url: str, tmp_path: Path) -> None:
    middle = (START + END) // 2
    more = ["--from", str(middle), "--machines", "bursts"]
    report(url, "regression", tmp_path / "report.html", *more)
    assert "bursts 25.0 % → 25.0 % 100.0 % → 100.0 % +0.0" in words_of(tmp_path / "report.html")


def words_of(page: Path) -> str:
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", page.read_text(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


IN_NUMBERS = "bursts CPU busy 25.0 % 10.0 % 100.0 % 100.0 % 100.0 % 1 d 4 h 10 min"
SAID = {
    "machine": IN_NUMBERS,
    "container": IN_NUMBERS,
    "capacity": "bursts CPU busy 25.0 % 100.0 %",
    # More machines than eight have a line each.
    "comparison": "bursts 25.0 % 10.0 % 100.0 % 100.0 % 100.0 % 1 d 4 h 10 min",
    "fleet": "bursts t 2 25.0 % 100.0 % 100.0 % 25.0 %",
    "executive": "it fits on none of these machines alone",
}


SHOWN = ("bursts", "out for 110 minutes", "out for days")


@pytest.mark.parametrize("template", SAID)
def test_pages_say_the_same(url: str, template: str, tmp_path: Path) -> None:
    # A section a machine: what is drawn of the others says nothing of these.
    shown = ["--machines", ",".join(SHOWN)] if template in {"machine", "container"} else []
    report(url, template, tmp_path / "report.html", *shown)
    words = words_of(tmp_path / "report.html")
    assert SAID[template] in words
    if template != "executive":
        assert "out for 110 minutes: CPU time is missing for 1 h 50 min of the range" in words
        assert "out for days: CPU time is missing for 3 d 12 h of the range, in 2 gaps" in words
    assert "Nothing was missing" not in words
    if template not in {"fleet", "executive"}:
        assert "from one scrape to the next" in words
    if template == "machine":
        assert (
            "bursts, looked at 10 times a second between scrapes: above 90 % busy in 5.0 %" in words
        )


def test_the_table_says_the_same(url: str, tmp_path: Path) -> None:
    report(url, "comparison", tmp_path / "report.csv")
    with (tmp_path / "report.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["machine"] == "bursts"]
    found = {row["figure"]: float(row["value"]) for row in rows if "CPU busy, " in row["figure"]}
    assert found == pytest.approx(
        {
            "CPU busy, mean": 0.25,
            "CPU busy, P50": 0.1,
            "CPU busy, P95": 1,
            "CPU busy, P99": 1,
            "CPU busy, maximum": 1,
            "CPU busy, window": 60,
            "CPU busy, missing": 0,
            "CPU busy, at or above 90 %": 28 * 3600,
            "CPU busy, longest": 600,
        },
        abs=NEAR,
    )
