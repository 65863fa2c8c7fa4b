"""The commands of docs/coexisting.md render, and what the page says of us is so."""

from __future__ import annotations

import re
import shlex

import yaml

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.chart import Manifest, manifests, rendered, values_table

PAGE = (REPOSITORY / "docs" / "coexisting.md").read_text()
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
]
OURS = [words for words in COMMANDS if "helm/perfanalysis" in words]
RULES = [
    rule
    for path in sorted((REPOSITORY / "prometheus" / "rules").glob("*.yml"))
    for group in load_fast(path.read_text())["groups"]
    for rule in group["rules"]
]


def objects(words: list[str]) -> list[Manifest]:
    """What a command of the page would install."""
    assert words[:4] == ["helm", "upgrade", "--install", "perfanalysis-exporter"]
    place = words.index("--namespace")
    namespace = words[place + 1]
    given = [word for number, word in enumerate(words) if number not in {place, place + 1}]
    text = rendered(*given[5:], namespace=namespace, release=words[3])
    return manifests(text)


def test_the_commands_are_of_both_ways() -> None:
    assert len(OURS) == 2
    (theirs,) = [words for words in COMMANDS if words not in OURS]
    assert "nodeExporter.enabled=false" in theirs


def test_they_make_what_a_prometheus_of_that_release_takes() -> None:
    jobs = {}
    for words in OURS:
        found = objects(words)
        kinds = {entry["kind"]: entry for entry in found}
        for kind in ("PodMonitor", "PrometheusRule"):
            assert kinds[kind]["metadata"]["labels"]["release"] == "kube-prometheus-stack"
        (endpoint,) = kinds["PodMonitor"]["spec"]["podMetricsEndpoints"]
        job = endpoint["relabelings"][0]["replacement"]
        rules = yaml.safe_dump(kinds["PrometheusRule"]["spec"])
        assert "Watchdog" not in re.findall(r"alert: (\w+)", rules)
        (container,) = kinds["DaemonSet"]["spec"]["template"]["spec"]["containers"]
        jobs[job] = container["ports"][0]["containerPort"]
        assert f'up{{job="{job}"}}' in rules
        assert any("grafana_dashboard" in entry["metadata"]["labels"] for entry in found)
    assert jobs == {"node": 9101, "node-exporter": 9100}


def test_the_names_are_of_rules_that_we_have() -> None:
    alerts = {rule["alert"] for rule in RULES if "alert" in rule}
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    table = PAGE.split("| problem |")[1].split("\n\n")[0]
    named = {
        name
        for row in table.splitlines()[2:]
        for name in re.findall(r"`(\w+)`", row.rsplit("|", 2)[1])
    }
    assert named
    assert named <= alerts
    assert "Watchdog" not in alerts
    # No name of a recorded series is of both: these are the mixin's of node_exporter 1.12.1.
    theirs = {
        "instance:node_num_cpu:sum",
        "instance:node_cpu_utilisation:rate5m",
        "instance:node_load1_per_cpu:ratio",
        "instance:node_memory_utilisation:ratio",
        "instance:node_vmstat_pgmajfault:rate5m",
        "instance_device:node_disk_io_time_seconds:rate5m",
        "instance_device:node_disk_io_time_weighted_seconds:rate5m",
        "instance:node_network_receive_bytes_excluding_lo:rate5m",
        "instance:node_network_transmit_bytes_excluding_lo:rate5m",
        "instance:node_network_receive_drop_excluding_lo:rate5m",
        "instance:node_network_transmit_drop_excluding_lo:rate5m",
    }
    assert recorded
    assert not recorded & theirs


def test_no_rule_of_ours_looks_at_a_job_by_another_name() -> None:
    named = {job for rule in RULES for job in re.findall(r'job="([\w-]+)"', str(rule["expr"]))}
    assert "node" in named
    assert "node-exporter" not in named


def test_the_values_are_of_the_chart() -> None:
    prefixes = ("exporter", "podMonitor", "prometheusRule", "dashboards", "loadtest")
    named = set(re.findall(rf"`((?:{'|'.join(prefixes)})\.[A-Za-z.]+)", PAGE))
    table = values_table()
    lost = [
        name for name in named if not re.search(rf"`{name.rsplit('.release', 1)[0]}[`.]", table)
    ]
    assert named
    assert lost == []
