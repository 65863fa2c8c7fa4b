"""Prometheus and VictoriaMetrics: backed up while they take samples, and proven by fresh ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from demo.servers import DemoServer, free_port, prometheus_program
from operations.backup.sources.prometheus import BlocksSide, PrometheusSource, remove
from operations.backup.sources.source import SourceError
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql import Series
from tests.grafana.hour.stores import empty_victoria_metrics, flush, victoria_program, write
from tests.operations.backup.conftest import Backups

STEP = 15.0


def series() -> list[Series]:
    """Half an hour of two jobs and a family of ours, up to now."""
    end = time.time() - 1
    times = np.arange(end - 1800, end, STEP)
    names = [
        {"__name__": "up", "job": "machines", "instance": "a"},
        {"__name__": "up", "job": "machines", "instance": "b"},
        {"__name__": "up", "job": "databases", "instance": "c"},
        {"__name__": "perf_cpu_seconds_total", "instance": "a", "mode": "user"},
        # Of all that a machine brings, most families have the same labels.
        {"__name__": "perf_cpus", "instance": "a", "mode": "user"},
        {"__name__": "node_load1", "job": "machines", "instance": "a"},
    ]
    return [
        Series(labels, times, np.linspace(0, 1 if number < 3 else 1e4, len(times)))
        for number, labels in enumerate(names)
    ]


@contextmanager
def prometheus(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    (folder / "prometheus.yml").write_text("{}\n")
    port, data = free_port(), folder / "data"
    url = f"http://127.0.0.1:{port}"
    command = [
        str(prometheus_program()),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--web.enable-admin-api",
    ]
    server = DemoServer("Prometheus", command, folder / "prometheus.log", outlives=False)
    try:
        server.wait_until(lambda: "ready to receive" in server.text(), "readiness", 60)
        source = {"kind": "prometheus", "program": str(prometheus_program())}
        yield url, source | {"url": url, "data": str(data)}
    finally:
        server.stop()


@contextmanager
def victoria(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with empty_victoria_metrics(folder) as url:
        source = {"kind": "victoria-metrics", "program": str(victoria_program())}
        yield url, source | {"url": url, "data": str(folder / "data")}


ENGINES = {"prometheus": prometheus, "victoria-metrics": victoria}


@pytest.mark.e2e
@pytest.mark.parametrize("kind", ENGINES)
def test_an_engine_is_backed_up_and_proven(
    kind: str, make_backups: Callable[..., Backups], tmp_path: Path
) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    with ENGINES[kind](folder) as (url, source):
        write(url, series(), None)
        if kind != "prometheus":
            flush(url)
        backups = make_backups(source | {"name": "metrics", "queries": ["sum(up)"]})
        backups.create()
        # Nothing of the snapshot is left where the engine would keep it for ever.
        assert not list((folder / "data" / "snapshots").glob("*"))
        proof = backups.verify()["metrics"]
        assert (proof["faults"], proof["notes"]) == ([], [])
        # Series (2), families (3 of 4), the query, and of both jobs two answers.
        assert proof["values"] >= 19
    # The source is gone: the backup is proven all the same, and that is said.
    proof = backups.verify()["metrics"]
    assert proof["faults"] == []
    assert "the source was not asked again" in proof["notes"][0]


@pytest.mark.e2e
def test_without_the_admin_api_it_says_what_to_do(
    make_backups: Callable[..., Backups], tmp_path: Path
) -> None:
    from demo.servers import start_prometheus

    (tmp_path / "prometheus.yml").write_text("{}\n")
    data = tmp_path / "data"
    server, url = start_prometheus(tmp_path / "prometheus.yml", data, tmp_path / "log")
    try:
        source = {"kind": "prometheus", "name": "m", "url": url, "data": str(data)}
        backups = make_backups(source)
        assert backups.run("create") == 1
        assert "--web.enable-admin-api" in backups.capsys.readouterr().err
    finally:
        server.stop()


@pytest.mark.e2e
def test_the_server_of_a_proof_leaves_the_blocks_as_they_are(tmp_path: Path) -> None:
    """Else it would put them together, a minute after its start, and they would be others."""
    source = PrometheusSource("m", Endpoint(""), tmp_path, (), str(prometheus_program()), 0.0)
    (tmp_path / "room").mkdir()
    with source.restored(tmp_path / "blocks", tmp_path / "room", {}) as side:
        assert isinstance(side, BlocksSide)
        url = side.engine.engine.access.endpoint.url
        flags = requests.get(f"{url}/api/v1/status/flags", timeout=10).json()["data"]
    assert flags["storage.tsdb.max-block-duration"] == flags["storage.tsdb.min-block-duration"]


def test_a_snapshot_that_cannot_be_removed_is_told(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    # Root may remove anything, but Python no folder through a link.
    (tmp_path / "snapshot").symlink_to(tmp_path / "blocks")
    with pytest.raises(SourceError, match=r"metrics: .* keeps its blocks on the disk"):
        remove("metrics", tmp_path / "snapshot")
    remove("metrics", tmp_path / "blocks")
    assert not (tmp_path / "blocks").exists()
