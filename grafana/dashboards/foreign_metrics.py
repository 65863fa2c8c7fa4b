"""What other programs show and queries may use where it is there: names, labels, and their source.

Labels by metric, without those of the target. Nothing here is needed: panels say what is missing
without it.
"""

from __future__ import annotations

from perfanalysis.recordings.predicted_families import FAMILIES

_POD = frozenset({"namespace", "pod", "uid"})
_OF_CONTAINER = _POD | {"container", "node", "resource", "unit"}

# kube-state-metrics 2, docs/metrics/workload/pod-metrics.md of kubernetes/kube-state-metrics.
KUBE_STATE_METRICS: dict[str, frozenset[str]] = {
    "kube_pod_container_resource_limits": _OF_CONTAINER,
    "kube_pod_container_resource_requests": _OF_CONTAINER,
    "kube_pod_container_status_restarts_total": _POD | {"container"},
    "kube_pod_owner": _POD | {"owner_kind", "owner_name", "owner_is_controller"},
}

# What `workload predict --metrics` writes, beside the labels of the recorded machine.
PREDICTED_METRICS = {family.name: frozenset(family.labels) for family in FAMILIES}

FOREIGN_METRICS: dict[str, frozenset[str]] = {**KUBE_STATE_METRICS, **PREDICTED_METRICS}
