"""The rules of LoadTestRegression in VictoriaMetrics, whose language is MetricsQL."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from demo.servers import DemoServer, free_port
from perfanalysis.fast_yaml import load_fast
from tests.grafana.hour.stores import victoria_program
from tests.prometheus.nightly_runs import ALERT, RULES, deviations

SECONDS = 60
GOOD = [1000.0, 1004.0, 996.0, 1002.0, 998.0, 1005.0, 995.0]
SLOW = [950.0, 952.0]
STEP = 240


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty VictoriaMetrics whose samples are answered at once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    folders = [f"-storageDataPath={tmp_path / 'data'}", f"-httpListenAddr=127.0.0.1:{port}"]
    flags = ["-search.latencyOffset=0s", "-search.disableCache"]
    command = [str(victoria_program()), *folders, *flags]
    server = DemoServer("VictoriaMetrics", command, tmp_path / "victoria.log", outlives=False)

    def healthy() -> bool:
        try:
            return requests.get(f"{url}/health", timeout=2).ok
        except requests.RequestException:
            return False

    try:
        server.wait_until(healthy, "readiness", SECONDS)
        yield url
    finally:
        server.stop()


def write(url: str, series: list[dict[str, Any]]) -> None:
    """Samples, so that the next query finds them."""
    text = "\n".join(map(json.dumps, series))
    requests.post(f"{url}/api/v1/import", data=text, timeout=SECONDS).raise_for_status()
    requests.get(f"{url}/internal/force_flush", timeout=SECONDS).raise_for_status()


def runs(begin: int) -> list[dict[str, Any]]:
    """A run an hour, each scraped once a minute."""
    made = []
    for hour, rate in enumerate([*GOOD, *SLOW]):
        own = {"job": "node", "instance": "a", "kernel": "rmw", "conditions": "c"}
        own |= {"full": "true", "valid": "true", "test_id": f"t{hour}"}
        at = [1000 * (begin + hour * 3600 + minute * 60) for minute in range(60)]
        for name, value in (("max_units_per_second", rate), ("timestamp_seconds", at[0] / 1000)):
            metric = {"__name__": f"perf_loadtest_run_{name}", **own}
            made.append({"metric": metric, "values": [value] * 60, "timestamps": at})
    return made


def rules(kind: str) -> list[dict[str, Any]]:
    """The recording rules of runs, or the alerts, in the order in which they are evaluated."""
    groups = [g for path in RULES for g in load_fast(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


@pytest.mark.e2e
def test_the_rules_say_the_same(victoria: str) -> None:
    begin = int(time.time()) - 10 * 3600
    end = begin + 9 * 3600 - 600
    write(victoria, runs(begin))
    recorded: dict[str, list[float]] = {}

    def ask(query: str) -> list[dict[str, Any]]:
        params: dict[str, str | int] = {"query": query, "start": begin, "end": end, "step": STEP}
        answer = requests.get(
            f"{victoria}/api/v1/query_range", params=params, timeout=SECONDS
        ).json()
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    for rule in rules("record"):
        name = rule["record"]
        if not name.startswith(("run:", "conditions:")):
            continue
        found = ask(rule["expr"])
        write(
            victoria,
            [
                {
                    "metric": {**one["metric"], "__name__": name},
                    "values": [float(value) for _, value in one["values"]],
                    "timestamps": [int(1000 * float(at)) for at, _ in one["values"]],
                }
                for one in found
            ],
        )
        recorded[name] = [float(one["values"][-1][1]) for one in found]
    (earlier, counted) = np.array([GOOD]), np.ones((1, len(GOOD)), dtype=np.bool_)
    _, drop, deviation = deviations(earlier, counted, np.array([max(SLOW)]))
    assert recorded["conditions:perf_loadtest_earlier_runs:count30d"] == [len(GOOD)]
    assert recorded["conditions:perf_loadtest_newest2:drop_ratio"] == pytest.approx(drop)
    assert recorded["conditions:perf_loadtest_newest2:deviations"] == pytest.approx(deviation)
    (alert,) = (rule for rule in rules("alert") if rule["alert"] == ALERT)
    (fired,) = ask(alert["expr"])
    # From the second slow run on.
    assert fired["values"][0][0] == pytest.approx(begin + 8 * 3600, abs=STEP)
    assert fired["metric"]["conditions"] == "c"
