"""Four providers side by side: metadata, exporters, load tests, Prometheus, and one report."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
import requests
import yaml

from demo.servers import start_prometheus
from perfanalysis.cli import run
from reporter.language import ENGLISH
from tests.conftest import REPOSITORY
from tests.e2e.namespaces import PERFANALYSIS, Namespace, exporter, metadata_service, namespace
from tests.perfanalysis.cloud.test_discovery import TOLD

pytestmark = pytest.mark.e2e

PRICES = {"aws": 0.2016, "azure": 0.4192, "gcp": 0.4233, "oci": 0.0711}
LEVELS = range(10, 101, 10)


def cpus_of(number: int) -> str:
    """The CPU set of a machine: one, the next one, both, in turn."""
    usable = sorted(os.sched_getaffinity(0))[:2]
    return ",".join(map(str, [usable[:1], usable[-1:], usable][number % 3]))


def measure(place: Namespace, provider: str, number: int, folder: Path) -> None:
    """A short load test inside the machine's namespace, on its CPUs."""
    words = ["loadtest", "run", "--quiet", "--force", "--seconds-per-level=0.3"]
    words += [f"--machine-name={provider}-1", f"--cloud={provider}", f"--cpus={cpus_of(number)}"]
    words += [f"--inventory={folder / 'inventory.yaml'}", f"--state-directory={folder / provider}"]
    done = subprocess.run(
        place.command(*PERFANALYSIS, *words), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def configure(folder: Path, addresses: dict[str, str]) -> Path:
    """The repository's Prometheus configuration with these targets, scraped each second."""
    (folder / "targets").mkdir()
    targets = [
        {"targets": [address], "labels": {"instance": f"{provider}-1"}}
        for provider, address in addresses.items()
    ]
    (folder / "targets" / "machines.yml").write_text(yaml.safe_dump(targets))
    config = yaml.safe_load((REPOSITORY / "prometheus" / "prometheus.yml").read_text())
    config["global"] |= dict.fromkeys(("scrape_interval", "scrape_timeout"), "1s")
    config["global"]["evaluation_interval"] = "1s"
    config["rule_files"] = [str(REPOSITORY / "prometheus" / "rules" / "*.yml")]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


class Store:
    """Prometheus, asked at one moment."""

    def __init__(self, url: str, at: float) -> None:
        self.url = url
        self.at = at

    def ask(self, query: str) -> list[tuple[dict[str, str], float]]:
        answer = requests.get(
            f"{self.url}/api/v1/query", params={"query": query, "time": f"{self.at}"}, timeout=10
        ).json()
        return [(s["metric"], float(s["value"][1])) for s in answer["data"]["result"]]

    def one(self, query: str) -> float:
        ((_, value),) = self.ask(query)
        return value


@dataclass(frozen=True)
class Measured:
    """The servers' address, the time range, and the report as text."""

    url: str
    end: float
    text: str


def body(report: Path) -> str:
    """The words of a report behind its table of contents, which has the headings, too."""
    pages = pypdf.PdfReader(report).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    return text[text.rindex(". . .") :]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    folder = tmp_path_factory.mktemp("providers")
    machines = [
        {"name": f"{provider}-1", "prices": {"on_demand": price}}
        for provider, price in PRICES.items()
    ]
    (folder / "inventory.yaml").write_text(yaml.safe_dump({"machines": machines}))
    with ExitStack() as stack:
        addresses: dict[str, str] = {}
        places = {}
        for number, provider in enumerate(PRICES):
            place = places[provider] = stack.enter_context(namespace(number))
            log = folder / f"{provider}.log"
            stack.enter_context(metadata_service(place, provider, folder / f"{provider}-imds.log"))
            (folder / provider / "results").mkdir(parents=True)
            flags = [
                f"--machine.name={provider}-1",
                f"--machine.inventory={folder / 'inventory.yaml'}",
                f"--machine.cloud={provider}",
                f"--collector.loadtest.directory={folder / provider}",
            ]
            addresses[provider] = stack.enter_context(exporter(place, flags, log))
        prometheus, url = start_prometheus(
            configure(folder, addresses), folder / "data", folder / "prometheus.log"
        )
        stack.callback(prometheus.stop)
        start = time.time()
        for number, provider in enumerate(PRICES):
            measure(places[provider], provider, number, folder)
        prometheus.wait_until(
            lambda: len(Store(url, time.time()).ask("perf:units_per_dollar:max")) == len(PRICES),
            "units per dollar of all machines",
            60,
        )
        end = round(time.time(), 3)
        words = ["report", "--prometheus", url, "--from", f"{start:.3f}", "--to", f"{end:.3f}"]
        assert run([*words, "--quiet", "--output", str(folder / "report.pdf")]) == 0
        yield Measured(url, end, body(folder / "report.pdf"))


def section(text: str, begin: str, end: str) -> str:
    return text[text.index(begin) : text.index(end, text.index(begin))]


def figures(text: str) -> list[str]:
    """All numbers with a decimal point or thousands separators."""
    return re.findall(r"\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+", text)


def summary_of(store: Store, name: str, price: float) -> dict[str, list[str]]:
    """The figures of a machine in the summary table, from Prometheus."""
    at = f'{{instance="{name}"}}'
    full = f'{{instance="{name}",busy="100"}}'
    units = store.one(f"last_over_time(perf_loadtest_max_units_per_second{at}[1h])")
    bounds = [
        store.one(f"last_over_time(perf_loadtest_units_per_second_{end}{full}[1h])")
        for end in ("lower", "upper")
    ]
    per_dollar = store.one(f"last_over_time(perf:units_per_dollar:max{at}[1h])")
    assert per_dollar == pytest.approx(units / price)
    return {
        "units": [ENGLISH.figures(value) for value in (units, *bounds)],
        "money": [f"{value:,.0f}" for value in (per_dollar, *(b / price for b in bounds))],
        "price": [f"${price:.4f}"],
    }


def test_the_machines_are_what_their_metadata_services_say(measured: Measured) -> None:
    store = Store(measured.url, measured.end)
    for provider, identity in TOLD.items():
        ((labels, _),) = store.ask(f'perf_machine_info{{instance="{provider}-1"}}')
        assert labels["provider"] == provider
        for name in ("region", "zone", "instance_type"):
            assert labels[name] == getattr(identity, name)
        place = f"{provider}, {identity.region}, {identity.zone}"
        assert place.replace(" ", "") in measured.text.replace(" ", "")


def test_every_figure_of_the_summary_is_prometheus_own(measured: Measured) -> None:
    store = Store(measured.url, measured.end)
    table = section(measured.text, "Summary", "Small figures")
    expected: set[str] = set()
    for provider, price in PRICES.items():
        words = summary_of(store, f"{provider}-1", price)
        for group in words.values():
            assert all(word in table for word in group), (provider, group)
            expected |= {word.lstrip("$") for word in group}
    memory = store.one('node_memory_MemTotal_bytes{instance="aws-1"}') / 2**30
    expected.add(f"{memory:,.1f}")
    names = "|".join(identity.instance_type for identity in TOLD.values())
    found = figures(re.sub(names, "", table))
    assert len(found) >= 4 * 7
    assert set(found) <= expected


def test_every_measured_level_is_prometheus_own(measured: Measured) -> None:
    store = Store(measured.url, measured.end)
    table = section(measured.text, "Measured levels", "The machines")
    expected: list[str] = []
    for provider in PRICES:
        for busy in LEVELS:
            at = f'{{instance="{provider}-1",busy="{busy}"}}'
            reached = store.one(f"last_over_time(perf_loadtest_busy_ratio{at}[1h])")
            steal = store.one(f"last_over_time(perf_loadtest_steal_ratio{at}[1h])")
            units, lower, upper = (
                store.one(f"last_over_time(perf_loadtest_units_per_second{end}{at}[1h])")
                for end in ("", "_lower", "_upper")
            )
            expected += [f"{reached * 100:.1f}", f"{steal * 100:.1f}"]
            expected += [ENGLISH.figures(value) for value in (units, lower, upper)]
    assert sorted(figures(table)) == sorted(expected)


def test_the_verdict_names_the_best_for_the_money_or_that_it_cannot_be_told(
    measured: Measured,
) -> None:
    store = Store(measured.url, measured.end)
    ranked = sorted(store.ask("perf:units_per_dollar:max"), key=lambda entry: -entry[1])
    assert {labels["instance"] for labels, _ in ranked} == {f"{name}-1" for name in PRICES}
    verdict = section(measured.text, "Verdict", "Summary")
    assert ranked[0][0]["instance"] in verdict
    best = f"{ranked[0][1]:,.0f}"
    assert best in verdict or "cannot be told" in verdict
