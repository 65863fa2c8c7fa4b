"""What the chart's pods may do: Pod Security, limits, probes, accounts, networks, commands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.servers import start_exporter
from loadtest.commands.run import run as run_command
from reporter.app import report
from reporter.settings.report import parse_config
from tests.conftest import REPOSITORY
from tests.deploy.chart import CASES, Manifest, objects_of, pod_of
from tests.exporter.conftest import flags_of

PERFANALYSIS = [sys.executable, "-m", "perfanalysis"]
# What a pod of Pod Security "restricted" may mount.
VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret", "downwardAPI"}


def pods(case: str) -> list[tuple[Manifest, Manifest]]:
    """The objects of a case that make pods, with these pods' specifications."""
    found = [(manifest, pod_of(manifest)) for manifest in objects_of(case)]
    return [(manifest, pod) for manifest, pod in found if pod is not None]


def component(manifest: Manifest) -> str:
    name: str = manifest["metadata"]["labels"]["app.kubernetes.io/component"]
    return name


def breaches(pod: Manifest) -> set[str]:
    """What Pod Security "restricted" (Kubernetes' Pod Security Standards) would refuse of a pod."""
    found = {name for name in ("hostNetwork", "hostPID", "hostIPC") if pod.get(name)}
    found |= {
        f"volume {kind}" for v in pod.get("volumes", ()) for kind in {*v} - {"name"} - VOLUMES
    }
    security = pod["securityContext"]
    # Without an id it is the image's, or the namespace's: runAsNonRoot holds either to it.
    if not security.get("runAsNonRoot") or security.get("runAsUser", 1) == 0:
        found.add("root")
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        found.add("seccomp")
    for container in [*pod.get("initContainers", ()), *pod["containers"]]:
        own = container["securityContext"]
        if own.get("privileged") or own.get("allowPrivilegeEscalation", True):
            found.add("privilege")
        if own.get("capabilities", {}).get("drop") != ["ALL"] or own["capabilities"].get("add"):
            found.add("capabilities")
        if own.get("runAsUser", 1) == 0:
            found.add("root")
        if any("hostPort" in port for port in container.get("ports", ())):
            found.add("hostPort")
    return found


@pytest.mark.parametrize("case", CASES)
def test_pod_security(case: str) -> None:
    for manifest, pod in pods(case):
        allowed: set[str] = set()
        if component(manifest) == "exporter":
            # Argued in the chart's README.
            allowed = {"hostNetwork", "hostPID", "volume hostPath"}
        assert breaches(pod) == allowed, manifest["metadata"]["name"]


@pytest.mark.parametrize("case", CASES)
def test_every_container_is_limited_and_cannot_write_to_its_image(case: str) -> None:
    for _, pod in pods(case):
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            resources = container["resources"]
            assert {"cpu", "memory"} <= set(resources["requests"])
            # A quota would throttle what the load test measures.
            limited = {"memory"} if container["name"] == "loadtest" else {"cpu", "memory"}
            assert set(resources["limits"]) == limited


