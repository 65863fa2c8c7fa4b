"""Two real agents share the machines of a made fleet; vmalert evaluates the rules at the store."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from demo.servers import DemoServer, free_port, prometheus_program
from perfanalysis.fast_yaml import load_fast
from tests.benchmarks.made_fleet.served_fleet import served_fleet
from tests.deploy.scaling.programs import SECONDS, built, running
from tests.deploy.scaling.test_configurations import FOLDER, RULES, shard
from tests.grafana.hour.stores import empty_victoria_metrics, flush

MACHINES = 24
AGENTS = 2
NAMES = {f"machine-{number:05}" for number in range(MACHINES)}


@dataclass(frozen=True)
class SharedFleet:
    """The store's URL, the agents' URLs, and the agents."""

    store: str
    urls: list[str]
    agents: list[DemoServer]

    def asked(self, query: str) -> list[dict[str, str]]:
        """The labels of a query's series in the store."""
        flush(self.store)
        words = {"query": query}
        answer = requests.get(f"{self.store}/api/v1/query", params=words, timeout=SECONDS)
        return [one["metric"] for one in answer.json()["data"]["result"]]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedFleet]:
    folder = tmp_path_factory.mktemp("shards")
    with ExitStack() as stack:
        store = stack.enter_context(empty_victoria_metrics(folder))
        targets = stack.enter_context(served_fleet(folder, MACHINES))
        (folder / "targets.json").write_text(json.dumps(targets))
        started = [stack.enter_context(_agent(folder, n, store)) for n in range(AGENTS)]
        yield SharedFleet(store, [url for url, _ in started], [agent for _, agent in started])


@contextmanager
def _agent(folder: Path, number: int, store: str) -> Iterator[tuple[str, DemoServer]]:
    config = load_fast(shard(number, AGENTS, folder))
    config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    config["scrape_configs"][0]["file_sd_configs"] = [{"files": ["targets.json"]}]
    config["remote_write"][0]["url"] = f"{store}/api/v1/write"
    file = folder / f"shard-{number}.yml"
    file.write_text(yaml.safe_dump(config))
    program = str(prometheus_program())
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    old = "version 2." in said.stdout + said.stderr
    listen = f"127.0.0.1:{free_port()}"
    command = [
        program,
        "--enable-feature=agent" if old else "--agent",
        f"--config.file={file}",
        f"--storage.agent.path={folder / f'agent-{number}'}",
        f"--web.listen-address={listen}",
    ]
    url = f"http://{listen}"
    with running(command, f"{url}/-/ready", folder / f"agent-{number}.log") as agent:
        yield url, agent


def scraped_by(url: str) -> set[str]:
    """The machines that an agent scrapes."""
    answer = requests.get(f"{url}/api/v1/targets?state=active", timeout=SECONDS).json()
    return {one["labels"]["instance"] for one in answer["data"]["activeTargets"]}


@pytest.mark.e2e
def test_each_machine_is_of_one_agent(fleet: SharedFleet) -> None:
    for agent, url in zip(fleet.agents, fleet.urls, strict=True):
        agent.wait_until(lambda url=url: bool(scraped_by(url)), "its targets", SECONDS)  # type: ignore[misc]
    first, second = (scraped_by(url) for url in fleet.urls)
    assert first | second == NAMES
    assert not first & second
    assert first
    assert second


@pytest.mark.e2e
def test_the_store_has_each_machine_once(fleet: SharedFleet) -> None:
    query = "count by (instance, cluster, region) (up == 1)"
    fleet.agents[0].wait_until(lambda: len(fleet.asked(query)) >= MACHINES, "machines", SECONDS)
    for asked in (query, "node_load1"):
        found = fleet.asked(asked)
        assert sorted(one["instance"] for one in found) == sorted(NAMES)
        assert {(one["cluster"], one["region"]) for one in found} == {("default", "local")}


@pytest.mark.e2e
def test_vmalert_records_and_alerts_beside_the_store(fleet: SharedFleet, tmp_path: Path) -> None:
    flags = (FOLDER / "vmalert.flags").read_text()
    # Groups say how often: a rule that reads what another one records waits for its next turn.
    for path in RULES:
        often = re.sub(
            r"^    interval: \w+$", "    interval: 2s", path.read_text(), flags=re.MULTILINE
        )
        (tmp_path / path.name).write_text(often)
    flags = flags.replace("/etc/perfanalysis/rules", str(tmp_path))
    flags = flags.replace("http://victoriametrics:8428", fleet.store)
    flags = flags.replace("http://alertmanager:9093", "http://127.0.0.1:9")
    listen = f"127.0.0.1:{free_port()}"
    words = [str(built("vmalert")), *flags.split(), f"-httpListenAddr={listen}"]
    words += ["-evaluationInterval=2s", "-remoteWrite.flushInterval=100ms", "-rule.evalDelay=0s"]
    busy = "instance:node_cpu_busy:ratio_rate5m"
    with running(words, f"http://{listen}/health", tmp_path / "vmalert.log") as vmalert:
        vmalert.wait_until(lambda: len(fleet.asked(busy)) == MACHINES, busy, SECONDS)
        watchdog = 'ALERTS{alertname="PerfAnalysisWatchdog",alertstate="firing"}'
        vmalert.wait_until(lambda: bool(fleet.asked(watchdog)), watchdog, SECONDS)
        groups = requests.get(f"http://{listen}/api/v1/rules", timeout=SECONDS).json()
    assert {one["cluster"] for one in fleet.asked(busy)} == {"default"}
    wrong = [
        (rule["name"], rule["lastError"])
        for group in groups["data"]["groups"]
        for rule in group["rules"]
        if rule["lastError"]
    ]
    assert wrong == []
