"""Kubernetes takes the jobs, cloud-init takes the user data, and we take the commands in them."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest

from loadtest.commands.run import run
from perfanalysis.fast_yaml import load_all_fast, load_fast
from tests.conftest import REPOSITORY
from tests.deploy.cloud_config import SCHEMA, check_cloud_config

JOBS = sorted((REPOSITORY / "deploy" / "kubernetes").glob("loadtest-*.yaml"))
# From the first release that counts the tries of each index by itself.
RELEASES = ("1.29", "1.34")
CLOUD_CONFIG = REPOSITORY / "deploy" / "cloud-init" / "loadtest.yaml"


def job(path: Path) -> dict[str, Any]:
    (found,) = load_all_fast(path.read_text())
    assert isinstance(found, dict)
    return found


def check_command(words: list[str]) -> None:
    """Whether `perfanalysis loadtest run` takes these words; it is not run."""
    assert words[:2] == ["loadtest", "run"]
    run.make_context("run", words[2:]).close()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_kubernetes_takes_the_job(path: Path, release: str) -> None:
    kubernetes_validate.validate(job(path), release, strict=True)
    broken = job(path)
    broken["spec"]["template"]["spec"]["containers"][0]["arguments"] = []
    with pytest.raises(kubernetes_validate.ValidationError, match="arguments"):
        kubernetes_validate.validate(broken, release, strict=True)


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_a_job_runs_once_a_node_without_rights_and_unthrottled(path: Path) -> None:
    template = job(path)["spec"]["template"]
    pod = template["spec"]
    (container,) = pod["containers"]
    check_command(container["args"])
    assert container["args"][-1] == "$(NODE_NAME)"
    (rule,) = job(path)["spec"]["podFailurePolicy"]["rules"]
    codes = {"containerName": container["name"], "operator": "In", "values": [2]}
    assert rule == {"action": "FailJob", "onExitCodes": codes}
    assert "cpu" not in container["resources"]["limits"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["securityContext"]["runAsNonRoot"] is True
    (rule,) = pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert rule["labelSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    compose = load_fast((REPOSITORY / "docker-compose.yml").read_text())
    assert container["image"] == compose["services"]["loadtest"]["image"]
    # The only folder that the read-only image may write to is the state folder of its user.
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/var/lib/perfanalysis"]
    assert f"--uid {pod['securityContext']['runAsUser']}" in (REPOSITORY / "Dockerfile").read_text()


def test_one_job_is_for_many_nodes() -> None:
    (many,) = [job(path)["spec"] for path in JOBS if "nodes" in path.name]
    assert many["completionMode"] == "Indexed"
    assert many["completions"] == many["parallelism"] == many["maxFailedIndexes"]


def test_cloud_init_takes_the_user_data() -> None:
    if not SCHEMA.is_file():
        pytest.skip("cloud-init's schema is not on this machine: scripts/setup-tests brings it")
    text = CLOUD_CONFIG.read_text()
    check_cloud_config(text)
    with pytest.raises(jsonschema.ValidationError):
        check_cloud_config(text.replace("\npackages:", "\npackages: gcc #"))
    with pytest.raises(AssertionError, match=r"cloud-init knows no \['runcmds'\]"):
        check_cloud_config(text.replace("\nruncmd:", "\nruncmds:"))


def test_the_machines_own_service_is_one_that_we_take() -> None:
    config = load_fast(CLOUD_CONFIG.read_text())
    files = {Path(entry["path"]).name: entry["content"] for entry in config["write_files"]}
    service = configparser.ConfigParser(interpolation=None, strict=False)
    service.optionxform = str  # type: ignore[assignment,method-assign]
    service.read_string(files["perfanalysis-loadtest.service"])
    program, *arguments = shlex.split(service["Service"]["ExecStart"])
    check_command(arguments)
    (installer,) = [words[0] for words in config["runcmd"] if words[0].endswith("/pip")]
    assert Path(program) == Path(installer).with_name("perfanalysis")
    # It ends where settings are bad, and after a while where the machine goes on to be busy.
    assert service["Service"]["RestartPreventExitStatus"] == "2"
    assert int(service["Unit"]["StartLimitBurst"]) * int(service["Service"]["RestartSec"]) <= 1800
    name = arguments[arguments.index("--machine") + 1]
    machines = load_fast(files["inventory.yaml"])["machines"]
    assert [machine["name"] for machine in machines] == [name]
    assert config["runcmd"][-1] == ["systemctl", "start", "perfanalysis-loadtest.timer"]
