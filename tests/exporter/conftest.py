"""What the exporter's tests share: fixture trees, collectors over them, a real process."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from exporter.app import exporter
from exporter.collecting import CollectorSpecification
from exporter.collecting.paths import make_paths
from exporter.page.scraping import Scraper
from exporter.sources.files import Sources
from exporter.start import make_scraper
from perfanalysis.exposition.rendering import TEXT, render_page

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "exporter"
HOSTS = sorted(path.name for path in FIXTURES.iterdir() if (path / "proc").is_dir())
LISTENING = re.compile(r'listening on (https?://[^\s"]+)')


def flags_of(*arguments: str) -> dict[str, Any]:
    """The flags' values as the command would have them."""
    with click.Context(exporter) as context:
        exporter.parse_args(context, list(arguments))
        return context.params


_OPEN: list[Sources] = []


def scraper_of(*arguments: str) -> Scraper:
    """A scraper with these flags; its files are closed when the test ends."""
    flags = flags_of(*arguments)
    sources = Sources(make_paths(flags))
    _OPEN.append(sources)
    return make_scraper(flags, sources)


@pytest.fixture(autouse=True)
def _close_sources() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def samples_of(page: bytes) -> dict[str, float]:
    """Series as written, and their values."""
    lines = [line for line in page.decode().splitlines() if line and not line.startswith("#")]
    return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines)}


Collect = Callable[..., dict[str, float]]


@pytest.fixture
def collect() -> Collect:
    """Run one collector over a tree and give its samples."""

    def run(specification: CollectorSpecification, tree: Path, *arguments: str) -> dict[str, float]:
        (tree / "sys").mkdir(exist_ok=True, parents=True)
        flags = flags_of(
            f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}", *arguments
        )
        # Some of them are not read unless the command line names the collector.
        flags = {flag.variable: flag.default for flag in specification.flags} | flags
        sources = Sources(make_paths(flags))
        try:
            return samples_of(render_page(specification.create(sources, flags).collect(), TEXT))
        finally:
            sources.close()

    return run


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of a recorded tree, to be spoilt."""
    copy = tmp_path / "host"
    shutil.copytree(FIXTURES / "firecracker-6.18", copy)
    (copy / "sys").mkdir(exist_ok=True)
    return copy


class Running:
    """An exporter's process that listens."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log
        end = time.monotonic() + 30
        while not (match := LISTENING.search(log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, "the exporter does not listen"
            time.sleep(0.02)
        self.url = match[1]
        self.port = int(self.url.rpartition(":")[2])


StartExporter = Callable[..., Running]


@pytest.fixture
def start_exporter(tmp_path: Path) -> Iterator[StartExporter]:
    """Start ``perfanalysis exporter`` on a free loopback port; stopped when the test ends."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> Running:
        log = tmp_path / f"exporter-{len(started)}.log"
        command = [sys.executable, "-m", "perfanalysis", "exporter"]
        if not any(argument.startswith("--web.listen-address") for argument in arguments):
            command.append("--web.listen-address=127.0.0.1:0")
        with log.open("w") as stream:
            process = subprocess.Popen([*command, *arguments], stderr=stream, text=True)
        started.append(process)
        return Running(process, log)

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run_exporter(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command until it ends by itself, as it does with wrong flags."""
    command = [sys.executable, "-m", "perfanalysis", "exporter", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
