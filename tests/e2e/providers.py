"""Machines of four providers on this host: exporters, load tests, Prometheus, and one report."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdf
import requests
import yaml

from demo.servers import start_prometheus
from perfanalysis.cli import run
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.e2e.namespaces import PERFANALYSIS, Namespace, exporter, metadata_service, namespace

PRICES = {"aws": 0.2016, "azure": 0.4192, "gcp": 0.4233, "oci": 0.0711}


def cpus_of(number: int) -> str:
    """The CPU set of a machine: one, the next one, both, in turn."""
    usable = sorted(os.sched_getaffinity(0))[:2]
    return ",".join(map(str, [usable[:1], usable[-1:], usable][number % 3]))


def measure(place: Namespace, provider: str, number: int, folder: Path) -> None:
    """A short load test inside the machine's namespace, on its CPUs."""
    # Of the host the machine has these CPUs, and the run all that it has.
    pinned = ("taskset", "-c", cpus_of(number))
    words = ["loadtest", "run", "--quiet", "--force", "--wait=200", "--seconds-per-level=0.3"]
    words += [f"--machine={provider}-1", f"--cloud={provider}"]
    words += [f"--inventory={folder / 'inventory.yaml'}", f"--state-directory={folder / provider}"]
    done = subprocess.run(
        place.command(*pinned, *PERFANALYSIS, *words), capture_output=True, text=True, check=False
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
    config = load_fast((REPOSITORY / "prometheus" / "prometheus.yml").read_text())
    config["global"] |= dict.fromkeys(("scrape_interval", "scrape_timeout"), "1s")
    config["global"]["evaluation_interval"] = "1s"
    (folder / "rules").mkdir()
    for path in (REPOSITORY / "prometheus" / "rules").glob("*.yml"):
        # Some groups have the time of an installation: minutes.
        text = re.sub(r"^    interval: \w+$", "    interval: 1s", path.read_text(), flags=re.M)
        (folder / "rules" / path.name).write_text(text)
    config["rule_files"] = [str(folder / "rules" / "*.yml")]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


class Store:
    """Prometheus, asked at one moment."""

    def __init__(self, url: str, at: float) -> None:
        self.url = url
        self.at = at

    def ask(self, query: str) -> list[tuple[dict[str, str], float]]:
        """The labels and values that a query gives."""
        answer = requests.get(
            f"{self.url}/api/v1/query", params={"query": query, "time": f"{self.at}"}, timeout=10
        ).json()
        return [(s["metric"], float(s["value"][1])) for s in answer["data"]["result"]]

    def one(self, query: str) -> float:
        """The only value that a query gives."""
        ((_, value),) = self.ask(query)
        return value

    def raw(self, selector: str, seconds: int) -> list[tuple[dict[str, str], dict[float, float]]]:
        """The labels, and the samples by their times, of each series of the last seconds."""
        answer = requests.get(
            f"{self.url}/api/v1/query",
            params={"query": f"{selector}[{seconds}s]", "time": f"{self.at}"},
            timeout=10,
        ).json()
        return [
            (one["metric"], {float(time): float(value) for time, value in one["values"]})
            for one in answer["data"]["result"]
        ]

    def over(self, query: str, start: float, step: float) -> list[float]:
        """The values of the only series that a query gives until this moment."""
        parameters = {"query": query, "start": start, "end": self.at, "step": step}
        answer = requests.get(f"{self.url}/api/v1/query_range", parameters, timeout=10).json()
        (series,) = answer["data"]["result"]
        return [float(value) for _, value in series["values"]]


@dataclass(frozen=True)
class Measured:
    """Prometheus' address, the time range, and the report as text."""

    url: str
    start: float
    end: float
    text: str


def body(report: Path) -> str:
    """The words of a report behind its table of contents, which has the headings, too."""
    pages = pypdf.PdfReader(report).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    return text[text.rindex(". . .") :]


def begin(stack: ExitStack, provider: str, number: int, folder: Path) -> tuple[Namespace, str]:
    """A machine of a provider with its exporter: its namespace, and what Prometheus scrapes."""
    place = stack.enter_context(namespace(number))
    stack.enter_context(metadata_service(place, provider, folder / f"{provider}-imds.log"))
    (folder / provider / "results").mkdir(parents=True)
    flags = [
        f"--machine.name={provider}-1",
        f"--machine.inventory={folder / 'inventory.yaml'}",
        f"--machine.cloud={provider}",
        f"--collector.loadtest.directory={folder / provider}",
    ]
    return place, stack.enter_context(exporter(place, flags, folder / f"{provider}.log"))


@contextmanager
def measured_in(folder: Path) -> Iterator[Measured]:
    """Machines of four providers in namespaces of this host, each measured, and their report."""
    machines = [
        {"name": f"{provider}-1", "prices": {"on_demand": price}}
        for provider, price in PRICES.items()
    ]
    (folder / "inventory.yaml").write_text(yaml.safe_dump({"machines": machines}))
    with ExitStack() as stack:
        begun = {
            provider: begin(stack, provider, number, folder)
            for number, provider in enumerate(PRICES)
        }
        configuration = configure(folder, {name: address for name, (_, address) in begun.items()})
        prometheus, url = start_prometheus(
            configuration, folder / "data", folder / "prometheus.log"
        )
        stack.callback(prometheus.stop)

        def known(query: str, what: str) -> None:
            """Wait until Prometheus has it of all machines."""
            prometheus.wait_until(
                lambda: len(Store(url, time.time()).ask(query)) == len(PRICES), what, 60
            )

        start = round(time.time(), 3)
        for number, (provider, (place, _)) in enumerate(begun.items()):
            measure(place, provider, number, folder)
        known("perf_loadtest_valid", "results of all machines")
        # A busy host disturbs short runs: there is no price-performance of these.
        known(
            "perf:units_per_dollar:max or on (instance) perf_loadtest_valid == 0",
            "units per dollar of all machines with a valid run",
        )
        end = round(time.time(), 3)
        # A scrape that is still on its way would make other figures of the same queries later.
        known(f"timestamp(node_load1) > {end}", "a later scrape of all machines")
        words = ["report", "--prometheus", url, "--from", f"{start:.3f}", "--to", f"{end:.3f}"]
        assert run([*words, "--quiet", "--output", str(folder / "report.pdf")]) == 0
        yield Measured(url, start, end, body(folder / "report.pdf"))
