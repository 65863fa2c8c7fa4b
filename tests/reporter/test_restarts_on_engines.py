"""Restarts are counted alike by the engines that this runs on, and none that never was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from demo.servers import start_prometheus
from perfanalysis.promql import Engine, Series
from reporter.asking import placeholders
from reporter.asking.usage_queries import RESETS, RESTARTS
from tests.grafana.hour.stores import CONFIGURATION, empty_victoria_metrics, flush, write

END = 1_790_000_000.0
STEP = 60.0
SECONDS = 3600.0
TIMES = np.arange(END - SECONDS + STEP, END + 1, STEP)

# By machine: boot times of the sixty samples, idle seconds, and how often it was restarted.
BOOTED = END - 90_000
MACHINES: dict[str, tuple[list[float], list[float] | None, int]] = {
    "born in the range": ([BOOTED] * 60, [90_000.0 + 60 * i for i in range(60)], 0),
    "a clock that is slewed": (
        [BOOTED + i // 7 % 2 for i in range(60)],
        [90_000.0 + 60 * i for i in range(60)],
        0,
    ),
    "restarted once": (
        [BOOTED] * 30 + [END - 1800] * 30,
        [90_000.0 + 60 * i for i in range(30)] + [60.0 * i for i in range(30)],
        1,
    ),
    "restarted twice": (
        [BOOTED] * 20 + [END - 2400] * 20 + [END - 1200] * 20,
        [90_000.0 + 60 * i for i in range(20)] + 2 * [60.0 * i for i in range(20)],
        2,
    ),
    "restarted, and past where it was": (
        [BOOTED] * 10 + [BOOTED + 600] * 50,
        [10.0 * i for i in range(60)],
        1,
    ),
    "restarted, boot time alone": ([BOOTED] * 30 + [END - 1800] * 30, None, 1),
    "reset without a restart": (
        [BOOTED] * 60,
        [90_000.0 + 60 * i for i in range(30)] + [60.0 * i for i in range(30)],
        0,
    ),
}


def series() -> Iterator[Series]:
    for machine, (boot, idle, _) in MACHINES.items():
        labels = {"instance": machine, "job": "node"}
        yield Series({"__name__": "node_boot_time_seconds", **labels}, TIMES, np.array(boot))
        if idle:
            cpu = {"__name__": "node_cpu_seconds_total", "cpu": "0", "mode": "idle", **labels}
            yield Series(cpu, TIMES, np.array(idle))


def engine_with(name: str, folder: Path, every: Sequence[Series]) -> Iterator[Engine]:
    """An engine of that name that holds series."""
    if name == "VictoriaMetrics":
        with empty_victoria_metrics(folder) as url:
            write(url, every, None)
            flush(url)
            yield Engine(url)
        return
    (folder / "prometheus.yml").write_text(CONFIGURATION.replace("3h", "1000d"))
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log)
    try:
        write(url, every, None)
        yield Engine(url)
    finally:
        server.stop()


@pytest.fixture(scope="module", params=["Prometheus", "VictoriaMetrics"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    yield from engine_with(request.param, tmp_path_factory.mktemp("engine"), list(series()))


def counted(engine: Engine, expression: str) -> dict[str, float]:
    filled = placeholders.fill(
        expression, machines=(), kernel="rmw", purchase="on_demand", seconds=SECONDS
    )
    return {s.labels["instance"]: s.value for s in engine.query(filled, END)}


def test_restarts(engine: Engine) -> None:
    expected = {machine: float(times) for machine, (_, _, times) in MACHINES.items()}
    assert counted(engine, RESTARTS.expression) == expected


def test_resets(engine: Engine) -> None:
    found = counted(engine, RESETS.expression)
    assert {machine for machine, times in found.items() if times} == {
        "restarted once",
        "restarted twice",
        "reset without a restart",
    }
