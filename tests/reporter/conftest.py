"""A real Prometheus with two hours of made history of four machines."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.servers import prometheus_program, start_prometheus

START, END, STEP = 1_760_000_000, 1_760_007_200, 60
LONG = "a-machine-with-a-very-long-name-in-the-staging-cluster-eu-west-1a.example.internal"
# Name, units at 100 %, dollars an hour.
MACHINES: tuple[tuple[str, float | None, float | None], ...] = (
    ("alpha", 700.0, 0.05),
    ("beta", 400.0, 0.04),
    (LONG, 900.0, None),
    ("untested <b>&", None, 0.03),
)


def openmetrics(start: int = START) -> str:
    """The history; families one after the other, as the format asks."""
    lines: list[str] = []
    times = range(start, start + END - START + 1, STEP)

    def gauge(name: str, *samples: tuple[str, float]) -> None:
        lines.append(f"# TYPE {name} gauge")
        lines.extend(f"{name}{{{labels}}} {value} {t}" for labels, value in samples for t in times)

    def of(name: str, more: str = "") -> str:
        return f'job="node",instance="{name}"{more}'

    tested = [(name, most) for name, most, _ in MACHINES if most]
    priced = [(name, price) for name, _, price in MACHINES if price]
    identity = ',provider="test",region="r",zone="z",cpu_model="c",architecture="x"'
    types = {name: f'{identity},instance_type="t{i}"' for i, (name, _, _) in enumerate(MACHINES)}
    gauge("perf_machine_info", *((of(name, types[name]), 1.0) for name, _, _ in MACHINES))
    on_demand = ',purchase="on_demand"'
    gauge(
        "perf_machine_price_dollars_per_hour",
        *((of(name, on_demand), price) for name, price in priced),
    )
    gauge("node_memory_MemTotal_bytes", *((of(name), 2.0**33) for name, _, _ in MACHINES))
    kernel = ',kernel="rmw"'
    gauge("perf_loadtest_valid", *((of(n, kernel), 1.0) for n, _ in tested))
    gauge("perf_loadtest_full_conditions", *((of(n, kernel), 1.0) for n, _ in tested))
    run = f'{kernel},kernel_version="5",test_id="run",profile="default"'
    gauge("perf_loadtest_info", *((of(n, run), 1.0) for n, _ in tested))
    gauge("perf_loadtest_max_units_per_second", *((of(n, kernel), m) for n, m in tested))
    gauge("perf_loadtest_single_units_per_second", *((of(n, kernel), m / 2) for n, m in tested))
    gauge("perf_loadtest_timestamp_seconds", *((of(n, kernel), start - 60.0) for n, _ in tested))
    levels = [(n, m, busy) for n, m in tested for busy in range(10, 101, 10)]
    for suffix, factor in (("", 1.0), ("_lower", 0.99), ("_upper", 1.01)):
        gauge(
            f"perf_loadtest_units_per_second{suffix}",
            *((of(n, f'{kernel},busy="{b}"'), m * b / 100 * factor) for n, m, b in levels),
        )
    gauge(
        "perf_loadtest_busy_ratio",
        *((of(n, f'{kernel},busy="{b}"'), b / 100) for n, _, b in levels),
    )
    gauge("instance_kernel:perf_loadtest_units:paid", *((of(n, kernel), m) for n, m in tested))
    lines.append("# TYPE node_cpu_seconds counter")
    for name, _, _ in MACHINES:
        for mode in ("user", "idle"):
            for t in times:
                busy = (t - start) / 2 + 900 * (1 - math.cos((t - start) / 900)) / 2
                value = busy if mode == "user" else 2 * (t - start) - busy
                labels = of(name, f',cpu="0",mode="{mode}"')
                lines.append(f"node_cpu_seconds_total{{{labels}}} {value} {t}")
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="session", autouse=True)
def loaded() -> None:
    """What draws is loaded once, not by each process that draws a report: those are forks of this.

    That they load what they need themselves, tests in a fresh interpreter show.
    """
    from reporter.charts.every import load
    from reporter.pages import html

    load()
    assert html.draw


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus that holds the history."""
    with served(tmp_path_factory.mktemp("history"), openmetrics()) as url:
        yield url


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus that holds machines of known truth."""
    from tests.reporter.truth import history

    with served(tmp_path_factory.mktemp("truth"), history()) as url:
        yield url


@contextmanager
def served(folder: Path, history: str, *, blocks: str = "2h") -> Iterator[str]:
    """URL of a Prometheus into which an OpenMetrics text was backfilled.

    Args:
        folder: for its files.
        history: the text.
        blocks: how long a block may be: weeks in blocks of two hours take minutes.
    """
    (folder / "history.txt").write_text(history)
    command = [prometheus_program("promtool"), "tsdb", "create-blocks-from"]
    command += [f"--max-block-duration={blocks}", "openmetrics"]
    made = subprocess.run(
        [*command, folder / "history.txt", folder / "data"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    configuration: Path = folder / "prometheus.yml"
    configuration.write_text("global: {scrape_interval: 1m}\n")
    server, url = start_prometheus(configuration, folder / "data", folder / "log", retention="10y")
    try:
        yield url
    finally:
        server.stop()
