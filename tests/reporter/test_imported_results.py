"""The path of docs/import.md: old curves and logs of sysbench end in a useful verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.reporter.conftest import served

pytestmark = pytest.mark.e2e
WHEN, FROM, TO = "2026-09-15T18:15:00Z", "2026-09-15T18:06:00Z", "2026-09-15T18:16:00Z"
INVENTORY = """
machines:
  - {name: old-1, provider: aws, instance_type: m5.large, prices: {on_demand: 0.1}}
  - {name: old-2, provider: aws, instance_type: m5.xlarge, prices: {on_demand: 0.2}}
  - {name: few, provider: aws, instance_type: t, prices: {on_demand: 0.1}}
  - {name: many, provider: aws, instance_type: u, prices: {on_demand: 0.1}}
"""
LOG = """sysbench 1.0.20 (using bundled LuaJIT 2.1.0-beta2)

Running the test with following options:
Number of threads: 2
Initializing random number generator from current time


Prime numbers limit: {limit}

Initializing worker threads...

Threads started!

CPU speed:
    events per second: {rate}

General statistics:
    total time:                          10.0006s
    total number of events:              {events}

Latency (ms):
         min:                                    0.17
         avg:                                    {mean:.2f}
         max:                                   16.33
         95th percentile:                        0.92
         sum:                                19988.24

Threads fairness:
    events (avg/stddev):           {half:.4f}/0.00
    execution time (avg/stddev):   9.9970/0.00
"""


def curve(host: int, most: int) -> str:
    return "".join(
        json.dumps({"siteid": 1, "host": host, "busy": busy, "units": most * busy // 100}) + "\n"
        for busy in range(10, 101, 10)
    )


def log(limit: int, rate: float) -> str:
    """Of two threads that were busy all the time."""
    events = round(rate * 10.0006)
    mean = 19988.24 / events
    return LOG.format(limit=limit, rate=rate, events=events, half=events / 2, mean=mean)


FILES = {
    "old-1.training.jsonl": curve(0, 280),
    "old-2.training.jsonl": curve(1, 390),
    "few.sysbench.log": log(10000, 1000.0),
    "many.sysbench.log": log(20000, 400.0),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus into which these were imported by their commands."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "machines.yaml").write_text(INVENTORY)
    results = []
    for name, text in FILES.items():
        (folder / name).write_text(text)
        machine, made = name.partition(".")[0], folder / f"of-{name}"
        made.mkdir()
        words = ["import", "results", str(folder / name), "--timestamp", WHEN]
        words += ["--machine", machine, "--output", str(made)]
        assert run([*words, *(("--cpus", "2") if "sysbench" in name else ())]) == 0
        (document,) = made.iterdir()
        results.append(document.rename(folder / f"{machine}-result.json"))
    words = ["import", "capture", *map(str, results), "--inventory", str(folder / "machines.yaml")]
    assert run([*words, "--output", str(folder / "all.om")]) == 0
    with served(folder, (folder / "all.om").read_text()) as url:
        yield url


def findings(store: str, folder: Path, kernel: str, machines: Sequence[str]) -> dict[str, Any]:
    words = ["report", "--prometheus", store, "--from", FROM, "--to", TO, "--quiet"]
    words += ["--kernel", kernel, "--machines", ",".join(machines)]
    assert run([*words, "--output", str(folder / "r.json")]) == 0
    found: dict[str, Any] = json.loads((folder / "r.json").read_text())["findings"]
    assert run([*words, "--output", str(folder / "r.pdf")]) == 0
    return found


def test_curves_are_ranked_among_themselves(store: str, tmp_path: Path) -> None:
    found = findings(store, tmp_path, "rmw", ["old-1", "old-2"])
    assert found["verdict"][0].startswith(
        "In one run of each, old-1 did 2,800 units per second for a dollar an hour, at $0.1000 an"
        " hour, and old-2 1,950; without an interval of both nobody can say whether they differ."
    )
    assert found["verdict"][1].startswith(
        "In one run of each, old-2 did 390.0 units per second and old-1 280.0; without an interval"
    )
    assert found["verdict"][2:] == [
        "No interval of these rates is known, nor how much machines of the same type differ: a load"
        " test of each, run three times, would tell both.",
        "Under which conditions these load tests ran is not known (unknown conditions, kernel"
        " version training-curve-1, profile imported): they are ranked among themselves.",
    ]
    one, other = found["machines"]["old-1"], found["machines"]["old-2"]
    assert (one["rank"], other["rank"]) == (1, 2)
    assert one["conditions"] == other["conditions"] == "a"
    assert found["ranking"][0]["units_per_dollar"] == {"value": pytest.approx(2800)}
    # Price and work say which one is beaten by nothing; both are on the front.
    assert found["pareto_front"] == ["old-1", "old-2"]


def test_two_limits_of_primes_are_not_held_against_each_other(store: str, tmp_path: Path) -> None:
    found = findings(store, tmp_path, "sysbench_cpu", ["few", "many"])
    assert found["verdict"][0] == (
        "few does 10,000 units per second for a dollar an hour, at $0.1000 an hour; no other's can"
        " be held against that."
    )
    assert found["verdict"][-1].endswith(
        "many (unknown conditions, kernel version 1.0.20-primes-20000, profile imported)."
    )
    assert found["machines"]["many"]["against_baseline"] == {"price": 1, "withheld": "conditions"}
    assert [one["rank"] for one in found["ranking"]] == [1, 1]
