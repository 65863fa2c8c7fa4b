"""The scrape examples: Prometheus takes them, and their relabelling makes our labels."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jmespath
import pytest
import requests
import yaml

from demo.servers import DemoServer, free_port, prometheus_program, start_exporter, start_prometheus
from perfanalysis.fast_yaml import load_fast
from tests.prometheus.conftest import PROMETHEUS, Run

EXAMPLES = sorted((PROMETHEUS / "scrape").glob("*.yml"))
NODE = "__meta_kubernetes_node_label"
GCE = "https://www.googleapis.com/compute/v1/projects/my-project/zones"
# What each discovery says of a machine, as Prometheus's documentation lists the labels.
DISCOVERED = {
    "ec2": {
        "__meta_ec2_instance_id": "i-0a1b2c3d",
        "__meta_ec2_tag_Name": "ec2-1",
        "__meta_ec2_region": "eu-central-1",
        "__meta_ec2_availability_zone": "eu-central-1b",
        "__meta_ec2_instance_type": "m7i.large",
    },
    "azure": {
        "__meta_azure_machine_name": "azure-1",
        "__meta_azure_machine_location": "westeurope",
        "__meta_azure_machine_size": "Standard_D2s_v5",
        "__meta_azure_machine_tag_monitoring": "perfanalysis",
    },
    "gce": {
        "__meta_gce_instance_name": "gce-1",
        "__meta_gce_zone": f"{GCE}/europe-west3-b",
        "__meta_gce_machine_type": f"{GCE}/europe-west3-b/machineTypes/c3-standard-4",
    },
    "oci": {
        "instance": "oci-1",
        "__meta_oci_region": "eu-frankfurt-1",
        "__meta_oci_zone": "Uocm:EU-FRANKFURT-1-AD-1",
        "__meta_oci_shape": "VM.Standard.E5.Flex",
    },
    "kubernetes": {
        "__meta_kubernetes_pod_container_port_name": "metrics",
        "__meta_kubernetes_pod_node_name": "kubernetes-1",
        f"{NODE}_topology_kubernetes_io_region": "eu-west-1",
        f"{NODE}_topology_kubernetes_io_zone": "eu-west-1a",
        f"{NODE}_node_kubernetes_io_instance_type": "m7g.large",
        f"{NODE}present_eks_amazonaws_com_nodegroup": "true",
    },
}
LABELLED = {
    "ec2-1": ("aws", "eu-central-1", "eu-central-1b", "m7i.large"),
    "azure-1": ("azure", "westeurope", None, "Standard_D2s_v5"),
    "gce-1": ("gcp", "europe-west3", "europe-west3-b", "c3-standard-4"),
    "oci-1": ("oci", "eu-frankfurt-1", "EU-FRANKFURT-1-AD-1", "VM.Standard.E5.Flex"),
    "kubernetes-1": ("aws", "eu-west-1", "eu-west-1a", "m7g.large"),
}


def job_of(name: str) -> dict[str, Any]:
    (job,) = load_fast((PROMETHEUS / "scrape" / f"{name}.yml").read_text())["scrape_configs"]
    assert isinstance(job, dict)
    return job


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_promtool_takes_it(promtool: Run, path: Path, tmp_path: Path) -> None:
    checked = check_example(promtool, path, tmp_path)
    assert job_of(path.stem)["job_name"] == "node"
    if "field kubernetes_sd_configs not found" in checked.stdout:
        job = job_of(path.stem)
        assert set(job.pop("kubernetes_sd_configs")[0]) == {"role", "attach_metadata", "selectors"}
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [job]}))
        checked = promtool("check", "config", tmp_path / "prometheus.yml")
        assert checked.returncode == 0, checked.stdout
        pytest.skip(
            "Debian's promtool has no Kubernetes discovery: all but those lines was checked;"
            " the one that scripts/build-promtool builds checks them, too"
        )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_newest_promtool_takes_it_and_knows_its_discovery(
    newest_promtool: Run, path: Path, tmp_path: Path
) -> None:
    checked = check_example(newest_promtool, path, tmp_path)
    assert checked.returncode == 0, checked.stdout
    if path.stem == "kubernetes":
        text = (tmp_path / "prometheus.yml").read_text()
        (tmp_path / "prometheus.yml").write_text(text.replace("role: pod", "role: pot"))
        checked = newest_promtool("check", "config", tmp_path / "prometheus.yml")
        assert checked.returncode != 0
        assert "pot" in checked.stdout


def check_example(promtool: Run, path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says of an example."""
    agent = ["--agent"] if path.stem == "agent" else []
    # Keys are on the machines that run it; promtool looks whether they are there.
    text = path.read_text().replace("/etc/prometheus/secrets", str(folder))
    (folder / "remote_write_key").write_text("x")
    (folder / "prometheus.yml").write_text(text)
    return promtool("check", "config", *agent, folder / "prometheus.yml")