@pytest.mark.parametrize("case", CASES)
def test_what_runs_on_and_on_is_probed_and_what_ends_has_a_deadline(case: str) -> None:
    for manifest, pod in pods(case):
        if manifest["kind"] == "DaemonSet":
            (container,) = pod["containers"]
            assert container["livenessProbe"] and container["readinessProbe"]
        elif manifest["kind"] == "CronJob":
            assert manifest["spec"]["concurrencyPolicy"] == "Forbid"
            assert manifest["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] >= 60
        elif manifest["kind"] == "Job":
            assert manifest["spec"]["activeDeadlineSeconds"] >= 60


@pytest.mark.parametrize("case", CASES)
def test_accounts_have_no_rights_and_secrets_are_only_named(case: str) -> None:
    objects = objects_of(case)
    kinds = {manifest["kind"] for manifest in objects}
    # The one right that there can be, and only when it is asked for.
    rules = [rule for m in objects if m["kind"] == "ClusterRole" for rule in m["rules"]]
    pods_of_nodes = {"apiGroups": [""], "resources": ["nodes/pods"], "verbs": ["get"]}
    assert rules == ([pods_of_nodes] if case == "names" else [])
    # On OpenShift the exporter's account is bound to rules for pods: no right to ask the API.
    bound = {"openshift": {"RoleBinding"}, "names": {"ClusterRole", "ClusterRoleBinding"}}
    rights = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Secret"}
    assert kinds & rights == bound.get(case, set())
    accounts = {m["metadata"]["name"]: m for m in objects if m["kind"] == "ServiceAccount"}
    assert all(m["automountServiceAccountToken"] is False for m in accounts.values())
    for _, pod in pods(case):
        assert pod["automountServiceAccountToken"] is False
        assert pod["serviceAccountName"] in accounts


@pytest.mark.parametrize("case", CASES)
def test_mounts_have_volumes_and_the_host_is_read_only(case: str) -> None:
    for _, pod in pods(case):
        volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
        for container in pod["containers"]:
            mounts = {mount["name"]: mount for mount in container.get("volumeMounts", ())}
            assert set(mounts) == set(volumes)
            for name, mount in mounts.items():
                if "hostPath" in volumes[name]:
                    assert mount["readOnly"] is True


def test_networks_are_closed_but_for_what_is_needed() -> None:
    policies = {
        component(manifest): manifest["spec"]
        for manifest in objects_of("restricted")
        if manifest["kind"] == "NetworkPolicy"
    }
    assert set(policies) == {"loadtest", "reporter"}
    for spec in policies.values():
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert spec["ingress"] == []
        assert all(rule.get("ports") for rule in spec["egress"])
    assert {port["port"] for port in policies["reporter"]["egress"][-1]["ports"]} == {
        443,
        587,
        9090,
    }


def test_all_nodes_and_priorities() -> None:
    ((exporter, pod), _) = pods("default")
    assert pod["tolerations"] == [{"operator": "Exists"}]
    classes = {
        m["metadata"]["name"]: m for m in objects_of("default") if m["kind"] == "PriorityClass"
    }
    assert classes[pod["priorityClassName"]]["value"] > 0
    assert exporter["kind"] == "DaemonSet"
    classes = {
        m["metadata"]["name"]: m for m in objects_of("restricted") if m["kind"] == "PriorityClass"
    }
    measuring = next(p for m, p in pods("restricted") if component(m) == "loadtest")
    assert classes[measuring["priorityClassName"]]["preemptionPolicy"] == "Never"


@pytest.mark.parametrize("case", ["restricted", "job"])
def test_a_load_test_runs_once_a_node_and_alone(case: str) -> None:
    manifest, pod = next((m, p) for m, p in pods(case) if component(m) == "loadtest")
    spec = manifest["spec"]
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    assert spec["completions"] == spec["parallelism"] == spec["maxFailedIndexes"]
    assert spec["completionMode"] == "Indexed"
    (rule,) = pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    labels = spec["template"]["metadata"]["labels"]
    assert rule["labelSelector"]["matchLabels"].items() <= labels.items()
    assert rule["namespaceSelector"] == {}


@pytest.mark.parametrize("case", CASES)
def test_every_command_is_one_that_we_take(case: str) -> None:
    for manifest, pod in pods(case):
        words: list[str] = pod["containers"][0].get("args", [])
        kind = component(manifest)
        if kind == "exporter":
            assert words[0] == "exporter"
            flags_of(*words[1:])
        elif kind == "loadtest":
            assert words[:2] == ["loadtest", "run"]
            given = [word for word in words[2:] if "key-file" not in word]
            run_command.make_context("run", given).close()
        elif kind == "reporter":
            assert words[0] == "report"
            given = [word for word in words[1:] if not word.startswith("--config")]
            report.make_context("report", given).close()


@pytest.mark.parametrize("case", CASES)
def test_bad_settings_end_a_job_at_once(case: str) -> None:
    for manifest, pod in pods(case):
        if manifest["kind"] in {"Job", "CronJob"}:
            spec = manifest["spec"].get("jobTemplate", manifest)["spec"]
            (rule,) = spec["podFailurePolicy"]["rules"]
            codes = {"containerName": pod["containers"][0]["name"], "operator": "In", "values": [2]}
            assert rule == {"action": "FailJob", "onExitCodes": codes}


def test_images_are_the_dockerfiles_targets() -> None:
    text = (REPOSITORY / "Dockerfile").read_text()
    for case in CASES:
        for _, pod in pods(case):
            image = pod["containers"][0]["image"].split("@")[0].rsplit("/", 1)[-1]
            target = image.split(":")[0].removeprefix("perfanalysis-")
            assert f" AS {target}\n" in text


@pytest.mark.e2e
def test_the_test_of_helm_passes_on_an_exporter_and_fails_on_another_page(tmp_path: Path) -> None:
    (pod,) = [pod for manifest, pod in pods("default") if manifest["kind"] == "Pod"]
    program, *words = pod["containers"][0]["command"]
    assert program == "python"
    server, url = start_exporter([], tmp_path / "log", perfanalysis=PERFANALYSIS)
    try:
        address = url.removeprefix("http://")
        done = subprocess.run(
            [sys.executable, *words], env={"EXPORTER": address}, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        server.stop()
        done = subprocess.run(
            [sys.executable, *words], env={"EXPORTER": address}, capture_output=True, check=False
        )
        assert done.returncode != 0
    finally:
        server.stop()


def test_the_reporters_settings_are_ones_that_we_take_and_its_keys_are_mounted() -> None:
    objects = objects_of("restricted")
    (settings,) = [m for m in objects if m["kind"] == "ConfigMap" and component(m) == "reporter"]
    text: str = settings["data"]["report.yaml"]
    assert parse_config(text.encode(), "report.yaml").title == "Price-performance of the week"
    pod = next(p for m, p in pods("restricted") if component(m) == "reporter")
    mounted = [mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]]
    files = re.findall(r"_file: (\S+)", text)
    assert len(files) == 3
    assert all(str(Path(name).parent) in mounted for name in files)
    given = {entry["name"]: entry for entry in pod["containers"][0]["env"]}
    # Every try of a job has the job's name, and the next job has another.
    job = given["PERFANALYSIS_REPORT_OCCASION"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert job == "metadata.labels['batch.kubernetes.io/job-name']"
    state = {name: entry.get("value") for name, entry in given.items()}
    assert str(Path(state["PERFANALYSIS_STATE_DIRECTORY"] or "").parent) in mounted
