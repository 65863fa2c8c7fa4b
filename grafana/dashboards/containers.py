"""The dashboard of containers: what each uses, and what holds it back."""

from __future__ import annotations

from grafana.dashboards import marks
from grafana.dashboards.panels import containers
from grafana.dashboards.variables import CONTAINER, JOB, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """The largest users of each resource among the picked containers."""
    return Dashboard(
        uid="perfanalysis-containers",
        title="PerfAnalysis: containers",
        description="What containers use, against what they may use.",
        tags=["perfanalysis", "containers"],
        variables=[JOB, MACHINE, CONTAINER],
        rows=[
            Row("Containers", [containers.table()]),
            Row("CPU", [containers.cpu(), containers.throttled()]),
            Row("Memory", [containers.memory(), containers.memory_of_limit()]),
            Row(
                "Disks and processes",
                [containers.read(), containers.written(), containers.processes()],
            ),
            Row("Waiting", containers.waiting()),
        ],
        annotations=[marks.ALERTS],
    )