def test_promtool_refuses_a_word_that_it_does_not_know(promtool: Run, tmp_path: Path) -> None:
    text = (PROMETHEUS / "scrape" / "ec2.yml").read_text().replace("region: eu", "regoin: eu")
    (tmp_path / "prometheus.yml").write_text(text)
    checked = promtool("check", "config", tmp_path / "prometheus.yml")
    assert checked.returncode != 0
    assert "regoin" in checked.stdout


def test_oracles_command_writes_targets() -> None:
    text = (PROMETHEUS / "scrape" / "oci.yml").read_text()
    comment = "\n".join(line[2:] for line in text.splitlines() if line.startswith("# "))
    (command,) = re.findall(r"^ +(oci .*?) \\\n +> ", comment, re.DOTALL | re.MULTILINE)
    words = shlex.split(command.replace("\\\n", " "))
    listed = {
        "data": [
            {
                "availability-domain": "Uocm:EU-FRANKFURT-1-AD-1",
                "display-name": name,
                "lifecycle-state": state,
                "region": "eu-frankfurt-1",
                "shape": "VM.Standard.E5.Flex",
            }
            for name, state in (("oci-1", "RUNNING"), ("oci-2", "STOPPED"))
        ]
    }
    found = jmespath.search(words[words.index("--query") + 1], listed)
    assert found == [{"targets": ["oci-1:9100"], "labels": DISCOVERED["oci"]}]


@pytest.fixture(scope="module")
def exporter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An exporter whose machine knows nothing of where it is."""
    folder = tmp_path_factory.mktemp("exporter")
    server, url = start_exporter(
        ["--machine.cloud=off"],
        folder / "log",
        perfanalysis=[sys.executable, "-m", "perfanalysis"],
    )
    yield url.removeprefix("http://")
    server.stop()


def asked(url: str, query: str) -> list[dict[str, str]]:
    answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=10)
    return [series["metric"] for series in answer.json()["data"]["result"]]


@pytest.mark.e2e
def test_every_discovery_fills_our_labels(exporter: str, tmp_path: Path) -> None:
    jobs = []
    for name, labels in DISCOVERED.items():
        (tmp_path / f"{name}.json").write_text(
            json.dumps([{"targets": [exporter], "labels": labels}])
        )
        kept = {k: v for k, v in job_of(name).items() if not k.endswith("_sd_configs")}
        jobs.append(
            kept
            | {
                "job_name": name,
                "file_sd_configs": [{"files": [f"{name}.json"]}],
                "scrape_interval": "1s",
                "scrape_timeout": "1s",
            }
        )
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": jobs}))
    server, url = start_prometheus(
        tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "prometheus.log"
    )
    try:
        server.wait_until(
            lambda: len(asked(url, "perf_machine_info")) == len(DISCOVERED), "all pages", 30
        )
        found = {
            info["instance"]: (
                info.get("provider"),
                info.get("region"),
                info.get("zone"),
                info.get("instance_type"),
            )
            for info in asked(url, "perf_machine_info")
        }
        assert found == LABELLED
        for load in asked(url, "node_load1"):
            assert set(load) == {"__name__", "job", "instance"}
    finally:
        server.stop()


@pytest.mark.e2e
def test_an_agent_sends_what_it_scrapes(exporter: str, tmp_path: Path) -> None:
    (tmp_path / "empty.yml").write_text("{}")
    (tmp_path / "key").write_text("secret")
    with ExitStack() as stack:
        store, url = start_prometheus(
            tmp_path / "empty.yml", tmp_path / "data", tmp_path / "store.log"
        )
        stack.callback(store.stop)
        config = load_fast((PROMETHEUS / "scrape" / "agent.yml").read_text())
        config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
        config["scrape_configs"][0]["file_sd_configs"] = [{"files": ["targets.json"]}]
        config["remote_write"][0]["url"] = f"{url}/api/v1/write"
        config["remote_write"][0]["authorization"]["credentials_file"] = "key"
        (tmp_path / "agent.yml").write_text(yaml.safe_dump(config))
        (tmp_path / "targets.json").write_text(
            json.dumps([{"targets": [exporter], "labels": {"instance": "web-1"}}])
        )
        program = prometheus_program()
        version = DemoServer(
            "Prometheus", [str(program), "--version"], tmp_path / "v", outlives=False
        )
        version.process.wait(20)
        old = "version 2." in version.text()
        command = [
            str(program),
            "--enable-feature=agent" if old else "--agent",
            f"--config.file={tmp_path / 'agent.yml'}",
            f"--storage.agent.path={tmp_path / 'agent'}",
            f"--web.listen-address=127.0.0.1:{free_port()}",
        ]
        agent = DemoServer("agent", command, tmp_path / "agent.log", outlives=False)
        stack.callback(agent.stop)
        agent.wait_until(lambda: bool(asked(url, "node_load1")), "what it has scraped", 60)
        (sent,) = asked(url, "node_load1")
        assert sent == {
            "__name__": "node_load1",
            "job": "node",
            "instance": "web-1",
            "cluster": "default",
            "region": "local",
        }
