"""The dashboard of a Kubernetes cluster: namespaces, workloads and pods, use beside requests."""

from __future__ import annotations

from grafana.dashboards.panels import kubernetes
from grafana.dashboards.variables import JOB, NAMESPACE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Who uses what, and who asked for it."""
    return Dashboard(
        uid="perfanalysis-kubernetes",
        title="PerfAnalysis: Kubernetes",
        description="What namespaces, workloads and pods use, beside what they asked for.",
        tags=["perfanalysis", "kubernetes", "containers"],
        variables=[JOB, NAMESPACE],
        rows=[
            Row("Namespaces", [kubernetes.namespaces(), kubernetes.cpu(), kubernetes.memory()]),
            Row("Workloads", [kubernetes.workloads()]),
            Row("Pods", [kubernetes.pods()]),
        ],
        refresh="1m",
    )
