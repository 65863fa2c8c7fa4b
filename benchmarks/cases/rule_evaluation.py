"""What Prometheus spends on evaluating the rules of 1,000 machines, beside node-mixin's."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import requests

from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.cases.dashboard_queries import version_of
from benchmarks.process import cpu_seconds
from benchmarks.rule_fleet import write_fleet
from demo.servers import REPOSITORY, start_prometheus
from perfanalysis import __version__
from perfanalysis.fast_yaml import load_fast
from perfanalysis.promql import Engine, Series
from tests.grafana.hour.stores import write

# Two sizes tell what each machine adds from what a query costs by itself.
MACHINES = (50, 250)
QUICK_MACHINES = (3, 6)
FLEET = 1000
ROUNDS = 5
# Of prometheus.yml, for groups that do not say how often.
_INTERVAL = 15.0
_INTERVAL_OF_PEER = "1m"
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_STEP = 60.0
CONFIGURATION = "global: {scrape_interval: 15s, evaluation_interval: 15s}\n"
_AT_ONCE = 5_000
# Whose rules node-mixin has none like.
_NOT_OF_HOSTS = ("container", "price", "kinds", "loadtest", "measurement", "quality", "stack")
Rule = dict[str, Any]


def run(settings: Settings) -> Outcome:
    """Ask for each rule's expression in alternating rounds, in a small and a larger fleet."""
    peer = _node_mixin()
    groups = [group for path in sorted((REPOSITORY / "prometheus/rules").glob("*.yml"))
              for group in load_fast(path.read_text())["groups"]]  # fmt: skip
    hosts = [one for one in groups if not one["name"].startswith(_NOT_OF_HOSTS)]
    sides = {"all": groups, "hosts": hosts, "peer": peer}
    sizes = QUICK_MACHINES if settings.quick else MACHINES
    few, many = (_measure(settings, count, sides) for count in sizes)
    spent = {
        side: [a + (b - a) * (FLEET - sizes[0]) / (sizes[1] - sizes[0])
               for a, b in zip(few.spent[side], many.spent[side], strict=True)]
        for side in sides
    }  # fmt: skip
    versions = {"perfanalysis": __version__, "Prometheus": many.version}
    facts = {"machines": f"{sizes[0]} and {sizes[1]}", "series a machine": many.series}
    return Outcome(versions, _figures(spent), facts, NOTES)


class _Measured(NamedTuple):
    """CPU seconds of a minute's evaluations by side, a round each; of which fleet and server."""

    spent: dict[str, list[float]]
    series: int
    version: str


def _measure(settings: Settings, count: int, sides: dict[str, list[Rule]]) -> _Measured:
    folder = settings.folder / str(count)
    folder.mkdir()
    (folder / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", folder / "log")
    try:
        settings.say(f"writing {count} machines")
        end, series = write_fleet(url, count)
        for each in (sides["all"], sides["peer"]):
            settings.say("recording")
            _record(url, each, end)
        spent: dict[str, list[float]] = {side: [] for side in sides}
        for number in range(1 if settings.quick else ROUNDS):
            settings.say(f"round {number + 1}")
            for side, these in sides.items():
                spent[side].append(_spent(lambda: cpu_seconds(server.pid), url, these, end))
        return _Measured(spent, series, version_of(url))
    finally:
        server.stop()


def _node_mixin() -> list[Rule]:
    script = REPOSITORY / "scripts" / "build-node-mixin"
    made = subprocess.run([script], stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode:
        raise PeerMissingError(f"node-mixin could not be made: {script}")
    groups: list[Rule] = json.loads(Path(made.stdout.strip()).read_bytes())["groups"]
    for group in groups:
        group.setdefault("interval", _INTERVAL_OF_PEER)
    return groups


def _record(url: str, groups: Sequence[Rule], end: float) -> None:
    """Write what the rules have recorded within the last ten minutes."""
    engine = Engine(url)
    waiting = [rule for group in groups for rule in group["rules"] if "record" in rule]
    while waiting:
        missing = {rule["record"] for rule in waiting}
        ready = [r for r in waiting if not set(re.findall(r"[\w:]+", r["expr"])) & missing]
        # Rules that lead on from one another under one name come as their file has them.
        for rule in (ready := ready or waiting[:1]):
            own = {"__name__": rule["record"], **rule.get("labels", {})}
            found = engine.query_range(rule["expr"], end - 600, end, _STEP)
            made = [Series({**one.labels, **own}, one.times, one.values) for one in found]
            for begin in range(0, len(made), _AT_ONCE):
                write(url, made[begin : begin + _AT_ONCE], None)
        waiting = [rule for rule in waiting if rule not in ready]


def _spent(clock: Callable[[], float], url: str, groups: Sequence[Rule], end: float) -> float:
    """CPU seconds of a minute's evaluations; what they find is counted, and not written out."""
    total = 0.0
    with requests.Session() as session:
        for group in groups:
            before = clock()
            for rule in group["rules"]:
                query = {"query": f"count({rule['expr']})", "time": str(end)}
                answer = session.get(f"{url}/api/v1/query", params=query, timeout=60)
                answer.raise_for_status()
            total += (clock() - before) * 60.0 / _interval(group)
    return total


def _interval(group: Rule) -> float:
    text = group.get("interval", "")
    return float(text[:-1]) * _SECONDS[text[-1]] if text else _INTERVAL


def _figures(spent: dict[str, list[float]]) -> list[Figure]:
    return [
        Figure("CPU a minute for 1,000 machines: all rules", "s", spent["all"],
               goal=Goal("<= 2 s", 2.0)),
        Figure("CPU a minute: rules of hosts", "s", spent["hosts"], spent["peer"], "node-mixin",
               goal=Goal("<= 1.5", 1.5)),
        Figure("CPU a minute: all rules", "s", spent["all"], spent["peer"], "node-mixin",
               goal=Goal("<= 1.5", 1.5)),
    ]  # fmt: skip


NOTES = [
    "Prometheus' CPU time for an instant query of each rule's expression, counted by the server, "
    "by the intervals of the groups; node-mixin's, which say none, once a minute. Appending what "
    "is recorded, and the state of alerts, are not in it.",
    "The line through 50 and 250 machines, at 1,000.",
    "The machines are in the memory of Prometheus, as what it scrapes is. Until December 2026 "
    "they were in a block on disk, whose index costs every side more, and all counters of kills "
    "and errors stood above 0; now they do on one machine of ten.",
    "A machine: 8 CPUs, 6 interfaces, 3 disks, 4 mounts and 20 containers with quotas and limits "
    "each, scraped every 15 s.",
]
CASE = Case(
    name="rule_evaluation",
    what="Evaluating all rules of 1,000 machines for a minute.",
    peer="node-mixin's rules over the same series",
    goal="<= 2 s of CPU; <= 1.5 times node-mixin's",
    run=run,
)
