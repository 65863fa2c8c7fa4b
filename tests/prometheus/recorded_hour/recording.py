"""Record this machine for a minute: every series that an alert asks for."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml

from demo.servers import DemoServer, free_port, start_exporter, start_prometheus
from perfanalysis.atomic_write import write_atomically
from perfanalysis.cli import run
from tests.prometheus.conftest import PROMETHEUS, alertmanager_words
from tests.prometheus.receiving import Inbox, quick_alertmanager, start_alertmanager
from tests.prometheus.recorded_hour.hour import FIXTURE, MACHINE, raw_metrics

SECONDS = 60.0
# Load tests that are tried until one is valid.
RUNS = 5
SCRAPE_SECONDS = 5
INVENTORY = f"""\
machines:
  - name: {MACHINE}
    provider: local
    instance_type: builder
    prices: {{on_demand: 0.05}}
"""
CUSTOM = """\
sources:
  - file: /proc/sys/kernel/threads-max
    metrics:
      - name: threads_limit
        type: gauge
        help: How many threads the kernel allows.
        column: 1
"""


def main() -> int:
    """Run a load test, then record, then write the fixture."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        _load_test(folder)
        url = stack.enter_context(_stack(folder))
        print(f"recording for {SECONDS:.0f} s", flush=True)
        time.sleep(SECONDS)
        lines = sorted(set(_lines(url, folder)))
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(FIXTURE, gzip.compress("".join(lines).encode(), mtime=0))
    print(f"{FIXTURE}: {len(lines)} samples")
    return 0


def _load_test(folder: Path) -> None:
    """One that a quiet machine gives: the alerts are not to be right about it."""
    (folder / "inventory.yaml").write_text(INVENTORY)
    words = ["--cloud", "off", "--machine", MACHINE, "--quiet"]
    words += ["--inventory", str(folder / "inventory.yaml"), "--fail-if", "max_units_per_second<1"]
    words += ["--state-directory", str(folder / "state"), "--output", str(folder / "run.json")]
    for _ in range(RUNS):
        if run(["loadtest", "run", *words, "--force"]):
            raise SystemExit("the load test did not go well")
        if json.loads((folder / "run.json").read_text())["valid"]:
            return
    raise SystemExit(f"none of {RUNS} load tests was valid: record on a quieter machine")


@contextmanager
def _stack(folder: Path) -> Iterator[str]:
    """The exporter, a Prometheus with all rules, and an Alertmanager that delivers."""
    copied = folder / "prometheus"
    shutil.copytree(PROMETHEUS, copied)
    config = copied / "prometheus.yml"
    often = config.read_text().replace("15s", f"{SCRAPE_SECONDS}s")
    config.write_text(often.replace("scrape_timeout: 10s", f"scrape_timeout: {SCRAPE_SECONDS}s"))
    inbox = Inbox()
    thread = threading.Thread(target=inbox.serve_forever, daemon=True)
    thread.start()
    quick_alertmanager(copied, f"http://127.0.0.1:{inbox.server_port}")
    ports = {name: free_port() for name in ("prometheus", "alertmanager")}
    servers: list[DemoServer] = []
    try:
        servers.append(start_alertmanager(alertmanager_words(), copied, ports["alertmanager"]))
        exporter, address = start_exporter(
            _flags(folder, ports["prometheus"]),
            folder / "exporter.log",
            perfanalysis=[sys.executable, "-m", "perfanalysis"],
        )
        servers.append(exporter)
        _target(copied / "targets" / "node.yml", address.removeprefix("http://"), MACHINE)
        for name, port in ports.items():
            host = f"127.0.0.1:{port}"
            _target(copied / "targets" / "prometheus" / f"{name}.yml", host, name)
        managers = copied / "targets" / "alertmanager" / "local.yml"
        _target(managers, f"127.0.0.1:{ports['alertmanager']}", "alertmanager")
        log, port = folder / "prometheus.log", ports["prometheus"]
        server, url = start_prometheus(config, folder / "data", log, port=port)
        servers.append(server)
        yield url
    finally:
        for server in reversed(servers):
            server.stop()
        inbox.shutdown()


def _flags(folder: Path, port: int) -> list[str]:
    (folder / "custom.yaml").write_text(CUSTOM)
    return [
        f"--machine.name={MACHINE}",
        f"--machine.inventory={folder / 'inventory.yaml'}",
        "--machine.cloud=off",
        f"--collector.loadtest.directory={folder / 'state'}",
        f"--collector.custom.config={folder / 'custom.yaml'}",
        "--collector.filesystem.mount-points-include=^/$",
        f"--push.remote-write-url=http://127.0.0.1:{port}/api/v1/write",
        "--push.label=job=pushed",
        f"--push.queue.directory={folder / 'push'}",
    ]


def _target(path: Path, address: str, instance: str) -> None:
    path.write_text(yaml.safe_dump([{"targets": [address], "labels": {"instance": instance}}]))


def _lines(url: str, folder: Path) -> Iterator[str]:
    """Every sample of what alerts ask for: series, value and Unix milliseconds."""
    for metric in sorted(raw_metrics()):
        query = f'{metric}{{job!="pushed"}}[{SECONDS:.0f}s]'
        answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=30).json()
        for series in answer["data"]["result"]:
            yield from _samples(series, str(folder))


def _samples(series: dict[str, Any], folder: str) -> Iterator[str]:
    labels = {k: v.replace(folder, "") for k, v in series["metric"].items()}
    name = labels.pop("__name__")
    text = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    for moment, value in series["values"]:
        yield f"{name}{{{text}}} {value} {moment * 1000:.0f}\n"


if __name__ == "__main__":
    sys.exit(main())
