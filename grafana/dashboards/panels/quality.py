"""Whether the numbers can be believed: violations of the rules on the kernel's counters."""

from __future__ import annotations

from grafana.dashboards.links import SERIES_TO_MACHINE, machine_column
from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.thresholds import SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE
from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.variables import highest, machines
from grafana.dashboards.words import Panel, Query, Step

_VIOLATIONS = "perf_validation_violations_total"


def _grown(selector: str, by: str) -> str:
    return f"sum by ({by}) (increase({selector}[$__rate_interval]))"


def in_range() -> Panel:
    """All violations within the time range."""
    metric = machines(_VIOLATIONS)
    return figure(
        title="Violations",
        description=(
            "How often rules were violated within the time range. Good: 0. Bad: any: figures of "
            "that time are in doubt; the tables say which."
        ),
        query=Query(f"sum(increase({metric}[$__range]))", "violations", at_end=True),
        width=6,
        height=8,
        decimals=0,
        steps=[Step(None, "green"), Step(0.5, "red")],
    )


def rules_looked_at() -> Panel:
    """How many rules are looked at."""
    return figure(
        title="Rules looked at",
        description=(
            "Rules that have had what they need, on the machine with most of them. Good: steady. "
            "Bad: 0: the collector `validation` is switched off."
        ),
        query=Query(f"max(count by (instance) ({machines(_VIOLATIONS)}))", "rules", at_end=True),
        width=6,
        height=8,
    )


def by_rule() -> Panel:
    """Violations over time by rule."""
    return Panel(
        title="Violations by rule",
        description=(
            "How often each rule was violated, over time. Good: nothing. Bad: one rule again and "
            "again: the kernel or the hypervisor is wrong."
        ),
        kind="timeseries",
        unit="short",
        queries=[
            Query(
                f"{_grown(machines(_VIOLATIONS), 'collector, rule')} > 0", "{{collector}} {{rule}}"
            )
        ],
        minimum=0,
        may_be_empty=True,
    )


def by_machine() -> Panel:
    """Violations over time by machine."""
    return Panel(
        title="Violations by machine",
        description=(
            "How often rules were violated on the 8 machines with most. Good: nothing. Bad: one "
            "machine only: its host. All at once: a new kernel, or a new version of the exporter."
        ),
        kind="timeseries",
        unit="short",
        queries=[
            Query(
                f"({highest(_grown(machines(_VIOLATIONS), 'instance'), 'instance')}) > 0",
                "{{instance}}",
            )
        ],
        minimum=0,
        links=[SERIES_TO_MACHINE],
        may_be_empty=True,
    )


def table() -> Panel:
    """Every rule that was violated within the range."""
    names = {
        "instance": "Machine",
        "collector": "Collector",
        "rule": "Rule",
        "Value": "Violations",
    }
    grown = f"sum by (instance, collector, rule) (increase({machines(_VIOLATIONS)}[$__range]))"
    return Panel(
        title="What was violated",
        description=(
            "Every rule that was violated within the time range. Good: empty. Bad: rows of vmstat "
            "or cpu: leave that time out of reports."
        ),
        kind="table",
        unit="short",
        queries=[Query(f"{grown} > 0", at_end=True)],
        width=24,
        height=8,
        decimals=0,
        transformations=[merged(), sorted_by("instance"), arranged(names)],
        styles=[machine_column()],
        no_value="none",
        may_be_empty=True,
    )


def restarts() -> Panel:
    """Reboots, after which counters begin anew."""
    booted = machines("node_boot_time_seconds")
    idle = machines("node_cpu_seconds_total", 'mode="idle"')
    # Not by changes(): VictoriaMetrics counts a first sample as one, and setting the clock moves
    # the boot time by a second or so.
    moved = (
        f"max by (instance) (max_over_time({booted}[$__range]) - min_over_time({booted}[$__range]))"
    )
    counted = f"clamp_min(max by (instance) (resets({idle}[$__range])), 1)"
    return Panel(
        title="Restarts",
        description=(
            "How often each machine was started within the time range: counters begin at 0 then, "
            "which is no violation. Good: 0, or as planned. Bad: more."
        ),
        kind="bargauge",
        unit="short",
        queries=[
            Query(
                f"topk(10, {counted} and on (instance) {moved} > 30"
                f" or on (instance) {moved} > bool 30)",
                "{{instance}}",
                at_end=True,
            )
        ],
        minimum=0,
    )


def gaps() -> Panel:
    """Scrapes that are missing."""
    return Panel(
        title="Missing scrapes",
        description=(
            "Share of the scrapes of the time range that failed, of the 10 worst machines: gaps in "
            f"every chart. Good: 0. Bad: above {SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE}, the agreed "
            "level."
        ),
        kind="bargauge",
        unit="percentunit",
        queries=[
            Query(
                f"topk(10, 1 - avg by (instance) (avg_over_time({machines('up')}[$__range])))",
                "{{instance}}",
                at_end=True,
            )
        ],
        minimum=0,
        decimals=2,
        steps=[Step(None, "green"), Step(SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE.value, "red")],
    )
