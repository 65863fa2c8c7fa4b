"""The dashboard of containers: what each uses, and what holds it back."""

from __future__ import annotations

from grafana.dashboards import marks
from grafana.dashboards.panels import containers, pods
from grafana.dashboards.shown import CONTAINERS_IN_NEED, marks_of_shown, narrowed, of_shown
from grafana.dashboards.variables import CONTAINER, JOB, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """The largest users of each resource among the picked containers."""
    machine, shown = narrowed(MACHINE, CONTAINERS_IN_NEED)
    return Dashboard(
        uid="perfanalysis-containers",
        title="PerfAnalysis: containers",
        description="What containers use, against what they may use.",
        tags=["perfanalysis", "containers"],
        variables=[JOB, machine, CONTAINER, shown],
        rows=[of_shown(row) for row in _rows()],
        annotations=marks_of_shown([marks.ALERTS]),
    )


def _rows() -> list[Row]:
    """What they are, then each resource."""
    return [
        Row("Containers", [containers.table()]),
        Row("CPU", [containers.cpu(), containers.throttled()]),
        Row("Memory", [containers.memory(), containers.memory_of_limit()]),
        Row("Pods", [pods.throttled(), pods.memory_of_limit(), pods.killed()]),
        Row(
            "Disks and processes",
            [containers.read(), containers.written(), containers.processes()],
        ),
        Row("Waiting", containers.waiting()),
    ]
