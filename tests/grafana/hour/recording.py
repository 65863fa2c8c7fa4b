"""Our exporter's pages through the hour, as lines with the labels of a target and times."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exporter.collecting.paths import make_paths
from exporter.sources.files import Sources
from exporter.start import make_scraper
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import flags_of
from tests.grafana.hour.load_tests import LoadTests
from tests.grafana.hour.moving_tree import HOUR, MovingTree

SCRAPE_SECONDS = 30
_LINE = re.compile(r"^([a-zA-Z_:]\w*)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
# The machine that runs the tests is behind these, so they are moved here: clocks as the hour has
# them, and file systems that fill up.
_CLOCK = re.compile(r"^(node_time_seconds) \S+$", re.MULTILINE)
_SPACE = re.compile(
    r"^(node_filesystem_(size_bytes|avail_bytes|free_bytes|files|files_free)"
    r'\{.*mountpoint="([^"]*)".*\}) \S+$',
    re.MULTILINE,
)
_SIZE_BYTES = 100 * 10**9
_FILE_NODES = 6 * 10**6
# How much of it is free at the beginning, and how much of that is filled up in the hour.
_FREE = {"/": 0.5, "/srv/volume1": 0.7, "/srv/volume2": 0.3}
_FILLED_AN_HOUR = 0.2
# An hour within seconds: what the exporter says of a counter's pace is said of that.
_PACES = re.compile(
    r'^(perf_validation_violations_total\{.*rule="\w+_(?:than_time|source)"\}) \S+$', re.MULTILINE
)

INVENTORY = """\
machines:
  - name: web-1
    provider: aws
    region: eu-west-1
    instance_type: m7i.xlarge
    prices: {on_demand: 0.2, spot: 0.08, reserved_1y: 0.13}
  - name: web-2
    provider: gcp
    region: europe-west1
    instance_type: n4-standard-4
    prices: {on_demand: 0.17, spot: 0.07}
  - name: db-1
    provider: azure
    region: westeurope
    instance_type: D4as_v6
  - name: idle-1
    provider: aws
    region: eu-west-1
    instance_type: t4g.medium
    prices: {on_demand: 0.034}
"""


@dataclass(frozen=True)
class Machine:
    """One machine of the hour, and what is peculiar about it."""

    name: str
    cpus: int
    busy: float
    units: float = 0.0  # at 100 % busy; 0 is never load tested
    labels: dict[str, str] = field(default_factory=dict)
    contradicts: bool = False
    regresses: bool = False
    disturbed: str = ""
    down: tuple[float, float] = (HOUR * 2, HOUR * 2)  # seconds of the hour


MACHINES = (
    Machine("web-1", 4, 0.7, 900.0, {"cluster": "shop", "team": "web"}, regresses=True),
    Machine("web-2", 4, 0.4, 800.0, {"cluster": "shop", "team": "web"}, down=(1200.0, 1980.0)),
    # Nobody knows its price.
    Machine("db-1", 8, 0.5, 1500.0, {"tenant": "acme", "team": "data"}, contradicts=True,
            disturbed="vector"),
    Machine("idle-1", 2, 0.05),
)  # fmt: skip
UNPRICED, UNTESTED = "db-1", "idle-1"


@dataclass
class Sampled:
    """What was scraped: one line a sample, with a place for the time that formats write it in."""

    begin: float
    lines: list[tuple[str, float]] = field(default_factory=list)  # "series value", Unix seconds

    @property
    def end(self) -> float:
        """The last moment."""
        return self.begin + HOUR

    def openmetrics(self) -> Iterator[str]:
        """Lines for ``promtool tsdb create-blocks-from openmetrics``: times in seconds."""
        for line, moment in self.lines:
            yield f"{line} {moment:.3f}\n"
        yield "# EOF\n"

    def text(self) -> Iterator[str]:
        """Lines for VictoriaMetrics' import: times in milliseconds."""
        for line, moment in self.lines:
            yield f"{line} {moment * 1000:.0f}\n"


def record(folder: Path) -> Sampled:
    """Scrape all machines through the hour that ends now."""
    begin = float(int(time.time() - HOUR) // SCRAPE_SECONDS * SCRAPE_SECONDS)
    sampled = Sampled(begin)
    inventory = folder / "inventory.yaml"
    inventory.write_text(INVENTORY)
    for machine in MACHINES:
        _record_machine(folder / machine.name, inventory, machine, sampled)
    return sampled


def _record_machine(folder: Path, inventory: Path, machine: Machine, sampled: Sampled) -> None:
    tree = MovingTree(folder, machine.cpus, machine.busy, contradicts=machine.contradicts)
    tests = LoadTests(
        folder / "state",
        sampled.begin,
        machine.units,
        regresses=machine.regresses,
        disturbed=machine.disturbed,
    )
    tree.move(0)
    flags = flags_of(
        *tree.tree.path_flags,
        f"--machine.name={machine.name}",
        f"--machine.inventory={inventory}",
        f"--collector.loadtest.directory={folder / 'state'}",
        "--machine.cloud=off",
    )
    sources = Sources(make_paths(flags))
    scraper = make_scraper(flags, sources)
    labels = {"job": "node", "instance": machine.name, **machine.labels}
    common = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    for second in range(0, int(HOUR) + 1, SCRAPE_SECONDS):
        tree.move(second)
        if machine.units:
            tests.move(second)
        moment = sampled.begin + second
        up = not machine.down[0] <= second < machine.down[1]
        page = _moved(scraper.scrape(TEXT).decode(), machine, second, moment) if up else ""
        found = _LINE.findall(page)
        own: list[tuple[str, str, str]] = [
            ("up", "", str(int(up))),
            ("scrape_duration_seconds", "", "0.004" if up else "10"),
            ("scrape_samples_scraped", "", str(len(found))),
        ]
        sampled.lines += [
            (f"{name}{{{common}{',' if more else ''}{more}}} {value}", moment)
            for name, more, value in found + own
        ]
    sources.close()


def _moved(page: str, machine: Machine, second: float, moment: float) -> str:
    page = _CLOCK.sub(rf"\1 {moment}", page)
    page = _PACES.sub(r"\1 0", page)
    left = 1 - _FILLED_AN_HOUR * machine.busy * second / HOUR

    def space(match: re.Match[str]) -> str:
        share = 1.0 if match[2] in ("size_bytes", "files") else _FREE[match[3]] * left
        size = _FILE_NODES if match[2].startswith("files") else _SIZE_BYTES
        return f"{match[1]} {size * share:.0f}"

    return _SPACE.sub(space, page)
