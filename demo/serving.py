"""The demonstration's servers: an exporter for each machine, and one Prometheus over them."""

from __future__ import annotations

import time
from contextlib import ExitStack

import requests
import yaml
from rich.console import Console

from demo import summary
from demo.commands import PERFANALYSIS
from demo.servers import (
    DemoServer,
    begin_exporter,
    begin_prometheus,
    exporter_url,
    wait_for_prometheus,
)
from demo.settings import DemoSettings
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.fast_yaml import load_fast
from perfanalysis.machines.inventory import Inventory, InventoryMachine

SCRAPE_SECONDS = 2
SCRAPED_WITHIN_SECONDS = 60


def start_servers(
    settings: DemoSettings, inventory: Inventory, stack: ExitStack
) -> tuple[str, list[DemoServer]]:
    """Start an exporter for each machine, and Prometheus, which is told of them.

    All are begun before any is waited for. Prometheus looks at what it is to scrape some seconds
    after its start, and by then the exporters have told their addresses.

    Raises:
        PerfAnalysisError: one of them did not start.
    """
    folder = settings.work / "prometheus"
    prometheus, url = begin_prometheus(
        folder / "prometheus.yml",
        settings.work / "data",
        settings.work / "prometheus.log",
        port=settings.port,
        outlives=settings.keep,
    )
    stack.callback(prometheus.stop)
    exporters = [_begin_exporter(settings, machine, stack) for machine in inventory.machines]
    targets = [
        _target(machine, exporter_url(exporter))
        for machine, exporter in zip(inventory.machines, exporters, strict=True)
    ]
    write_atomically(folder / "targets" / "demo.yml", yaml.safe_dump(targets).encode())
    wait_for_prometheus(prometheus, url)
    return url, [prometheus, *exporters]


def _begin_exporter(
    settings: DemoSettings, machine: InventoryMachine, stack: ExitStack
) -> DemoServer:
    exporter = begin_exporter(
        [
            f"--machine.inventory={settings.inventory}",
            f"--machine.name={machine.name}",
            f"--collector.loadtest.directory={settings.state(machine)}",
            # Tells the report how many real cores there are.
            "--collector.cpu.info",
        ],
        settings.work / f"exporter-{machine.name}.log",
        perfanalysis=PERFANALYSIS,
        outlives=settings.keep,
    )
    stack.callback(exporter.stop)
    return exporter


def _target(machine: InventoryMachine, url: str) -> dict[str, object]:
    labels = {
        "instance": machine.name,
        # The repository's prometheus.yml is used as it is; these two labels are how a target
        # asks for another interval than the default.
        "__scrape_interval__": f"{SCRAPE_SECONDS}s",
        "__scrape_timeout__": f"{SCRAPE_SECONDS}s",
    }
    return {"targets": [url.removeprefix("http://")], "labels": labels}


def wait(servers: list[DemoServer], seconds: float) -> None:
    """Wait, while all servers must stay alive.

    Raises:
        ServerError: one has ended.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for server in servers:
            server.check()
        time.sleep(0.1)


def wait_until_scraped(
    settings: DemoSettings, inventory: Inventory, url: str, servers: list[DemoServer]
) -> list[summary.SummaryRow]:
    """Wait until all results, and the rule made from them, can be queried; returns them.

    Raises:
        PerfAnalysisError: that took too long, or a server died.
    """
    wanted = {machine.name for machine in inventory.machines}
    deadline = time.monotonic() + SCRAPED_WITHIN_SECONDS
    while True:
        wait(servers, 0.5)
        rows = summary.rows(url, inventory.machines)
        found = {row.machine for row in rows}
        if found == wanted:
            return rows
        if time.monotonic() > deadline:
            missing = ", ".join(sorted(wanted - found))
            raise PerfAnalysisError(
                f"{url} has no load-test results of {missing} after {SCRAPED_WITHIN_SECONDS} s"
                f" (targets: {target_errors(url) or 'all up'}; logs: {settings.work})"
            )


def target_errors(url: str) -> str:
    """What Prometheus says of targets that it could not scrape, in one line."""
    try:
        answer = requests.get(f"{url}/api/v1/targets", timeout=5).json()
        active = answer["data"]["activeTargets"]
    except (requests.RequestException, ValueError, KeyError):
        return "unknown"
    return "; ".join(f"{t['scrapeUrl']}: {t['lastError']}" for t in active if t["lastError"])


def say_addresses(settings: DemoSettings, console: Console, url: str) -> None:
    """Print where the servers that stay up are, and how to stop them."""
    console.print(f"\nleft up:  Prometheus {url}")
    targets = load_fast((settings.work / "prometheus" / "targets" / "demo.yml").read_bytes())
    for entry in targets:
        machine, address = entry["labels"]["instance"], entry["targets"][0]
        console.print(f"          exporter of {machine} http://{address}/metrics")
    console.print("stop them with `make demo-stop`")
