"""A made fleet, and a Prometheus that scrapes it, each in a process of its own, for a while."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
import yaml

from demo.servers import REPOSITORY, DemoServer, free_port, prometheus_program

INTERVAL = 15
_RULES = str(REPOSITORY / "prometheus" / "rules" / "*.yml")
_START_SECONDS = 180.0


@contextmanager
def running_fleet(folder: Path, targets: int) -> Iterator[DemoServer]:
    """The process that serves the pages; ``folder/targets.json`` names the machines.

    Raises:
        ServerError: it does not start.
    """
    written = folder / "targets.json"
    command = [sys.executable, "-m", "benchmarks.made_fleet", f"--targets={targets}"]
    server = DemoServer(
        "made fleet", [*command, f"--written={written}"], folder / "fleet.log", outlives=False
    )
    try:
        server.wait_until(written.exists, "its targets", _START_SECONDS)
        yield server
    finally:
        server.stop()


@dataclass(frozen=True)
class FleetScraper:
    """A Prometheus that scrapes the fleet of its folder."""

    server: DemoServer
    url: str
    folder: Path

    def configure(self, *, rules: bool = False, remote_write: str = "") -> None:
        """Give it our rules, or a receiver of all samples, or neither, from now on.

        Raises:
            requests.HTTPError: it refuses the configuration.
        """
        _write_configuration(self.folder, rules=rules, remote_write=remote_write)
        requests.post(f"{self.url}/-/reload", timeout=60).raise_for_status()

    def said(self, name: str) -> float:
        """A number of its own page, added up over its labels; 0 when it is not there."""
        page = requests.get(f"{self.url}/metrics", timeout=60).text
        pattern = rf"^{name}(?:\{{.*\}})? (\S+)$"
        return sum(float(value) for value in re.findall(pattern, page, re.MULTILINE))

    def value(self, query: str) -> float:
        """The value of a query's only series; 0 when there is none."""
        asked = {"query": query}
        answer = requests.get(f"{self.url}/api/v1/query", params=asked, timeout=60).json()
        found = answer["data"]["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def snapshot(self) -> Path:
        """A snapshot of all its blocks, that of what is in memory among them.

        Raises:
            requests.HTTPError: it refuses.
        """
        answer = requests.post(f"{self.url}/api/v1/admin/tsdb/snapshot", timeout=300)
        answer.raise_for_status()
        return self.folder / "data" / "snapshots" / str(answer.json()["data"]["name"])


@contextmanager
def scraping(folder: Path) -> Iterator[FleetScraper]:
    """A Prometheus that scrapes what ``folder/targets.json`` names, without rules.

    Raises:
        ServerError: it does not start.
    """
    _write_configuration(folder, rules=False, remote_write="")
    listen = f"127.0.0.1:{free_port()}"
    command = [
        str(prometheus_program()),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        "--web.enable-lifecycle",
        "--web.enable-admin-api",
    ]
    server = DemoServer("Prometheus", command, folder / "prometheus.log", outlives=False)
    try:
        ready = "Server is ready to receive web requests"
        server.wait_until(lambda: ready in server.text(), "readiness", _START_SECONDS)
        yield FleetScraper(server, f"http://{listen}", folder)
    finally:
        server.stop()


def _write_configuration(folder: Path, *, rules: bool, remote_write: str) -> None:
    configuration = {
        "global": {
            "scrape_interval": f"{INTERVAL}s",
            "evaluation_interval": f"{INTERVAL}s",
            "external_labels": {"cluster": "made"},
        },
        "rule_files": [_RULES] if rules else [],
        "scrape_configs": [{"job_name": "node", "file_sd_configs": [{"files": ["targets.json"]}]}],
        "remote_write": [{"url": remote_write}] if remote_write else [],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
