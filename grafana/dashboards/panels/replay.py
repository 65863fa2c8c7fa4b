"""A replay of a recording: what it wants, what is reached, and what this machine cannot do."""

from __future__ import annotations

from grafana.dashboards.variables import machines
from grafana.dashboards.words import Panel, Query


def cpu() -> Panel:
    """CPU time, wanted and reached."""
    target = machines("perf_replay_target", 'resource="cpu"')
    actual = machines("perf_replay_actual", 'resource="cpu"')
    return Panel(
        title="CPU: wanted and reached",
        description=(
            "Share of CPU time that the recording wants, and that the machine had. Good: one line "
            "on the other. Bad: a wanted share above 100 %, which this machine cannot do; reached "
            "above wanted: other programs run. Empty while no replay is in progress."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[
            Query(f"max by (instance) ({target})", "{{instance}} wanted"),
            Query(f"max by (instance) ({actual})", "{{instance}} reached"),
        ],
        width=9,
        minimum=0,
        may_be_empty=True,
    )


def distance() -> Panel:
    """How far off each resource is on average."""
    metric = machines("perf_replay_mean_absolute_error_ratio")
    return Panel(
        title="Mean distance",
        description=(
            "Mean distance of what was reached from what was wanted since the replay began, of "
            "what was wanted; of cpu, of all CPU time. Good: below 1 % of cpu, 2 % of memory, 5 % "
            "of bytes. Bad: more, and growing: look at what else runs. Empty while no replay is in "
            "progress."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[
            Query(f"max by (instance, resource) ({metric})", "{{instance}} {{resource}}"),
        ],
        width=9,
        minimum=0,
        may_be_empty=True,
    )


def unreachable() -> Panel:
    """Ticks that needed more than there is."""
    metric = machines("perf_replay_unreachable_ticks")
    return Panel(
        title="Beyond this machine",
        description=(
            "Ticks of the replay in progress that needed more than this machine has. Good: 0. Bad: "
            "any: the workload does not fit here at those times."
        ),
        kind="stat",
        unit="none",
        queries=[
            Query(
                f"max by (instance, resource) ({metric})",
                "{{instance}} {{resource}}",
                at_end=True,
            )
        ],
        width=6,
        no_value="no replay",
        may_be_empty=True,
    )
