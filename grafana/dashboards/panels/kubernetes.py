"""Kubernetes: what namespaces, workloads and pods use, beside what they asked for.

Use is our exporter's: control groups, under the names that their pods have. Requests, limits,
owners and restarts are kube-state-metrics', where it is scraped (with ``honor_labels``).
"""

from __future__ import annotations

from grafana.dashboards.panels.shapes import of_machines
from grafana.dashboards.transformations import arranged, merged, ranked_by
from grafana.dashboards.variables import MOST, highest
from grafana.dashboards.words import Panel, Query, Style

_ROWS = 50
_JOB = 'job=~"$job"'
_PICKED = 'namespace=~"$namespace"'
_GROUP = "job, instance, id"
# Whose group it is; a pod's own group, around those of its containers, has no container.
_WHOSE = (
    f"max by ({_GROUP}, namespace, pod) (perf_container_info"
    f'{{{_JOB},{_PICKED},pod!="",container!=""}})'
)


def _of_pods(each: str) -> str:
    """A figure of control groups, with their namespaces and pods."""
    return f"({each}) * on ({_GROUP}) group_left (namespace, pod) {_WHOSE}"


_SECONDS = f"rate(container_cpu_usage_seconds_total{{{_JOB}}}[$__rate_interval])"
_CPU = _of_pods(f"sum by ({_GROUP}) ({_SECONDS})")
_MEMORY = _of_pods(f"max by ({_GROUP}) (container_memory_working_set_bytes{{{_JOB}}})")


def _asked(what: str, resource: str) -> str:
    """What containers asked for (requests), or may have at most (limits)."""
    return f'kube_pod_container_resource_{what}{{{_PICKED},resource="{resource}"}}'


def _restarts() -> str:
    return f"increase(kube_pod_container_status_restarts_total{{{_PICKED}}}[$__range])"


def _with_workload(each: str) -> str:
    """A figure of pods, with the workload that owns them.

    A Deployment owns its pods by a ReplicaSet, whose name is its own with a hash behind it.
    """
    sets = f'kube_pod_owner{{{_PICKED},owner_kind="ReplicaSet"}}'
    others = f'kube_pod_owner{{{_PICKED},owner_kind!="ReplicaSet"}}'
    owners = (
        f'label_replace({sets}, "workload", "$1", "owner_name", "(.+)-[^-]+")'
        f' or label_replace({others}, "workload", "$1", "owner_name", "(.+)")'
    )
    by = "namespace, pod"
    owned = f"max by ({by}, workload) ({owners})"
    return f"sum by ({by}) ({each}) * on ({by}) group_left (workload) {owned}"


# Title, figure, unit.
_COLUMNS = (
    ("CPUs used", _CPU, "count:CPUs"),
    ("CPUs requested", _asked("requests", "cpu"), "count:CPUs"),
    ("CPU limits", _asked("limits", "cpu"), "count:CPUs"),
    ("Memory used", _MEMORY, "bytes"),
    ("Memory requested", _asked("requests", "memory"), "bytes"),
    ("Memory limits", _asked("limits", "memory"), "bytes"),
    ("Restarts", _restarts(), "none"),
)


def _table(title: str, description: str, by: tuple[str, ...], *, of_workloads: bool) -> Panel:
    figures = [_with_workload(each) if of_workloads else each for _, each, _ in _COLUMNS]
    queries = [f"sum by ({', '.join(by)}) ({each})" for each in figures]
    letters = [f"Value #{chr(ord('A') + i)}" for i in range(len(_COLUMNS))]
    names = {label: label.capitalize() for label in by}
    names |= {letter: title for letter, (title, _, _) in zip(letters, _COLUMNS, strict=True)}
    return Panel(
        title=title,
        description=(
            f"{description} Requests, limits and restarts (within the time range) are empty where "
            "kube-state-metrics is not scraped. Good: use near what was requested. Bad: far below: "
            "machines stand empty and no pod fits; or memory near its limit: the next peak kills."
        ),
        kind="table",
        unit="none",
        queries=[Query(f"topk({_ROWS}, {query})", at_end=True) for query in queries],
        width=24,
        height=10,
        transformations=[merged(), *ranked_by("Value #A", descending=True), arranged(names)],
        styles=[
            Style(title, (("unit", unit), ("decimals", 0 if title == "Restarts" else 2)))
            for title, _, unit in _COLUMNS
        ],
        may_be_empty=True,
    )


def namespaces() -> Panel:
    """A line for each namespace."""
    return _table(
        "Namespaces",
        f"What the {_ROWS} largest namespaces use and asked for.",
        ("namespace",),
        of_workloads=False,
    )


def workloads() -> Panel:
    """A line for each Deployment, StatefulSet, DaemonSet or Job."""
    return _table(
        "Workloads",
        f"What the {_ROWS} largest workloads use and asked for, by who owns the pods; known from "
        "kube-state-metrics only.",
        ("namespace", "workload"),
        of_workloads=True,
    )


def pods() -> Panel:
    """A line for each pod."""
    return _table(
        "Pods",
        f"What the {_ROWS} largest pods use and asked for.",
        ("namespace", "pod"),
        of_workloads=False,
    )


def _course(title: str, description: str, unit: str, used: str, resource: str) -> Panel:
    each = f"sum by (namespace) ({used})"
    requested = f"sum({_asked('requests', resource)})"
    return of_machines(
        title,
        f"{description}, the {MOST} namespaces with most; with it, what all picked ones requested. "
        "Good: the sum is near what was requested. Bad: far below, or above it for long.",
        unit,
        [
            Query(highest(each, "namespace"), "{{namespace}}"),
            Query(requested, "requested, all"),
        ],
        width=12,
    )


def cpu() -> Panel:
    """CPUs that namespaces use."""
    return _course("CPUs by namespace", "CPUs in use", "count:CPUs", _CPU, "cpu")


def memory() -> Panel:
    """Memory that namespaces use."""
    return _course("Memory by namespace", "Memory in use", "bytes", _MEMORY, "memory")
