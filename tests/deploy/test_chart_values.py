"""Each value of the chart does something, and what is no value is refused wherever it stands."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from perfanalysis.fast_yaml import load_fast
from tests.deploy.chart import CHART, RELEASES, Manifest, helm, kubernetes_takes, manifests, values

TEXT = (CHART / "values.yaml").read_text()
DEFAULTS: Manifest = load_fast(TEXT)
ROOT = yaml.compose(TEXT, yaml.SafeLoader)
assert isinstance(ROOT, yaml.MappingNode)
NAMES = [name for name, _, _ in values(TEXT.splitlines(), ROOT)]
DIGEST = "sha256:" + "1" * 64
TOLERATION = [{"key": "a", "operator": "Exists"}]
PARTS = ("exporter", "loadtest", "reporter", "backup", "portal")
SOURCES = [{"kind": "folder", "name": "spool", "path": "/spool"}]
PEERS = [{"ipBlock": {"cidr": "10.0.0.0/8"}}]
# Everything that can be turned on, so that each value can show.
ALL: Manifest = {
    "loadtest.cronjob.enabled": True,
    "loadtest.job.enabled": True,
    "loadtest.remoteWrite.url": "https://mimir.example/push",
    "loadtest.remoteWrite.existingSecret": "push",
    "reporter.enabled": True,
    "reporter.prometheusUrl": "http://prometheus:9090",
    "backup.enabled": True,
    "backup.existingSecret": "backup",
    "backup.settings": {"sources": SOURCES},
    "podMonitor.enabled": True,
    "portal.enabled": True,
    "portal.autoscaling.enabled": True,
    "portal.database.host": "db.example",
    "portal.database.existingSecret": "database",
    "portal.database.caSecret": "authority",
    "portal.migration.existingSecret": "owner",
    "portal.push.contact": "mailto:ops@example.org",
    "portal.push.existingSecret": "push",
    "portal.serviceMonitor.enabled": True,
}
# What takes long to render is on where its own values are looked at.
LARGE = ("prometheusRule", "dashboards")
# Another value, where one cannot be made from the default.
OTHER: Manifest = {
    "commonLabels": {"team": "a"},
    "image.exporter.digest": DIGEST,
    "image.loadtest.digest": DIGEST,
    "image.tools.digest": DIGEST,
    "global.imageRegistry": "registry.example",
    "global.imagePullSecrets": [{"name": "other"}],
    "nameOverride": "name",
    "namespaceOverride": "elsewhere",
    "image.pullPolicy": "Always",
    "image.pullSecrets": ["registry"],
    "exporter.cloud": "off",
    "exporter.maxUnavailable": 3,
    "exporter.containerNames.source": "kubelet",
    "exporter.containerNames.kubelet.url": "http://localhost:10255",
    "exporter.containerNames.kubelet.right": "proxy",
    "exporter.containerNames.kubelet.trust": "node",
    "exporter.containerNames.socket": "/run/docker.sock",
    "exporter.containerNames.socketGroups": [998],
    "exporter.extraVolumes": [{"name": "a", "emptyDir": {}}],
    "exporter.openshiftScc": "hostaccess",
    "exporter.extraVolumeMounts": [{"name": "proc", "mountPath": "/a"}],
    "loadtest.cronjob.schedule": "@daily",
    "loadtest.kernel": "membw",
    "loadtest.profile": "kinds",
    "loadtest.remoteWrite.url": "https://other.example/push",
    "reporter.schedule": "@daily",
    "reporter.prometheusUrl": "https://other.example",
    "reporter.output": "other.html",
    "reporter.config": {"title": "a"},
    "reporter.secrets": ["a"],
    "reporter.persistence.size": "2Gi",
    "reporter.serviceAccount.annotations": {"a": "b"},
    "backup.schedule": "@daily",
    "backup.settings": {"sources": SOURCES, "keep": {"last": 9}},
    "backup.volumes": [{"name": "a", "emptyDir": {}}],
    "backup.volumeMounts": [{"name": "scratch", "mountPath": "/a"}],
    "backup.scratchSize": "2Gi",
    "backup.persistence.size": "2Gi",
    "backup.egressPorts": [8428],
    "backup.egressTo": PEERS,
    "backup.serviceAccount.annotations": {"a": "b"},
    "image.backup.digest": DIGEST,
    "networkPolicy.egressPorts": [9009],
    "networkPolicy.egressTo": [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
    "image.portal.digest": DIGEST,
    "portal.database.sslMode": "verify-ca",
    "portal.database.egressTo": PEERS,
    "portal.ingressFrom": PEERS,
    "portal.egressPorts": [9090],
    "portal.serviceMonitor.labels": {"a": "b"},
    "portal.serviceMonitor.interval": "1m",
    "prometheusRule.labels": {"a": "b"},
    "prometheusRule.annotations": {"a": "b"},
    "prometheusRule.disabled": ["ClockSkew"],
    "loadtest.apartBy": ["example.com/hypervisor"],
    "loadtest.parallelism": 1,
    "loadtest.cronjob.windowSeconds": 7200,
    "prometheusRule.identity": ["cluster", "tenant", "instance"],
    "prometheusRule.links": {"dashboards": "https://a.example", "runbooks": "https://b.example"},
    "prometheusRule.alerts": {"CpuPressure": {"severity": "info"}},
    "prometheusRule.prices": {"m7i.large": {"spot": 0.04}},
    "dashboards.labels": {"a": "b"},
    "dashboards.annotations": {"a": "b"},
    **{f"{part}.podAnnotations": {"a": "b"} for part in PARTS},
    **{f"{part}.podLabels": {"a": "b"} for part in PARTS},
    **{f"{part}.affinity": {"podAffinity": {}} for part in PARTS},
    **{f"{part}.podSecurityContext": {"runAsUser": 1000660000} for part in PARTS},
    **{f"{part}.securityContext": {"readOnlyRootFilesystem": False} for part in PARTS},
    **{
        f"{part}.{name}": value
        for part in ("podMonitor", "serviceMonitor")
        for name, value in {
            "labels": {"a": "b"},
            "annotations": {"a": "b"},
            "interval": "1m",
            "scrapeTimeout": "10s",
            "scheme": "https",
            "bodySizeLimit": "10MB",
            "relabelings": [{"action": "drop", "regex": "a"}],
            "metricRelabelings": [{"action": "drop", "regex": "a"}],
            "podTargetLabels": ["a"],
            "endpoint": {"authorization": {"credentials": {"name": "a", "key": "b"}}},
            "spec": {"scrapeClass": "a"},
        }.items()
    },
    **{f"{part}.timeZone": "Europe/Berlin" for part in ("loadtest.cronjob", "reporter", "backup")},
    **{f"{part}.extraArgs": ["--help"] for part in PARTS},
    **{f"{part}.tolerations": TOLERATION for part in PARTS},
    **{f"{part}.nodeSelector": {"a": "b"} for part in PARTS},
    **{
        f"{part}.resources": {"requests": {"cpu": "3"}, "limits": {"memory": "3Gi"}}
        for part in PARTS
    },
}
# What another value needs beside it to show.
BESIDE: Manifest = {
    **{
        f"{part}.priority.className": {f"{part}.priority.create": False}
        for part in ("exporter", "loadtest")
    },
    **{
        f"exporter.containerNames.kubelet.{name}": {"exporter.containerNames.source": "kubelet"}
        for name in ("url", "right", "trust")
    },
    **{
        f"exporter.containerNames.{name}": {"exporter.containerNames.source": "docker"}
        for name in ("socket", "socketGroups")
    },
}
BESIDE["loadtest.turnSeconds"] = {"loadtest.nodes": 2, "loadtest.parallelism": 1}
BESIDE["loadtest.turnSeconds"] |= {"loadtest.deadlineSeconds": 3600}
BESIDE["portal.replicas"] = {"portal.autoscaling.enabled": False}
BESIDE["backup.persistence.enabled"] = {
    "backup.settings": {"repository": "s3:https://s3.example/b", "sources": SOURCES}
}
BESIDE["loadtest.parallelism"] = {"loadtest.nodes": 2}
# Of the two monitors there is only one.
BESIDE |= {
    name: {"podMonitor.enabled": False, "serviceMonitor.enabled": True}
    for name in NAMES
    if name.startswith("serviceMonitor.") and name != "serviceMonitor.enabled"
}
BESIDE["serviceMonitor.enabled"] = {"podMonitor.enabled": False}


def put(given: Manifest, name: str, value: Any) -> None:
    *path, last = name.split(".")
    for word in path:
        given = given[word]
    assert last in given, name
    given[last] = value


def get(given: Manifest, name: str) -> Any:
    for word in name.split("."):
        given = given[word]
    return given


def other(name: str) -> Any:
    """A value that is not the default."""
    if name in OTHER:
        return OTHER[name]
    default = ALL.get(name, get(DEFAULTS, name))
    if isinstance(default, bool):
        return not default
    if isinstance(default, int):
        return default + 1
    assert isinstance(default, str), f"{name}: expected another value in the table OTHER"
    return f"{default}x" if default else "other"


def shown(folder: Path, changes: Manifest) -> str:
    """What Helm renders with everything on, and these changes."""
    given = copy.deepcopy(DEFAULTS)
    for name, value in (ALL | changes).items():
        put(given, name, value)
    # JSON is YAML, and is written in no time.
    (folder / "values.json").write_text(json.dumps(given))
    done = helm(
        *("template", "p", CHART, "--kube-version", RELEASES[-1]),
        f"--values={folder / 'values.json'}",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_tables_here_name_values_only() -> None:
    assert {*ALL, *OTHER, *BESIDE} <= set(NAMES)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Manifest], set[str]]:
    """The objects without a change, by what is turned on beside; many values have it in common."""
    folder, made = tmp_path_factory.mktemp("values"), {}

    def objects(needed: Manifest) -> set[str]:
        key = json.dumps(needed, sort_keys=True)
        if key not in made:
            made[key] = set(shown(folder, needed).split("\n---\n"))
        return made[key]

    return objects


def beside(name: str) -> Manifest:
    """What a value needs beside it to show."""
    part, _, last = name.partition(".")
    large = {f"{part}.enabled": True} if part in LARGE and last != "enabled" else {}
    return large | BESIDE.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_a_value_shows_in_objects_that_kubernetes_takes(
    name: str, before: Callable[[Manifest], set[str]], tmp_path: Path
) -> None:
    needed = beside(name)
    first = before(needed)
    after = set(shown(tmp_path, needed | {name: other(name)}).split("\n---\n"))
    assert after != first
    for text in after - first:
        for manifest in manifests(text):
            if manifest["apiVersion"] != "monitoring.coreos.com/v1":
                kubernetes_takes(manifest, RELEASES[-1])


def mappings(given: Manifest, path: str = "") -> list[str]:
    """The paths of the mappings that hold values of ours."""
    found = [path]
    for key, value in given.items():
        name = f"{path}.{key}".lstrip(".")
        if isinstance(value, dict) and name not in NAMES:
            found += mappings(value, name)
    return found


# What is global is of other charts, too.
@pytest.mark.parametrize("path", [path for path in mappings(DEFAULTS) if path != "global"])
def test_a_typing_error_is_refused_wherever_it_stands(path: str) -> None:
    name = f"{path}.enalbed".lstrip(".")
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], "--set", f"{name}=true")
    assert done.returncode != 0
    assert "additional properties 'enalbed' not allowed" in done.stderr
    if path:
        assert f"at '/{path.replace('.', '/')}'" in done.stderr
