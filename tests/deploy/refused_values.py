"""Values that the API server of Kubernetes refuses, and like ones that it takes.

`tests/deploy/test_chart_refusals.py` holds the chart's schema to the table, and
`tests/deploy/test_cluster.py` a real API server, with the schema passed over.
"""

from __future__ import annotations

import copy

from tests.deploy.chart import Manifest

TERM = "requiredDuringSchedulingIgnoredDuringExecution"
FULL: Manifest = {
    "loadtest": {
        "cronjob": {"enabled": True},
        "job": {"enabled": True},
        "remoteWrite": {"url": "http://a", "existingSecret": "a"},
    },
    "reporter": {"enabled": True, "prometheusUrl": "http://a"},
    "podMonitor": {"enabled": True},
    "backup": {
        "enabled": True,
        "existingSecret": "a",
        "settings": {"sources": [{"kind": "folder", "path": "/a"}]},
    },
    "portal": {
        "enabled": True,
        "autoscaling": {"enabled": True},
        "database": {"host": "a", "existingSecret": "a"},
        "migration": {"existingSecret": "a"},
        "serviceMonitor": {"enabled": True},
    },
}


def nodes(rule: Manifest) -> Manifest:
    """An affinity of one rule."""
    return {"nodeAffinity": {TERM: {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}}}


