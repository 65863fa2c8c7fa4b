"""The ten screens, in their order; the run is the demonstration's, with a portal beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import requests
from rich.console import Console

from demo import chain
from demo.servers import REPOSITORY, prometheus_program
from demo.settings import DemoSettings
from perfanalysis.machines.inventory import read_inventory
from perfanalysis.results.state import RESULTS
from pictures.app import preview
from pictures.tour import terminal
from pictures.tour.browser import TourBrowser, browser, pdf_page
from pictures.tour.portal import portal
from pictures.tour.shrinking import write

# The order of docs/tour.md.
NAMES = (
    "01-first-scrape",
    "02-exporter",
    "03-load-test",
    "04-prometheus",
    "05-comparison",
    "06-machine",
    "07-recording",
    "08-portal",
    "09-portal-test",
    "10-report",
)
TALLEST = 1000
# Counted from what is scraped; recorded from a load test and a price.
_QUERIES = (
    'sum by (instance) (rate(perf_cpu_seconds_total{state="busy"}[1m]))',
    "perf_loadtest_max_units_per_second",
    "perf:units_per_dollar:max",
)
_SHOWN = ("node_cpu_seconds_total", "node_memory_MemAvailable", "perf_machine", "perf_loadtest_max")


@dataclass(frozen=True)
class TourWorld:
    """What is up during the tour."""

    folder: Path
    settings: DemoSettings
    prometheus: str
    exporters: list[str]
    results: list[Path]


def draw(work: Path, output: Path) -> Iterator[Path]:
    """Make the run, and draw each screen.

    Args:
        work: an empty folder for the time of the tour.
        output: where pictures go.

    Returns:
        The pictures' paths, each when it is written.

    Raises:
        PerfAnalysisError: a step failed, or Chromium or pdftoppm is missing.
    """
    with browser() as window, ExitStack() as stack:
        world = _world(work, stack)
        if any(not json.loads(result.read_bytes())["valid"] for result in world.results):
            print(
                "a load test was disturbed, and the pictures show it: draw them again on a quiet "
                "machine",
                file=sys.stderr,
            )
        drawn = {
            **_watching(world, window),
            **_measuring(world, window),
            **_deciding(world, window, stack),
        }
        for name in NAMES:
            yield write(output / f"{name}.png", drawn[name], TALLEST)


def _world(work: Path, stack: ExitStack) -> TourWorld:
    """The demonstration's servers and results."""
    settings = DemoSettings(work / "out", REPOSITORY / "demo" / "inventory.yaml")
    inventory = read_inventory(settings.inventory)
    with chain.only_one(settings):
        chain.prepare(settings, inventory)
        url, *_ = chain.demonstrate(settings, inventory, Console(stderr=True), stack)
    targets = requests.get(f"{url}/api/v1/targets", timeout=30).json()["data"]["activeTargets"]
    exporters = sorted(
        target["scrapeUrl"].removesuffix("/metrics")
        for target in targets
        if target["labels"]["instance"].startswith("this-host")
    )
    results = [
        path
        for machine in inventory.machines
        for path in sorted((settings.state(machine) / RESULTS).rglob("*.json"))
        if not path.is_symlink()
    ]
    return TourWorld(work, settings, url, exporters, results)


def _watching(world: TourWorld, window: TourBrowser) -> dict[str, bytes]:
    """The exporter, and Prometheus behind it."""
    exporter = world.exporters[0]
    lines = requests.get(f"{exporter}/metrics", timeout=30).text.splitlines()
    shown = [line for start in _SHOWN for line in [x for x in lines if x.startswith(start)][:5]]
    shown = [f"{line[:104]}…" if len(line) > 105 else line for line in shown]
    command = (
        f"curl -s {exporter}/metrics | grep -E 'cpu_seconds|MemAvailable|perf_machine|max_units'"
    )
    return {
        "01-first-scrape": window.terminal(terminal.page([(command, "\n".join(shown))])),
        "02-exporter": window.shot(exporter),
        "04-prometheus": window.terminal(terminal.page(_queried(world))),
    }


def _queried(world: TourWorld) -> list[tuple[str, str]]:
    """What promtool is answered."""
    shown = []
    for query in _QUERIES:
        words = ["query", "instant", world.prometheus, query]
        done = subprocess.run(
            [prometheus_program("promtool"), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        shown.append((f"promtool {' '.join(words[:3])} '{query}'", done.stdout))
    return shown


def _measuring(world: TourWorld, window: TourBrowser) -> dict[str, bytes]:
    """What a load test prints, and the dashboards."""
    result = str(world.results[-1])
    said = terminal.said(["loadtest", "show", result], world.folder)
    preview(
        prometheus=world.prometheus,
        output=world.folder / "dashboards",
        names=("comparison", "machine"),
        wanted=(),
        span="5m",
        dark=False,
    )
    command = "perfanalysis loadtest run && perfanalysis loadtest show"
    return {
        "03-load-test": window.terminal(terminal.page([(command, said)])),
        "05-comparison": (world.folder / "dashboards" / "comparison.png").read_bytes(),
        "06-machine": (world.folder / "dashboards" / "machine.png").read_bytes(),
    }


def _recorded(world: TourWorld) -> list[tuple[str, str]]:
    """What one of the machines was doing, taken from Prometheus."""
    start = ["--machine", "this-host-all-cpus", "--from", "now-3m", "--step", "2s", "web-1.om.gz"]
    record = ["workload", "record", "--prometheus", world.prometheus, *start]
    show = ["workload", "show", "web-1.om.gz"]
    return [
        (f"perfanalysis {' '.join(words)}", terminal.said(words, world.folder))
        for words in (record, show)
    ]


def _deciding(world: TourWorld, window: TourBrowser, stack: ExitStack) -> dict[str, bytes]:
    """The recording, the portal, and the report."""
    recorded = window.terminal(terminal.page(_recorded(world)))
    url, key = stack.enter_context(portal(world.folder, world.results))
    window.log_in(url, key)
    answer = requests.get(
        f"{url}/api/v1/tests", headers={"Authorization": f"Bearer {key}"}, timeout=30
    ).json()
    test = answer["tests"][0]["test_id"]
    return {
        "07-recording": recorded,
        "08-portal": window.shot(f"{url}/", wait="main"),
        "09-portal-test": window.shot(f"{url}/tests/{test}", wait="main", whole=True),
        "10-report": pdf_page(world.settings.output / "report.pdf", 1, world.folder),
    }
