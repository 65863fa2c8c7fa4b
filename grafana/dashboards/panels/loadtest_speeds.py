"""Whether the newest load test went to and fro between two speeds."""

from __future__ import annotations

from grafana.dashboards.variables import of_kernel
from grafana.dashboards.words import Panel, Query, Step


def two_speeds() -> Panel:
    """Both ratios of the newest run, which is told from older ones by its id."""
    newest = of_kernel("perf_loadtest_info")

    def of_newest(metric: str) -> str:
        both = f"{of_kernel(metric)} * on (instance, kernel, test_id) group_left () {newest}"
        return f"max by (instance) ({both})"

    return Panel(
        title="Two speeds",
        description=(
            "Of a run in which the machine went to and fro between two speeds: the slow one over "
            "the quick one, and the share of the time at the slow one. The rates of such a run are "
            "medians, those of the more frequent speed; its mean is the work done. Good: none. "
            "Bad: any: a neighbour, a clock or a power limit comes and goes."
        ),
        kind="stat",
        unit="percentunit",
        queries=[
            Query(
                of_newest("perf_loadtest_slow_speed_ratio"),
                "{{instance}}: slow over quick",
                at_end=True,
            ),
            Query(
                of_newest("perf_loadtest_slow_time_ratio"),
                "{{instance}}: time at the slow one",
                at_end=True,
            ),
        ],
        width=24,
        height=6,
        decimals=1,
        steps=[Step(None, "orange")],
        no_value="none",
        may_be_empty=True,
    )
