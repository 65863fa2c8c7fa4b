"""One machine's load test: how it went, and what goes on while one runs."""

from __future__ import annotations

from grafana.dashboards.panels.loadtest import LEVEL, one_line_a_machine
from grafana.dashboards.variables import machines, of_kernel
from grafana.dashboards.words import Panel, Query, Step, ValueText

LIVE_CHANNEL = "stream/perfanalysis/loadtest"


def steal() -> Panel:
    """Stolen time at each level."""
    metric = of_kernel("perf_loadtest_steal_ratio")
    return Panel(
        title="Stolen at each level",
        description=(
            "Share of CPU time that the hypervisor gave to others at each busy level (x axis, per "
            "cent). Good: 0. Bad: above 1 %: the level is spoiled."
        ),
        kind="trend",
        unit="percentunit",
        queries=[Query(f"max by (instance, busy) ({metric})", at_end=True)],
        height=10,
        minimum=0,
        x_field=LEVEL,
        transformations=one_line_a_machine(),
        may_be_empty=True,
    )


def throttling() -> Panel:
    """Whether a quota held the load test back."""
    held = machines("instance_name:container_cpu_throttled:ratio_rate5m")
    return Panel(
        title="Held back by a quota",
        description=(
            "Share of periods in which containers of the machine were held back by their CPU "
            "quota. Good: 0 while a load test runs without a quota; one in a container with one "
            "is held back at full load, and its levels are shares of the quota. Bad: any when the "
            "machine was to be measured: the quota was."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(f"max by (instance) ({held})", "{{instance}}")],
        width=12,
        minimum=0,
        steps=[Step(None, "green"), Step(0.25, "red")],
        may_be_empty=True,
    )


def scaling() -> Panel:
    """How many times one worker's rate the whole machine does."""
    metric = of_kernel("instance_kernel:perf_loadtest_scaling:ratio")
    cpus = machines("instance:node_cpus:count")
    return Panel(
        title="From one CPU to all",
        description=(
            "How many times one worker's rate all CPUs together do, and how many CPUs there are. "
            "Good: near the number of real cores, or above it. Bad: far below: threads share "
            "cores, caches or memory, or the clock drops."
        ),
        kind="bargauge",
        unit="short",
        queries=[
            Query(f"max by (instance) ({metric})", "{{instance}} times one worker", at_end=True),
            Query(f"max by (instance) ({cpus})", "{{instance}} CPUs", at_end=True),
        ],
        width=12,
        minimum=0,
        decimals=2,
        may_be_empty=True,
    )


def doubt() -> Panel:
    """How far the interval reaches from the estimate."""
    metric = of_kernel("instance_kernel:perf_loadtest_doubt:ratio")
    return Panel(
        title="Doubt",
        description=(
            "How far the 95 % interval at 100 % busy reaches from its middle, as a share of the "
            "estimate. Good: below 2 %. Bad: above 15 %: the run is not valid."
        ),
        kind="stat",
        unit="percentunit",
        queries=[Query(f"max by (instance) ({metric})", "{{instance}}", at_end=True)],
        width=6,
        height=6,
        decimals=2,
        steps=[Step(None, "green"), Step(0.02, "orange"), Step(0.15, "red")],
        may_be_empty=True,
    )


def thresholds() -> Panel:
    """The verdicts of the conditions that a run was started with."""
    metric = of_kernel("perf_loadtest_threshold_passed")
    return Panel(
        title="Thresholds",
        description=(
            "Whether the newest run passed each condition that it was started with (--fail-if). "
            "Good: passed. Bad: failed, for which there is an alert. Empty when there were none."
        ),
        kind="stat",
        unit="none",
        queries=[
            Query(
                f"min by (instance, threshold) ({metric})",
                "{{instance}} {{threshold}}",
                at_end=True,
            )
        ],
        width=6,
        height=6,
        values=(ValueText(1, "passed", "green"), ValueText(0, "failed", "red")),
        no_value="none",
        may_be_empty=True,
    )


def age() -> Panel:
    """How old the newest run is."""
    metric = of_kernel("instance_kernel:perf_loadtest_age:seconds")
    return Panel(
        title="Age",
        description=(
            "How long ago the newest run ended. Good: younger than the machine's last change. "
            "Bad: older than its kernel, microcode or type."
        ),
        kind="stat",
        unit="s",
        queries=[Query(f"min by (instance) ({metric})", "{{instance}}", at_end=True)],
        width=6,
        height=6,
        decimals=1,
        may_be_empty=True,
    )


def live_rate() -> Panel:
    """Units per second while a run is in progress, by scrapes."""
    metric = of_kernel("perf_loadtest_live_units_per_second")
    return Panel(
        title="Work just now, as scraped",
        description=(
            "Units per second of the run in progress, as Prometheus scrapes them: a point for "
            "each scrape. Good: steps that rise with the levels. Bad: dips within a level: "
            "something else runs. Empty while none is in progress."
        ),
        kind="timeseries",
        unit="count:units/s",
        queries=[Query(f"max by (instance) ({metric})", "{{instance}}")],
        width=9,
        minimum=0,
        may_be_empty=True,
    )


def live_stream() -> Panel:
    """Units per second as the load test itself sends them to Grafana Live."""
    return Panel(
        title="Work just now, streamed",
        description=(
            "Units per second as the load test sends them to Grafana Live once a second "
            "(docs/loadtest.md), without Prometheus in between. Good: as the panel beside it, "
            "finer. Bad: empty while a run is in progress: it was not told where Grafana is."
        ),
        kind="timeseries",
        unit="count:units/s",
        queries=[],
        width=9,
        minimum=0,
        stream=LIVE_CHANNEL,
        may_be_empty=True,
    )
