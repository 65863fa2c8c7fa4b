"""The recordings of real machines in a real Prometheus, backfilled once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.servers import prometheus_program, start_prometheus
from perfanalysis.cli import run
from tests.importing.openmetrics import Import, Samples, parse

MACHINES = """
machines:
  - {name: oci-vm01, provider: oci}
  - {name: azure-suse, provider: azure}
  - {name: lt1, provider: azure}
  - {name: oci-perftest-vm-02, provider: oci}
  - {name: replay-source-oci, provider: oci}
  - {name: replay-target-azure, provider: azure}
  - {name: azure-pcd-server-01, provider: azure}
"""
CONFIGURATION = "global: {scrape_interval: 15s}\n"
YEARS = "100y"

Query = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def promtool_path() -> Path:
    return prometheus_program("promtool")


@pytest.fixture(scope="session")
def imported(captures: Path, promtool_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all captures of the folder in it."""
    folder = tmp_path_factory.mktemp("imported")
    machines = folder / "machines.yaml"
    machines.write_text(MACHINES)
    data = folder / "data"
    data.mkdir()
    files = sorted(map(str, captures.glob("*.jsonl.gz")))
    names = captures / "oci-perftest-vm-02.container_names.json"
    command = ["import", "capture", *files, f"--inventory={machines}", f"--backfill={data}"]
    assert run([*command, f"--promtool={promtool_path}", f"--container-names={names}"]) == 0
    return data


@pytest.fixture(scope="session")
def prometheus(imported: Path) -> Iterator[str]:
    """The address of a Prometheus over those data."""
    configuration = imported.parent / "prometheus.yml"
    configuration.write_text(CONFIGURATION)
    log = imported.parent / "prometheus.log"
    server, url = start_prometheus(configuration, imported, log, retention=YEARS)
    yield url
    server.stop()


@pytest.fixture(scope="session")
def query(prometheus: str) -> Query:
    """Ask PromQL for a range; the series of the answer."""

    def ask(expression: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{prometheus}/api/v1/query_range",
            params={"query": expression, "start": start, "end": end, "step": step},
            timeout=30,
        )
        assert answer.ok, answer.text
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    return ask


@pytest.fixture
def imported_text(tmp_path: Path) -> Import:
    """Import files with flags, and read what comes out."""

    def make(*files: Path, flags: tuple[str, ...] = ("--machine=m",)) -> Samples:
        output = tmp_path / "out.om"
        assert run(["import", "capture", *map(str, files), *flags, f"--output={output}"]) == 0
        assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
        return parse(output)

    return make
