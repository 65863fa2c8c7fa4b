"""The exporter's own health: what answers, how long it takes, what it costs, what it hides."""

from __future__ import annotations

from grafana.dashboards.links import SERIES_TO_MACHINE, machine_column
from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.thresholds import (
    SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE,
    SCRAPE_BUDGET_BURNS_FAST_FAST,
    SCRAPE_SLOW_DURATION,
    SERIES_GROW_GROWTH,
)
from grafana.dashboards.transformations import arranged, merged, sorted_by
from grafana.dashboards.variables import highest, machines, rate
from grafana.dashboards.words import Panel, Query, Step, ValueText

_MOST = 8
# The shares of scrapes that may fail, that must not, and that use up a month's allowance in days.
_MISSED = SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE.value
_AGREED = 1 - _MISSED
_BURNS = round(SCRAPE_BUDGET_BURNS_FAST_FAST.value * _MISSED, 6)


def up() -> Panel:
    """Whether each machine answers."""
    return Panel(
        title="Scrapes answered",
        description=(
            "Share of the scrapes of the time range that each of the 8 worst machines answered. "
            f"Good: 100 %. Bad: below {100 * _AGREED:g} %, the agreed level."
        ),
        kind="bargauge",
        unit="percentunit",
        queries=[
            Query(
                f"bottomk({_MOST}, avg by (instance) (avg_over_time({machines('up')}[$__range])))",
                "{{instance}}",
                at_end=True,
            )
        ],
        minimum=0,
        maximum=1,
        decimals=2,
        steps=[Step(None, "red"), Step(0.99, "orange"), Step(_AGREED, "green")],
    )


def _of_machines(title: str, description: str, unit: str, each: str) -> Panel:
    """A course for each of the machines with the highest values."""
    return Panel(
        title=title,
        description=description,
        kind="timeseries",
        unit=unit,
        queries=[Query(highest(each, "instance", _MOST), "{{instance}}")],
        minimum=0,
        legend="list",
        links=[SERIES_TO_MACHINE],
    )


def scrape_seconds() -> Panel:
    """How long scrapes take."""
    return _of_machines(
        "Time of a scrape",
        "How long Prometheus waits for a page, of the 8 slowest machines. Good: some "
        f"milliseconds. Bad: above {SCRAPE_SLOW_DURATION}, for which there is an alert.",
        "s",
        f"max by (instance) ({machines('scrape_duration_seconds')})",
    )


def samples() -> Panel:
    """How many samples a page has."""
    return _of_machines(
        "Samples of a scrape",
        "How many samples each page has, of the 8 largest. Good: steady. Bad: "
        f"{SERIES_GROW_GROWTH} the day before, for which there is an alert: a label has too "
        "many values.",
        "short",
        f"max by (instance) ({machines('scrape_samples_scraped')})",
    )


def cpu() -> Panel:
    """The exporter's share of a CPU."""
    return _of_machines(
        "CPU of the exporter",
        "Share of one CPU that the exporter uses, of the 8 dearest. Good: below 0.1 %. Bad: "
        "above 1 %: it is scraped too often, or has too much to show.",
        "percentunit",
        f"max by (instance) ({rate('process_cpu_seconds_total')})",
    )


def memory() -> Panel:
    """The exporter's resident memory."""
    return _of_machines(
        "Memory of the exporter",
        "Resident memory of the exporter, of the 8 largest. Good: steady, some ten megabytes. "
        "Bad: a line that only rises.",
        "bytes",
        f"max by (instance) ({machines('process_resident_memory_bytes')})",
    )


def failing() -> Panel:
    """Collectors that worked within the last day and fail now."""
    success = machines("node_scrape_collector_success")
    worked = f"max_over_time({success}[1d]) == 1"
    return Panel(
        title="Collectors that fail",
        description=(
            "Collectors that gave samples within the last day and give none now; those that never "
            "had anything to read are left out. Good: empty. Bad: any: the exporter's log has one "
            "line with the reason."
        ),
        kind="table",
        unit="none",
        queries=[
            Query(f"max by (instance, collector) (({success} == 0) and ({worked}))", at_end=True)
        ],
        transformations=[
            merged(),
            sorted_by("instance"),
            arranged({"instance": "Machine", "collector": "Collector"}, ("Time", "Value")),
        ],
        styles=[machine_column()],
        no_value="none",
        may_be_empty=True,
    )


