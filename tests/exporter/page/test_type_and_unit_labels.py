"""Prometheus 3 with ``type-and-unit-labels``: what a page says of a family becomes labels."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from demo.servers import free_port
from tests.conftest import REPOSITORY
from tests.exporter.conftest import FIXTURES, Running, StartExporter

pytestmark = [pytest.mark.long, pytest.mark.e2e]

CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@pytest.fixture
def running(start_exporter: StartExporter) -> Running:
    tree = FIXTURES / "storage-6.6"
    return start_exporter(
        *(f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}"),
        *(f"--path.rootfs={tree}", f"--collector.textfile.directory={tree / 'text'}"),
    )


@pytest.fixture
def prometheus(running: Running, tmp_path: Path) -> Iterator[str]:
    script = REPOSITORY / "scripts" / "build-prometheus"
    built = subprocess.run([str(script)], capture_output=True, text=True, check=False)
    if built.returncode:
        pytest.skip("Prometheus 3 is not here, and cannot be built")
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(CONFIGURATION.format(port=running.port))
    port = free_port()
    command = [
        *(built.stdout.strip(), "--enable-feature=type-and-unit-labels"),
        *(f"--config.file={configuration}", f"--storage.tsdb.path={tmp_path / 'data'}"),
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log)
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        process.terminate()
        process.wait(60)


def test_each_series_has_the_type_of_its_family_and_no_unit(
    running: Running, prometheus: str
) -> None:
    end = time.monotonic() + 60
    found: list[dict[str, str]] = []
    while not found:
        assert time.monotonic() < end
        time.sleep(0.2)
        try:
            match = '{job="node",__name__!~"up|scrape_.*"}'
            answer = requests.get(f"{prometheus}/series", {"match[]": match}, timeout=10)
        except requests.exceptions.ConnectionError:
            continue
        # It is not ready at once.
        found = answer.json()["data"] if answer.ok else []
    accept = {"Accept": "application/openmetrics-text;version=1.0.0"}
    page = requests.get(f"{running.url}/metrics", headers=accept, timeout=10).text
    families = list(text_string_to_metric_families(page))
    types = {sample.name: family.type for family in families for sample in family.samples}
    told = {series["__name__"]: series.get("__type__", "unknown") for series in found}
    assert len(told) > 300
    assert {name: kind for name, kind in told.items() if kind != types[name]} == {}
    assert [series for series in found if series.get("__unit__")] == []