# The value, one that the API server refuses, and one that it takes.
TABLE: list[tuple[str, object, object]] = [
    ("commonLabels", {"team": "a b"}, {"team": "a-b"}),
    ("commonLabels", {"a/b/c": "d"}, {"a/b": "d"}),
    ("commonLabels", {"a": "b" * 64}, {"a": "b" * 63}),
    ("fullnameOverride", "Perf", "perf"),
    ("fullnameOverride", "1perf", "perf1"),
    ("nameOverride", "a_b", "a-b"),
    ("image.pullPolicy", "Sometimes", "Always"),
    ("exporter.port", 70000, 65535),
    ("exporter.maxUnavailable", 0, 1),
    ("exporter.maxUnavailable", "0%", "1%"),
    ("exporter.maxUnavailable", "101%", "100%"),
    ("exporter.resources.requests", {"cpu": "20 m"}, {"cpu": "20m"}),
    ("exporter.resources.requests", {"cpu": "-1"}, {"cpu": "0.1"}),
    ("exporter.resources.limits", {"memory": "1GB"}, {"memory": "1Gi"}),
    ("exporter.resources.limits", {"gpu": 1}, {"example.com/gpu": 1}),
    ("exporter.nodeSelector", {"a": "b c"}, {"a": "b.c"}),
    ("exporter.nodeSelector", {"": "b"}, {"a": ""}),
    ("exporter.tolerations", [{"operator": "exists"}], [{"operator": "Exists"}]),
    ("exporter.tolerations", [{"key": "", "value": "b"}], [{"key": "a", "value": "b"}]),
    (
        "exporter.tolerations",
        [{"key": "a", "operator": "Exists", "value": "b"}],
        [{"key": "a", "operator": "Equal", "value": "b"}],
    ),
    (
        "exporter.tolerations",
        [{"key": "a", "operator": "Exists", "effect": "NoSchedule", "tolerationSeconds": 9}],
        [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 9}],
    ),
    ("exporter.tolerations", [{"keys": "a"}], [{"key": "a", "operator": "Exists"}]),
    (
        "exporter.affinity",
        nodes({"key": "a", "operator": "In"}),
        nodes({"key": "a", "operator": "In", "values": ["b"]}),
    ),
    (
        "exporter.affinity",
        nodes({"key": "a", "operator": "Exists", "values": ["b"]}),
        nodes({"key": "a", "operator": "Exists"}),
    ),
    (
        "exporter.affinity",
        nodes({"key": "a", "operator": "Gt", "values": ["1", "2"]}),
        nodes({"key": "a", "operator": "Gt", "values": ["1"]}),
    ),
    (
        "exporter.affinity",
        {"podAntiAffinity": {TERM: [{"labelSelector": {}}]}},
        {"podAntiAffinity": {TERM: [{"labelSelector": {}, "topologyKey": "a"}]}},
    ),
    ("exporter.podAnnotations", {"a b": "c"}, {"a": "b c"}),
    ("exporter.podSecurityContext", {"runAsUser": -1}, {"runAsUser": 1000660000}),
    ("exporter.podSecurityContext", {"runAsuser": 1}, {"supplementalGroups": [1]}),
    (
        "exporter.podSecurityContext",
        {"seccompProfile": {"type": "Localhost"}},
        {"seccompProfile": {"type": "Localhost", "localhostProfile": "a.json"}},
    ),
    (
        "exporter.podSecurityContext",
        {"seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "a.json"}},
        {"seccompProfile": {"type": "Unconfined"}},
    ),
    (
        "exporter.securityContext",
        {"privileged": True, "allowPrivilegeEscalation": False},
        {"privileged": True, "allowPrivilegeEscalation": True},
    ),
    (
        "exporter.securityContext",
        {"capabilities": {"add": ["CAP_SYS_ADMIN"]}, "allowPrivilegeEscalation": False},
        {"capabilities": {"add": ["SYS_PTRACE"]}},
    ),
    ("exporter.priority.value", 1000000001, 1000000000),
    ("exporter.priority", {"create": False, "className": "A"}, {"create": False}),
    ("exporter.extraVolumes", [{"name": "proc", "emptyDir": {}}], [{"name": "a", "emptyDir": {}}]),
    ("exporter.extraVolumes", [{"name": "a.b", "emptyDir": {}}], [{"name": "a-b", "emptyDir": {}}]),
    (
        "exporter.extraVolumes",
        [{"name": "a", "emptyDir": {}, "configMap": {"name": "a"}}],
        [{"name": "a", "configMap": {"name": "a"}}],
    ),
    ("exporter.extraVolumes", [{"name": "a", "emptydir": {}}], [{"name": "a", "emptyDir": {}}]),
    (
        "exporter.extraVolumeMounts",
        [{"name": "proc", "mountPath": "/a", "mountPropagation": "Both"}],
        [{"name": "proc", "mountPath": "/a", "mountPropagation": "None"}],
    ),
    ("loadtest.cronjob.schedule", "60 3 * * 0", "59 3 * * 0"),
    ("loadtest.cronjob.schedule", "0 3 * * 7", "0 3 * * Sun"),
    ("loadtest.cronjob.schedule", "0 3 0 * *", "0,30 */2 1-5 Jan ?"),
    ("loadtest.cronjob.schedule", "@fortnightly", "@weekly"),
    ("loadtest.cronjob.schedule", "@every 1x", "@every 1h30m"),
    ("loadtest.cronjob.schedule", "TZ=UTC 0 3 * * 0", "0 3 * * 0"),
    ("loadtest.cronjob.timeZone", "Local", "Etc/UTC"),
    ("loadtest.nodes", 100001, 100000),
    ("loadtest.retries", -1, 0),
    ("loadtest.keepSeconds", -1, 0),
    ("loadtest.apartBy", ["a b"], ["a/b"]),
    ("reporter.secrets", ["a", "a"], ["a", "b"]),
    ("reporter.persistence.size", "0", "1"),
    ("reporter.persistence.size", "1GB", "1G"),
    ("reporter.persistence.storageClassName", "A", "a"),
    ("reporter.serviceAccount.annotations", {"a b": "c"}, {"a": "b c"}),
    ("networkPolicy.egressPorts", [0], [1]),
    (
        "networkPolicy.egressTo",
        [{"ipBlock": {"cidr": "10.0.0.0"}}],
        [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
    ),
    (
        "networkPolicy.egressTo",
        [{"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}],
        [{"namespaceSelector": {}, "podSelector": {}}],
    ),
    ("networkPolicy.egressTo", [{}], [{"podSelector": {}}]),
    ("podMonitor.interval", "15 s", "1m30s"),
    ("podMonitor.scheme", "tcp", "https"),
    ("podMonitor.relabelings", [{"action": "remove"}], [{"action": "drop", "regex": "a"}]),
    ("podMonitor.metricRelabelings", [{"sourceLabel": ["a"]}], [{"sourceLabels": ["a"]}]),
    ("podMonitor.relabelings", [{"sourceLabels": ["a-b"]}], [{"sourceLabels": ["a_b"]}]),
    ("podMonitor.bodySizeLimit", "10 MB", "10MB"),
    ("podMonitor.endpoint", {"relabeling": []}, {"relabelings": []}),
    ("backup.schedule", "10 24 * * *", "10 23 * * *"),
    ("backup.timeZone", "Local", "Europe/Vienna"),
    ("backup.retries", -1, 0),
    ("backup.scratchSize", "20GB", "20G"),
    ("backup.persistence.size", "0", "1Gi"),
    ("backup.persistence.storageClassName", "A", "a"),
    ("backup.volumes", [{"name": "a_b", "emptyDir": {}}], [{"name": "ab", "emptyDir": {}}]),
    ("backup.egressPorts", [65536], [65535]),
    ("backup.egressTo", [{"ipBlock": {"cidr": "10.0.0.0"}}], [{"ipBlock": {"cidr": "::/0"}}]),
    ("backup.resources.limits", {"memory": "1 Gi"}, {"memory": "1Gi"}),
    ("backup.podSecurityContext", {"fsGroup": -1}, {"fsGroup": 65534}),
    ("backup.serviceAccount.annotations", {"a b": "c"}, {"a": "b c"}),
    ("portal.maxUnavailable", "1.5%", "50%"),
    ("portal.autoscaling.maxReplicas", 0, 4),
    ("portal.autoscaling.cpuPercent", 0, 70),
    ("portal.migration.retries", -1, 0),
    ("portal.serviceMonitor.interval", "1.5m", "1m30s"),
    ("portal.ingressFrom", [{"podSelectors": {}}], [{"podSelector": {}}]),
    ("portal.egressPorts", [0], [443]),
    ("portal.resources.requests", {"cpu": "a"}, {"cpu": "250m"}),
    ("portal.podLabels", {"a": "b/c"}, {"a": "b.c"}),
    ("portal.nodeSelector", {"a b": "c"}, {"a/b": "c"}),
    ("portal.tolerations", [{"operator": "Exist"}], [{"operator": "Exists"}]),
]
# Those that the API server takes, and the schema keeps out: none of them would work.
ALSO: list[tuple[str, object]] = [
    ("commonLabels", {"app.kubernetes.io/name": "a"}),
    ("podMonitor.spec", {"selector": {}}),
    ("podMonitor.sampleLimit", -1),
    ("image.exporter.repository", "a:b"),
    ("image.exporter.tag", "a b"),
    ("global.imageRegistry", "https://registry.example"),
    ("image.registry", "https://registry.example"),
    ("exporter.openshiftScc", "a b"),
    ("exporter.affinity", nodes({"key": "a", "operator": "Gt", "values": ["b"]})),
    # There can be no secret, and no key of one, of such a name.
    ("global.imagePullSecrets", ["A B"]),
    ("exporter.webConfig.existingSecret", "a_b"),
    ("reporter.secrets", ["a_b"]),
    ("loadtest.remoteWrite.secretKey", ".."),
    ("backup.existingSecret", "A"),
    ("backup.persistence.existingClaim", "a_b"),
    # A text, which the template would write as a word that YAML takes for another one.
    ("backup.suspend", "no"),
    ("backup.environmentSecret", "a b"),
    ("portal.database.existingSecret", "a_b"),
    ("portal.migration.existingSecret", "A"),
    # The password is the Secret's.
    ("backup.settings", {"sources": [], "password_file": "/a"}),
    # What no server, user or database is called, or what could not be told from a part of the URL.
    ("portal.database.host", "a/b"),
    ("portal.database.port", 0),
    ("portal.database.user", "a:b"),
    ("portal.database.name", "a?b"),
    ("portal.database.sslMode", "prefer"),
    ("portal.push.contact", "ops@example.org"),
    # The controller's own time zone.
    ("loadtest.cronjob.timeZone", ""),
]


def with_value(name: str, value: object) -> Manifest:
    """Values in which all is on, and one is changed."""
    given = copy.deepcopy(FULL)
    place = given
    *path, last = name.split(".")
    for word in path:
        place = place.setdefault(word, {})
    place[last] = value
    return given
