"""Pages of a made fleet: consistent, moving, the same for a seed, taken by a real Prometheus."""

from __future__ import annotations

import gzip
import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from benchmarks.made_fleet.machines import TYPES, machine
from benchmarks.made_fleet.pages import MadeFleet
from benchmarks.made_fleet.recorded_page import RecordedPage, recorded_page
from benchmarks.made_fleet.recording import record
from benchmarks.scraping import series
from demo.servers import start_prometheus
from tests.benchmarks.made_fleet.served_fleet import served_fleet

START = 1_790_000_000.0
SMALL = """# HELP node_cpu_seconds_total Seconds.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 100e-2
# HELP node_memory_MemTotal_bytes Memory.
# TYPE node_memory_MemTotal_bytes gauge
node_memory_MemTotal_bytes 1000000
# HELP node_time_seconds Time.
# TYPE node_time_seconds gauge
node_time_seconds 1.5
# HELP a_total Grows by 100 % at times.
# TYPE a_total counter
a_total{b="%s {}"} 10
# HELP c Moves.
# TYPE c gauge
c 2.50
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> RecordedPage:
    return record(tmp_path_factory.mktemp("recorded"), seconds=1.0)


def values(fleet: MadeFleet, number: int, now: float) -> dict[str, float]:
    text = gzip.decompress(fleet.page(number, now)).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_what_moved_is_known() -> None:
    found = recorded_page(SMALL, SMALL.replace("} 10\n", "} 13\n").replace("2.50", "2"), 3.0)
    numbers = {name: number for family in found.families for name, number in family.samples}
    grown = numbers['a_total{b="%s {}"}']
    assert (grown.steps, grown.decimals, grown.moved) == (13, 0, 3)
    fallen = numbers["c"]
    assert (fallen.steps, fallen.decimals, fallen.moved) == (200, 2, -50)
    assert found.samples == 5
    assert [family.counter for family in found.families] == [True, False, False, True, False]


def test_counters_go_on_at_their_pace_and_gauges_stay_between() -> None:
    recorded = recorded_page(SMALL, SMALL.replace("} 10\n", "} 13\n").replace("2.50", "2"), 3.0)
    fleet = MadeFleet(recorded, 1, 7, START)
    shared = machine(7, 0).busy_seconds(600.0) / 0.5
    later = values(fleet, 0, START + 600.0)
    assert later['a_total{b="%s {}"}'] == 13 + int(3 * shared / 3.0)
    assert 2.0 <= later["c"] <= 2.5


@pytest.mark.parametrize("line", ["c", "c two"])
def test_what_is_no_sample_is_refused(line: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        recorded_page(SMALL, f"{SMALL}{line}\n", 1.0)


def test_a_seed_draws_the_same_machines() -> None:
    assert [machine(1, n) for n in range(9)] == [machine(1, n) for n in range(9)]
    assert machine(1, 3) != machine(2, 3)
    assert {machine(1, n).kind for n in range(50)} == set(TYPES)


@pytest.mark.parametrize("number", range(40))
def test_a_machine_is_never_more_than_busy(number: int) -> None:
    one = machine(3, number)
    moments = [float(at) for at in range(0, 7200, 5)]
    assert all(0.0 < one.busy_ratio(at) < 0.95 for at in moments)
    for counted in (one.busy_seconds, one.idle_seconds):
        seconds = [counted(at) for at in moments]
        assert seconds == sorted(seconds)
        assert seconds[-1] < moments[-1]


@pytest.mark.e2e
def test_cpu_time_adds_up_to_the_time_there_was(page: RecordedPage) -> None:
    fleet = MadeFleet(page, 3, 1, START)
    first, later = (values(fleet, 2, START + at) for at in (1000.0, 1060.0))
    grown = {name: later[name] - first[name] for name in first}
    of_cpu = [grown[name] for name in grown if name.startswith('node_cpu_seconds_total{cpu="0"')]
    assert len(of_cpu) == 8
    assert min(of_cpu) >= 0.0
    assert sum(of_cpu) == pytest.approx(60.0, abs=0.02)
    cpus = len({name for name in first if re.match(r'node_cpu_\w+\{cpu="\d+",mode="idle"', name)})
    states = [grown[name] for name in grown if name.startswith("perf_cpu_seconds_total")]
    assert sum(states) == pytest.approx(60.0 * cpus, abs=0.1)
    assert later["node_time_seconds"] == START + 1060.0
    assert 0 < later["node_memory_MemAvailable_bytes"] < later["node_memory_MemTotal_bytes"]


@pytest.mark.e2e
def test_pages_are_the_exporters_with_each_machine_by_itself(page: RecordedPage) -> None:
    fleet = MadeFleet(page, 30, 1, START)
    texts = [gzip.decompress(fleet.page(n, START + 30.0)).decode() for n in range(30)]
    assert {len(series(text)) for text in texts} == {page.samples}
    for one, text in zip(fleet.machines, texts, strict=True):
        assert f'machine="{one.name}"' in text
        assert f'nodename="{one.name}"' in text
        assert f'instance_type="{one.kind.name}"' in text
        assert "recorded-" not in text
        (price,) = re.findall(r'_dollars_per_hour\{purchase="on_demand"\} (\S+)', text)
        assert float(price) == one.kind.dollars
    rates = {
        one.kind.name: float(re.findall(r"^perf_loadtest_max_\S+ (\S+)$", text, re.MULTILINE)[0])
        for one, text in zip(fleet.machines, texts, strict=True)
    }
    usual = rates["made-usual"]
    assert {name: rates[name] / usual for name in rates} == pytest.approx(
        {kind.name: kind.speed for kind in TYPES}
    )
    again = MadeFleet(page, 30, 1, START)
    assert gzip.decompress(again.page(4, START + 30.0)).decode() == texts[4]


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, object]]]:
    with served_fleet(tmp_path_factory.mktemp("served"), 25) as found:
        yield found


@pytest.mark.e2e
def test_prometheus_scrapes_each_machine_at_its_own_address(
    targets: list[dict[str, object]], tmp_path: Path
) -> None:
    config: dict[str, object] = {"job_name": "node", "static_configs": targets}
    config |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [config]}))
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    try:
        found: list[str] = []
        deadline = time.monotonic() + 30.0
        while len(found) < len(targets) and time.monotonic() < deadline:
            time.sleep(0.2)
            query = "perf_machine_info and on (instance) up == 1"
            answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=10)
            labels = [one["metric"] for one in answer.json()["data"]["result"]]
            assert all(one["machine"] == one["instance"] for one in labels)
            found = [one["instance"] for one in labels]
        assert sorted(found) == [f"machine-{number:05}" for number in range(25)]
    finally:
        server.stop()


@pytest.mark.e2e
def test_who_is_no_machine_or_takes_no_gzip_is_sent_away(targets: list[dict[str, object]]) -> None:
    address = str(targets[0]["targets"]).strip("[']")
    port = int(address.rpartition(":")[2])
    answer = requests.get(f"http://{address}/metrics", headers={"Accept-Encoding": ""}, timeout=5)
    assert answer.status_code == 406
    for stranger in ("127.0.0.1", "127.1.0.25"):
        with pytest.raises((http.client.HTTPException, OSError)):
            requests.get(f"http://{stranger}:{port}/metrics", timeout=5)