def _of_collectors(title: str, description: str, unit: str, each: str) -> Panel:
    """A course for each of the collectors with the highest values."""
    return Panel(
        title=title,
        description=description,
        kind="timeseries",
        unit=unit,
        queries=[Query(highest(each, "collector", _MOST), "{{collector}}")],
        minimum=0,
        legend="list",
    )


def collector_seconds() -> Panel:
    """How long each collector takes."""
    return _of_collectors(
        "Slowest collectors",
        "How long the 8 slowest collectors take at a scrape, the slowest machine of each. "
        "Good: below a millisecond. Bad: seconds: a source that hangs; see --collector.timeout.",
        "s",
        f"max by (collector) ({machines('node_scrape_collector_duration_seconds')})",
    )


def collector_cpu() -> Panel:
    """What each collector costs."""
    return _of_collectors(
        "CPU of the collectors",
        "CPU time a second that the 8 dearest collectors use, all picked machines together. "
        "Good: thousandths of a CPU a machine. Bad: one that grows with devices or containers.",
        "percentunit",
        f"sum by (collector) ({rate('perf_exporter_collector_cpu_seconds_total')})",
    )


def versions() -> Panel:
    """Which version runs where."""
    build = machines("node_exporter_build_info")
    return Panel(
        title="Versions",
        description=(
            "How many machines run which version of the exporter. Good: one. Bad: several, weeks "
            "after an upgrade."
        ),
        kind="bargauge",
        unit="short",
        queries=[Query(f"count by (version) ({build})", "{{version}}", at_end=True)],
        minimum=0,
    )


def burn() -> Panel:
    """The share of failed scrapes against the agreed level."""
    windows = ("5m", "30m", "1h", "6h", "1d", "3d")
    return Panel(
        title="Failed scrapes, by window",
        description=(
            "Share of the scrapes that failed, over windows of 5 minutes to 3 days. Good: all "
            f"below {SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE}, the agreed level. Bad: above "
            f"{100 * _BURNS:g} % over an hour: the month's allowance is gone in two days, and an "
            "alert fires."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[
            Query(f'max(job:scrape_errors:ratio_avg{window}{{job=~"$job"}})', window)
            for window in windows
        ],
        minimum=0,
        steps=[Step(None, "green"), Step(_MISSED, "orange"), Step(_BURNS, "red")],
        legend="list",
    )


def hidden_containers() -> Panel:
    """Containers beyond the exporter's limit."""
    return figure(
        title="Containers not shown",
        description=(
            "Containers beyond the exporter's limit. Good: 0. Bad: any: raise "
            "--collector.cgroup.limit where they matter."
        ),
        query=Query(f"sum({machines('perf_containers_hidden')}) or vector(0)", "containers"),
        width=6,
        steps=[Step(None, "green"), Step(1, "orange")],
    )


def answering(width: int = 6, height: int = 4) -> Panel:
    """Whether the picked machines are scraped."""
    return Panel(
        title="Scraped",
        description=(
            "Whether the exporter answered the last scrape. Good: yes. Bad: no: nothing else here "
            f"is of now. Of more than {_MOST} machines {_MOST} are shown, first those that did not."
        ),
        kind="stat",
        unit="none",
        queries=[
            Query(
                f"sort(bottomk({_MOST}, min by (instance) ({machines('up')})))",
                "{{instance}}",
                at_end=True,
            )
        ],
        width=width,
        height=height,
        values=(ValueText(1, "yes", "green"), ValueText(0, "no", "red")),
    )


def successes() -> Panel:
    """Each collector's last success, as a row."""
    success = machines("node_scrape_collector_success")
    return Panel(
        title="Collectors over time",
        description=(
            "Which collectors gave samples, over time; grey ones had nothing to read, or failed. "
            "Good: rows of one colour. Bad: a row that changes."
        ),
        kind="status-history",
        unit="none",
        queries=[Query(f"max by (collector) ({success})", "{{collector}}")],
        width=24,
        height=14,
        values=(ValueText(1, "samples", "green"), ValueText(0, "none", "transparent")),
    )
