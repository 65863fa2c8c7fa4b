"""A real API server takes, upgrades and removes the chart, and holds its pods to Pod Security."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.deploy.chart import (
    CASES,
    CHART,
    MANIFESTS,
    Manifest,
    helm,
    manifests,
    objects_of,
    pod_of,
)
from tests.deploy.cluster import Cluster, cluster_in
from tests.deploy.refused_values import TABLE, with_value

pytestmark = [pytest.mark.long, pytest.mark.e2e]

EXPORTERS, OTHERS = "perfanalysis-exporter", "perfanalysis"
# What the chart's README says to install, in two namespaces.
RELEASES = {"exporter": EXPORTERS, "perfanalysis": OTHERS}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster_in(tmp_path_factory.mktemp("cluster")) as running:
        for manifest in manifests((MANIFESTS / "namespaces.yaml").read_text()):
            assert running.post(manifest)[0] == 201
        for path in (REPOSITORY / ".tools" / "prometheus-operator").glob("*/*.yaml"):
            definition = yaml.load(path.read_text(), yaml.CSafeLoader)
            assert running.post(definition)[0] == 201
        yield running


@pytest.mark.parametrize("case", CASES)
def test_it_takes_every_object(cluster: Cluster, case: str) -> None:
    for manifest in objects_of(case):
        namespaced = manifest | {"metadata": manifest["metadata"] | {"namespace": EXPORTERS}}
        if manifest["kind"] in {"PriorityClass", "ClusterRole", "ClusterRoleBinding"}:
            # It is of the whole cluster.
            namespaced = manifest
        if manifest["kind"] == "Pod":
            continue
        assert cluster.post(namespaced, dry=True) == (201, ""), manifest["metadata"]["name"]


def answers(cluster: Cluster, folder: Path, name: str, value: object) -> list[str]:
    """What it has against the objects that a value makes, with the chart's schema passed over."""
    (folder / "values.yaml").write_text(yaml.safe_dump(with_value(name, value)))
    done = helm(
        *("template", "p", CHART, "--skip-schema-validation", f"--namespace={OTHERS}"),
        *("--skip-tests", "--kube-version=1.34", f"--values={folder / 'values.yaml'}"),
    )
    assert done.returncode == 0, done.stderr
    posted = [cluster.post(entry, dry=True) for entry in manifests(done.stdout)]
    return [message for status, message in posted if status != 201]


@pytest.mark.parametrize(("name", "refused", "taken"), TABLE)
def test_it_refuses_what_the_charts_schema_refuses(
    cluster: Cluster, tmp_path: Path, name: str, refused: object, taken: object
) -> None:
    assert answers(cluster, tmp_path, name, refused)
    assert answers(cluster, tmp_path, name, taken) == []


def as_pod(manifest: Manifest, namespace: str) -> Manifest:
    """A pod as a controller would make it of an object; of an account that is there."""
    pod = pod_of(manifest)
    assert pod is not None
    spec = {k: v for k, v in pod.items() if k not in {"serviceAccountName", "priorityClassName"}}
    metadata = {"name": "a", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("case", CASES)
def test_pod_security_takes_all_but_the_exporter_as_restricted(cluster: Cluster, case: str) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount"}
    for namespace in (EXPORTERS, OTHERS):
        cluster.post(account | {"metadata": {"name": "default", "namespace": namespace}})
    for manifest in objects_of(case):
        if pod_of(manifest) is None:
            continue
        status, message = cluster.post(as_pod(manifest, OTHERS), dry=True)
        if manifest["kind"] == "DaemonSet":
            assert status == 403
            assert 'violates PodSecurity "restricted:latest"' in message
            assert cluster.post(as_pod(manifest, EXPORTERS), dry=True) == (201, "")
        else:
            assert (status, message) == (201, "")


def test_what_the_page_says_installs_upgrades_goes_back_and_uninstalls(cluster: Cluster) -> None:
    given = ["--set=exporter.enabled=false", "--set=loadtest.cronjob.enabled=true"]
    given += ["--set=reporter.enabled=true", "--set=reporter.prometheusUrl=http://prometheus:9090"]
    for release, namespace in RELEASES.items():
        words = given if release == OTHERS else []
        done = cluster.helm("install", release, str(CHART), f"--namespace={namespace}", *words)
        assert (done.returncode, "would violate" in done.stderr) == (0, False), done.stderr
    jobs = f"apis/batch/v1/namespaces/{OTHERS}/cronjobs"
    assert cluster.names(jobs) == {"perfanalysis-loadtest", "perfanalysis-reporter"}
    for release, namespace in RELEASES.items():
        words = ["--reset-then-reuse-values", f"--namespace={namespace}"]
        words += ["--set=image.exporter.tag=0.2.0", "--set=loadtest.nodes=3"]
        done = cluster.helm("upgrade", release, str(CHART), *words)
        assert done.returncode == 0, done.stderr
        done = cluster.helm("rollback", release, "1", f"--namespace={namespace}")
        assert done.returncode == 0, done.stderr
    assert cluster.names(jobs) == {"perfanalysis-loadtest", "perfanalysis-reporter"}
    for release, namespace in RELEASES.items():
        done = cluster.helm("uninstall", release, f"--namespace={namespace}")
        assert done.returncode == 0, done.stderr
    assert cluster.names(jobs) == set()
    claims = cluster.names(f"api/v1/namespaces/{OTHERS}/persistentvolumeclaims")
    assert claims == {"perfanalysis-reports"}


def test_an_upgrade_measures_anew_only_where_the_job_is_another(cluster: Cluster) -> None:
    jobs = f"apis/batch/v1/namespaces/{OTHERS}/jobs"
    given = ["--set=exporter.enabled=false", "--set=loadtest.job.enabled=true"]

    def declare(*words: str) -> set[str]:
        command = ["upgrade", "--install", "once", str(CHART), f"--namespace={OTHERS}"]
        done = cluster.helm(*command, *given, *words)
        assert done.returncode == 0, done.stderr
        return cluster.names(jobs)

    (first,) = declare()
    assert declare("--set=networkPolicy.enabled=false") == {first}
    (second,) = declare("--set=loadtest.kernel=membw")
    assert second != first
    assert cluster.helm("uninstall", "once", f"--namespace={OTHERS}").returncode == 0


def test_one_release_is_installed_in_two_namespaces(cluster: Cluster) -> None:
    for namespace in (EXPORTERS, OTHERS):
        done = cluster.helm("install", "twice", str(CHART), f"--namespace={namespace}")
        assert done.returncode == 0, done.stderr
    classes = "apis/scheduling.k8s.io/v1/priorityclasses"
    assert len([name for name in cluster.names(classes) if name.startswith("twice-")]) == 2
    for namespace in (EXPORTERS, OTHERS):
        done = cluster.helm("uninstall", "twice", f"--namespace={namespace}")
        assert done.returncode == 0, done.stderr


def test_it_takes_the_plain_manifests(cluster: Cluster) -> None:
    for name in ("exporter", "jobs"):
        for manifest in manifests((MANIFESTS / f"{name}.yaml").read_text()):
            assert cluster.post(manifest, dry=True)[0] in {201, 409}, manifest["metadata"]["name"]
