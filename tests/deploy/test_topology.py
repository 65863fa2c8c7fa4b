"""A node's well-known labels fill what its machine does not tell, in perf_machine_info alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.servers import start_exporter, start_prometheus
from tests.deploy.chart import Manifest, objects_of
from tests.prometheus.test_scrape_examples import job_of

pytestmark = pytest.mark.e2e

NODE = "__meta_kubernetes_node_"
DISCOVERED = {
    "__meta_kubernetes_pod_node_name": "node-a",
    f"{NODE}label_topology_kubernetes_io_region": "eu-central-1",
    f"{NODE}label_topology_kubernetes_io_zone": "eu-central-1b",
    f"{NODE}label_node_kubernetes_io_instance_type": "m7i.large",
    f"{NODE}labelpresent_eks_amazonaws_com_nodegroup": "true",
}


def in_prometheus_words(rule: Manifest) -> Manifest:
    """A relabelling of the operator as Prometheus's configuration writes it."""
    return {re.sub("[A-Z]", lambda m: "_" + m[0].lower(), key): v for key, v in rule.items()}


def configuration(folder: Path, address: str, endpoint: Manifest) -> Path:
    """A Prometheus that discovers one node by file and relabels as the PodMonitor says."""
    targets = [{"targets": [address], "labels": DISCOVERED}]
    (folder / "targets.yml").write_text(yaml.safe_dump(targets))
    job: dict[str, Any] = {
        "job_name": "podMonitor/perf/p-perfanalysis-exporter/0",
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
        "file_sd_configs": [{"files": ["targets.yml"]}],
        "relabel_configs": [in_prometheus_words(rule) for rule in endpoint["relabelings"]],
        "metric_relabel_configs": [
            in_prometheus_words(rule) for rule in endpoint["metricRelabelings"]
        ],
    }
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump({"scrape_configs": [job]}))
    return path


def test_nodes_labels_fill_the_gaps(tmp_path: Path) -> None:
    (monitor,) = [entry for entry in objects_of("operator") if entry["kind"] == "PodMonitor"]
    assert monitor["spec"]["attachMetadata"] == {"node": True}
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    exporter, address = start_exporter(
        # The machine itself knows its zone, another one, and nothing else.
        ["--machine.cloud=off", "--machine.zone=told-by-the-machine", "--machine.name=node-a"],
        tmp_path / "exporter.log",
        perfanalysis=[sys.executable, "-m", "perfanalysis"],
    )
    try:
        path = configuration(tmp_path, address.removeprefix("http://"), endpoint)
        prometheus, url = start_prometheus(path, tmp_path / "data", tmp_path / "prometheus.log")
        try:

            def ask(query: str) -> list[dict[str, str]]:
                answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=10)
                return [series["metric"] for series in answer.json()["data"]["result"]]

            prometheus.wait_until(lambda: bool(ask("perf_machine_info")), "the exporter's page", 30)
            (info,) = ask("perf_machine_info")
            assert (info["job"], info["instance"]) == ("node", "node-a")
            assert info["provider"] == "aws"
            assert info["region"] == "eu-central-1"
            assert info["zone"] == "told-by-the-machine"
            assert info["instance_type"] == "m7i.large"
            assert not any(name.startswith("topology_") for name in info)
            (load,) = ask("node_load1")
            assert set(load) == {"__name__", "job", "instance"}
        finally:
            prometheus.stop()
    finally:
        exporter.stop()


def test_without_the_operator_the_relabelling_is_the_same() -> None:
    (monitor,) = [entry for entry in objects_of("operator") if entry["kind"] == "PodMonitor"]
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    job = job_of("kubernetes")
    assert job["metric_relabel_configs"] == [
        in_prometheus_words(rule) for rule in endpoint["metricRelabelings"]
    ]
    ours = [in_prometheus_words(rule) for rule in endpoint["relabelings"]]
    assert job["relabel_configs"][1:] == ours[1:]
