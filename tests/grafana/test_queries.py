"""Every query of the dashboards, asked of a real Prometheus with real exporters and load tests."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from demo.chain import prepare
from demo.commands import load_test
from demo.serving import SCRAPE_SECONDS, start_servers, wait, wait_until_scraped
from demo.settings import Settings
from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.words import Panel, Query
from perfanalysis.inventory import read_inventory
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.e2e

INVENTORY = REPOSITORY / "demo" / "inventory.yaml"
MACHINES = [machine.name for machine in read_inventory(INVENTORY).machines]
LEVELS = ["10", "50", "100"]
PANELS = [panel for make in DASHBOARDS.values() for panel in make().panels]
# There is no other way for these to be empty than that a query is wrong: this machine was just
# measured and priced.
LOAD_TESTED = {"Work by busy level: $instance", "Busy reached and asked", "Run valid"} | {
    "Work by busy level, machines compared",
    "Most work",
    "Newest result of each machine",
    "Work per dollar",
    "Price of an hour",
}


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Prometheus that has two measured machines."""
    settings = Settings(
        output=tmp_path_factory.mktemp("dashboards"),
        inventory=INVENTORY,
        loadtest_arguments=["--levels", ",".join(LEVELS), "--seconds-per-level", "0.5"],
    )
    inventory = read_inventory(INVENTORY)
    prepare(settings, inventory)
    with ExitStack() as stack:
        url, servers = start_servers(settings, inventory, stack)
        for machine in inventory.machines:
            load_test(settings, machine, servers)
        wait_until_scraped(settings, inventory, url, servers)
        # Four scrapes are what Grafana's rate interval asks for.
        wait(servers, 4 * SCRAPE_SECONDS)
        yield url


def ask(url: str, query: Query, machines: str) -> list[dict[str, Any]]:
    """The series that a query gives, with Grafana's variables filled in."""
    expression = (
        query.expression.replace("$__rate_interval", f"{4 * SCRAPE_SECONDS}s")
        .replace("$job", ".+")
        .replace("$instance", machines)
        .replace("$kernel", "rmw")
    )
    assert "$" not in expression
    now = time.time()
    if query.at_end:
        path, words = "query", {"query": expression, "time": f"{now}"}
    else:
        path = "query_range"
        words = {"query": expression, "start": f"{now - 60}", "end": f"{now}", "step": "2"}
    answer = requests.post(f"{url}/api/v1/{path}", data=words, timeout=20).json()
    assert answer["status"] == "success", answer
    assert not answer.get("warnings")
    assert not answer.get("infos"), "Prometheus says that something is odd in the query"
    series: list[dict[str, Any]] = answer["data"]["result"]
    return series


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
@pytest.mark.parametrize("machines", [".+", MACHINES[0]], ids=["all", "one"])
def test_panels_have_data(prometheus: str, panel: Panel, machines: str) -> None:
    for query in panel.queries:
        series = ask(prometheus, query, machines)
        must = not panel.may_be_empty or panel.title in LOAD_TESTED
        assert series or not must, query.expression
        # A legend that two series share cannot be read.
        named = [_legend(query.legend, entry["metric"]) for entry in series]
        assert panel.kind in ("table", "trend") or len(set(named)) == len(named), named
        found = {entry["metric"].get("instance") for entry in series} - {None}
        assert found <= (set(MACHINES) if machines == ".+" else {machines})


def test_levels_are_whole_and_bounds_enclose(prometheus: str) -> None:
    panel = next(p for p in PANELS if p.title == "Work by busy level: $instance")
    values = []
    for query in panel.queries:
        series = ask(prometheus, query, MACHINES[1])
        values.append({entry["metric"]["busy"]: float(entry["value"][1]) for entry in series})
    measured, lower, upper = values
    assert sorted(measured, key=int) == LEVELS
    assert all(lower[level] <= measured[level] <= upper[level] for level in LEVELS)


def test_cpu_time_by_mode_adds_up_to_no_more_than_all(prometheus: str) -> None:
    panel = next(p for p in PANELS if p.title == "CPU time by mode")
    series = ask(prometheus, panel.queries[0], ".+")
    assert {"user", "system", "steal", "iowait"} <= {entry["metric"]["mode"] for entry in series}
    moments: dict[float, float] = {}
    for entry in series:
        for moment, value in entry["values"]:
            moments[moment] = moments.get(moment, 0.0) + float(value)
    assert moments
    assert all(0 <= total <= 1.0001 for total in moments.values())


def test_the_machine_variable_lists_the_machines(prometheus: str) -> None:
    for dashboard in (make() for make in DASHBOARDS.values()):
        for variable in dashboard.variables:
            match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable.query)
            assert match
            selector = match[1].replace("$job", ".+").replace("$instance", ".+")
            answer = requests.get(
                f"{prometheus}/api/v1/label/{match[2]}/values",
                params={"match[]": selector},
                timeout=10,
            ).json()
            expected = {"job": ["node"], "instance": sorted(MACHINES), "kernel": ["rmw"]}
            assert answer["data"] == expected[variable.name]


def _legend(legend: str, labels: dict[str, str]) -> str:
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), legend)
