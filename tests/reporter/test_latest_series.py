"""Machines that changed within the range are shown as what they are, with their newest run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from reporter.asking.latest_series import looks_for
from tests.reporter.conftest import END, START, STEP, served

MIDDLE = (START + END) // 2
# What each was and is: type, dollars an hour, units per second at 100 %, levels. Engines answer in
# the order of labels, so that the newest is the first once, and the last once.
CHANGED = {
    "grown": (("a-small", 0.1, 1000.0, (25, 50, 100)), ("z-large", 0.4, 4000.0, (50, 100))),
    "shrunk": (("z-large", 0.4, 4000.0, (25, 50, 100)), ("a-small", 0.1, 1000.0, (50, 100))),
}


@pytest.mark.parametrize(
    ("seconds", "step"), [(60, 15), (7200, 72), (86_400, 240), (31 * 86_400, 893)]
)
def test_the_query_for_when_a_series_was_seen_last(seconds: int, step: int) -> None:
    selector = 'up{instance=~"a\\\\[b\\\\]"}'
    expected = f"max_over_time((0 * {selector} + time())[{seconds}s:{step}s])"
    assert looks_for(selector, seconds) == expected


def history() -> str:
    lines: dict[str, list[str]] = {}

    def gauge(name: str, labels: str, value: float, times: range) -> None:
        family = lines.setdefault(name, [f"# TYPE {name} gauge"])
        family.extend(f"{name}{{{labels}}} {value} {t}" for t in times)

    halves = (range(START, MIDDLE, STEP), range(MIDDLE, END + 1, STEP))
    for name, states in CHANGED.items():
        for number, ((kind, price, most, levels), times) in enumerate(
            zip(states, halves, strict=True)
        ):
            # As the scrape configurations of clouds have it: the type is a label of every series.
            of = f'job="node",instance="{name}",instance_type="{kind}"'
            kernel = f'{of},kernel="rmw"'
            gauge("perf_machine_info", f'{of},machine="{name}"', 1, times)
            priced = f'{of},purchase="on_demand"'
            gauge("perf_machine_price_dollars_per_hour", priced, price, times)
            for cpu in range(2 if kind == "a-small" else 8):
                gauge("node_cpu_seconds_total", f'{of},mode="idle",cpu="{cpu}"', 1, times)
                core = f'package="0",core="{cpu // 2}"'
                if name == "shrunk":
                    gauge("node_cpu_info", f'{of},cpu="{cpu}",{core}', 1, times)
                else:
                    # As on arm64, where the kernel tells no core.
                    gauge("node_cpu_info", f'{of},cpu="{cpu}",package="",core=""', 1, times)
                    if not cpu % 2:
                        gauge("node_cpu_core_throttles_total", f"{of},{core}", 1, times)
            gauge("perf_loadtest_valid", kernel, 1, times)
            gauge("perf_loadtest_max_units_per_second", kernel, most, times)
            gauge("perf_loadtest_info", f'{kernel},test_id="{name}-{1 - number}"', 1, times)
            for busy in levels:
                for suffix, factor in (("", 1.0), ("_lower", 0.99), ("_upper", 1.01)):
                    value = most * busy / 100 * factor
                    at = f'{kernel},busy="{busy}"'
                    gauge(f"perf_loadtest_units_per_second{suffix}", at, value, times)
                    if name == "grown":
                        done = f"perf_loadtest_mean_units_per_second{suffix}"
                        gauge(done, at, 0.9 * value, times)
            # Of one machine the earlier run was at two speeds, of the other one the newest.
            if (name, number) in {("shrunk", 0), ("grown", 1)}:
                run = f'{kernel},test_id="{name}-{1 - number}"'
                gauge("perf_loadtest_slow_speed_ratio", run, 0.82, times)
                gauge("perf_loadtest_slow_time_ratio", run, 0.3, times)
    return "\n".join([*(line for family in lines.values() for line in family), "# EOF", ""])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("changed"), history()) as address:
        yield address


@pytest.mark.e2e
def test_a_machine_that_was_resized_is_what_it_is_now(url: str, tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END), "--quiet"]
    assert run([*words, "--output", str(output)]) == 0
    machines: list[dict[str, Any]] = json.loads(output.read_text())["machines"]
    assert [machine["name"] for machine in machines] == list(CHANGED)
    for machine, (_, (kind, price, most, levels)) in zip(machines, CHANGED.values(), strict=True):
        assert (machine["instance_type"], machine["price"]) == (kind, price)
        assert machine["cpus"] == (2 if kind == "a-small" else 8)
        assert machine["cores"] == (1 if kind == "a-small" else 4)
        assert machine["test"]["test_id"] == f"{machine['name']}-0"
        assert machine["test"]["curve"]["busy"] == list(levels)
        assert machine["test"]["curve"]["units"] == [most * busy / 100 for busy in levels]
        assert machine["test"]["max"]["value"] == most
        # Money buys the mean; what has none is taken as it is.
        has_mean = machine["name"] == "grown"
        assert ("means" in machine["test"]) == ("speeds" in machine["test"]) == has_mean
        work = most * (0.9 if has_mean else 1.0)
        worth = machine["units_per_dollar"]
        assert worth["value"] == pytest.approx(work / price)
        assert worth["upper"] == pytest.approx(1.01 * work / price)
