"""An hour of data that several tests ask of: made once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from perfanalysis.promql import Series
from pictures.variables import Span
from tests.grafana import published
from tests.grafana.hour import stores
from tests.grafana.hour.recording import SCRAPE_SECONDS, Sampled, record


@dataclass(frozen=True)
class Hour:
    """The hour in a Prometheus, and what it was made of."""

    url: str
    sampled: Sampled
    recorded: list[Series]

    @property
    def span(self) -> Span:
        """The whole hour, in steps of a scrape."""
        return Span(self.sampled.begin, self.sampled.end, SCRAPE_SECONDS, SCRAPE_SECONDS)


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is such a file system: a tree is written 480 times."""
    shared = "/dev/shm"
    where = shared if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="perfanalysis-hour-", dir=where) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def hour(quick_folder: Path) -> Iterator[Hour]:
    """Four machines' hour until now, with what rules record and alerts."""
    sampled = record(quick_folder)
    folder = quick_folder / "prometheus"
    folder.mkdir()
    with stores.prometheus(folder, sampled) as (url, recorded):
        yield Hour(url, sampled, recorded)


@pytest.fixture(scope="session")
def victoria(quick_folder: Path, hour: Hour) -> Iterator[str]:
    """The URL of a VictoriaMetrics with the same samples."""
    folder = quick_folder / "victoria"
    folder.mkdir()
    with stores.victoria_metrics(folder, hour.sampled, hour.recorded) as url:
        yield url


@pytest.fixture(scope="session")
def grafana() -> Iterator[published.Transforming]:
    """Grafana's code, loaded once."""
    process = published.Transforming()
    yield process
    process.close()
