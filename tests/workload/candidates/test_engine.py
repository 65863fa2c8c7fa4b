"""Candidates from what a PromQL engine holds: asked of a real one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
import requests

from perfanalysis.promql import Engine, QueryError
from tests.grafana.hour.stores import empty_victoria_metrics, flush
from workload.candidates import engine

# A minute ago: VictoriaMetrics may not answer what is younger than a second.
NOW = int(time.time()) - 60


def lines(machine: str, full: float, kind: str, **more: str) -> Iterator[str]:
    """Two CPUs, 8 GB, a price, and a run of kernel rmw."""
    own = f'instance="{machine}"'
    info = {"provider": "aws", "region": "eu-1", "instance_type": kind, "architecture": "x86_64"}
    labels = ",".join(f'{name}="{value}"' for name, value in (info | more).items())
    yield f"perf_machine_info{{{own},{labels}}} 1"
    yield f'perf_machine_price_dollars_per_hour{{{own},purchase="on_demand"}} {full / 1000}'
    yield f"node_memory_MemTotal_bytes{{{own}}} 8e9"
    for cpu in (0, 1):
        yield f'node_cpu_seconds_total{{{own},cpu="{cpu}",mode="idle"}} 5'
    kernel = f'{own},kernel="rmw"'
    for busy in (50, 100):
        at = f'{kernel},busy="{busy}"'
        units = full * busy / 100
        yield f"perf_loadtest_units_per_second{{{at}}} {units}"
        yield f"perf_loadtest_units_per_second_lower{{{at}}} {units * 0.99}"
        yield f"perf_loadtest_units_per_second_upper{{{at}}} {units * 1.01}"
        yield f"perf_loadtest_busy_ratio{{{at}}} {busy / 100}"
    yield f"perf_loadtest_single_units_per_second{{{kernel}}} {full * 0.6}"
    yield f"perf_loadtest_valid{{{kernel}}} 1"
    version = "2" if machine == "other-version" else "1"
    yield f'perf_loadtest_info{{{kernel},kernel_version="{version}",test_id="t"}} 1'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with empty_victoria_metrics(tmp_path_factory.mktemp("victoria")) as url:
        yield url


def fill(url: str, text: Iterator[str]) -> None:
    stamped = "\n".join(f"{line} {NOW * 1000}" for line in text)
    answer = requests.post(f"{url}/api/v1/import/prometheus", data=stamped, timeout=60)
    answer.raise_for_status()
    flush(url)


def test_machines_of_an_engine(url: str) -> None:
    with pytest.raises(QueryError, match="has no machine with a load test that counts"):
        engine.read(Engine(url), NOW)
    fill(url, lines("a-1", 100, "m7i.large"))
    fill(url, lines("a-2", 110, "m7i.large"))
    fill(url, lines("single", 50, ""))
    fill(url, lines("other-version", 70, "c7i.large"))
    fill(url, (line for line in lines("spoiled", 60, "r7i.large") if "valid" not in line))
    fill(url, iter(['perf_loadtest_valid{instance="spoiled",kernel="rmw"} 0']))
    fill(url, lines("part", 60, "r8i.large"))
    fill(url, iter(['perf_loadtest_full_conditions{instance="part",kernel="rmw"} 0']))
    found = engine.read(Engine(url), NOW)
    by_name = {one.name: one for one in found.candidates}
    assert by_name.keys() == {"aws eu-1 m7i.large", "single"}
    two = by_name["aws eu-1 m7i.large"]
    assert (two.cpus, two.memory_bytes, two.measured) == (2, 8e9, ("a-1", "a-2"))
    assert [curve.units.tolist() for curve in two.curves["rmw"]] == [[50, 100], [55, 110]]
    assert two.curves["rmw"][0].busy.tolist() == [0.5, 1.0]
    assert two.curves["rmw"][0].single == 60
    # What a type costs is no less than what its dearest machine does.
    assert two.price == Decimal("0.11")
    assert found.of_machine["a-2"] == two.name
    assert found.left_out == (
        "spoiled: rmw: disturbed",
        "part: rmw: of a part of the machine",
        "other-version: rmw: of another version than on most machines",
    )
