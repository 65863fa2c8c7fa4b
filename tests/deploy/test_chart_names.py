"""Names, namespaces, registries and nodes of the chart's objects, also of several releases."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.deploy.chart import Manifest, manifests, objects_of, pod_of, rendered

ALL = (
    "--set=loadtest.cronjob.enabled=true",
    "--set=loadtest.job.enabled=true",
    "--set=reporter.enabled=true",
    "--set=reporter.prometheusUrl=http://a",
    "--set=backup.enabled=true",
    "--set=backup.existingSecret=a",
    "--set=backup.settings.sources[0].name=a",
    "--set=podMonitor.enabled=true",
    "--set=prometheusRule.enabled=true",
)
CLUSTER_SCOPED = {"PriorityClass"}


def names(release: str, namespace: str, *words: str) -> set[tuple[str, str, str]]:
    """Kind, namespace and name of each object; of the whole cluster's, the namespace is empty."""
    found = manifests(rendered(*ALL, *words, release=release, namespace=namespace))
    entries = [
        (m["kind"], m["metadata"].get("namespace", ""), m["metadata"]["name"]) for m in found
    ]
    assert len(entries) == len(set(entries))
    assert {kind for kind, place, _ in entries if not place} == CLUSTER_SCOPED
    return set(entries)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("perfanalysis", "a"), ("perfanalysis", "b")),
        (("p", "a"), ("q", "a")),
        # Where namespace and name are only put together, these would be the same.
        (("a", "perf-a"), ("a-a", "perf")),
        # As long as Helm lets a release's name be, and alike up to its last letter.
        (("p" * 52 + "a", "a"), ("p" * 52 + "b", "a")),
    ],
)
def test_two_releases_have_no_object_in_common(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    first, second = names(*one), names(*other)
    assert first & second == set()
    assert max(len(name) for _, _, name in first | second) <= 63


def test_the_objects_are_in_another_namespace() -> None:
    found = names("p", "a", "--set=namespaceOverride=b")
    assert {place for _, place, _ in found} == {"b", ""}
    # And so are those that they name.
    text = rendered(*ALL, "--set=namespaceOverride=b", namespace="elsewhere-a")
    assert "elsewhere-a" not in text


def test_a_release_whose_services_could_have_no_name_is_refused() -> None:
    with pytest.raises(AssertionError, match="release name 1p: expected a letter first"):
        rendered(release="1p")
    assert rendered("--set=fullnameOverride=p", release="1p")


def pods_of(case: str) -> list[Manifest]:
    """The pods of a case."""
    return [pod for pod in map(pod_of, objects_of(case)) if pod is not None]


def test_registry_and_secrets_of_all_charts_go_for_every_image() -> None:
    pods = pods_of("coexisting")
    for pod in pods:
        assert pod["imagePullSecrets"] == [{"name": "registry"}]
        for container in [*pod["containers"], *pod.get("initContainers", ())]:
            assert container["image"].startswith("registry.example/platform/perfanalysis-")
    assert any("initContainers" in pod for pod in pods)


def test_pull_secrets_of_both_places_and_both_spellings_come_once_each() -> None:
    text = rendered(
        '--set-json=global.imagePullSecrets=["a",{"name":"b"}]', "--set=image.pullSecrets={b,c}"
    )
    pod = next(pod for pod in map(pod_of, manifests(text)) if pod is not None)
    assert [entry["name"] for entry in pod["imagePullSecrets"]] == ["a", "b", "c"]


# Labels as EKS, AKS and people put them on nodes, and whether an exporter belongs there.
NODES = [
    ({"eks.amazonaws.com/compute-type": "fargate"}, False),
    ({"type": "virtual-kubelet", "kubernetes.azure.com/cluster": "a"}, False),
    ({"eks.amazonaws.com/compute-type": "ec2"}, True),
    ({"type": "large"}, True),
    ({}, True),
]


@pytest.mark.parametrize(("labels", "fits"), NODES)
def test_exporters_and_load_tests_stay_away_from_nodes_without_a_host(
    labels: dict[str, str], fits: bool
) -> None:
    pods = [pod for pod in pods_of("openshift") if "nodeAffinity" in pod.get("affinity", {})]
    assert len(pods) == 2
    for pod in pods:
        required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        (term,) = required["nodeSelectorTerms"]
        assert {rule["operator"] for rule in term["matchExpressions"]} == {"NotIn"}
        kept = [labels.get(rule["key"]) not in rule["values"] for rule in term["matchExpressions"]]
        assert all(kept) is fits


def test_openshift_chooses_the_ids_and_the_exporter_may_use_its_rules() -> None:
    for pod in pods_of("openshift"):
        assert {"runAsUser", "runAsGroup", "fsGroup"} & set(pod["securityContext"]) == set()
        assert pod["securityContext"]["runAsNonRoot"] is True
    # Such a user has no home in the image: what is written has its place by name.
    for pod in pods_of("openshift"):
        (container,) = pod["containers"]
        given = {entry["name"]: entry.get("value", "") for entry in container["env"]}
        if container["name"] in {"loadtest", "reporter"}:
            folder = PurePosixPath(given["PERFANALYSIS_STATE_DIRECTORY"])
            mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
            assert {str(folder), str(folder.parent)} & mounted
    objects = objects_of("openshift")
    (binding,) = [entry for entry in objects if entry["kind"] == "RoleBinding"]
    assert binding["roleRef"]["name"] == "system:openshift:scc:hostaccess"
    (exporter,) = [entry for entry in objects if entry["kind"] == "DaemonSet"]
    account = exporter["spec"]["template"]["spec"]["serviceAccountName"]
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": account, "namespace": exporter["metadata"]["namespace"]}
    ]


def test_ids_as_large_as_openshifts_are_written_out() -> None:
    text = rendered("--set=exporter.podSecurityContext.runAsUser=1000660000")
    assert "runAsUser: 1000660000\n" in text


def test_pods_are_not_replaced_for_a_new_version_of_the_chart_alone() -> None:
    for entry in [*objects_of("default"), *objects_of("coexisting")]:
        if entry["kind"] in {"DaemonSet", "CronJob"}:
            spec = entry["spec"].get("jobTemplate", {}).get("spec", entry["spec"])
            assert "helm.sh/chart" not in spec["template"]["metadata"]["labels"]
