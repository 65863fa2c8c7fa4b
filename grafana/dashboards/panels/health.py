"""The health line of the shown machines: the worst of them in each respect, at a glance."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import figure
from grafana.dashboards.thresholds import (
    FILESYSTEM_ALMOST_FULL_USED,
    IN_NEED,
    MEMORY_THRASHING_USED,
    NEAR,
)
from grafana.dashboards.variables import machines, rate
from grafana.dashboards.words import DrawnThreshold, Panel, Query, Step, ValueText

_BUSY = 'mode!~"idle|iowait|steal"'
_DISKS = 'fstype!~"tmpfs|ramfs"'


def line() -> list[Panel]:
    """Eight figures of scraped series only: they need no rules."""
    return [_answering(), _up_for(), _cpu(), _memory(), _swap(), _filesystem(), _alerts(), _clock()]


def _share(title: str, description: str, expression: str, limit: DrawnThreshold) -> Panel:
    steps = [Step(None, "green"), Step(min(NEAR.value, limit.value), "orange")]
    if limit.value > NEAR.value:
        steps.append(Step(limit.value, "red"))
    return figure(
        title,
        f"{description} The highest of the picked machines. Good: green. Bad: above {limit}.",
        Query(f"max({expression})", at_end=True),
        unit="percentunit",
        width=3,
        decimals=0,
        steps=steps,
        may_be_empty=True,
    )


def _word(title: str, description: str, expression: str, good: ValueText, bad: ValueText) -> Panel:
    return Panel(
        title=title,
        description=description,
        kind="stat",
        unit="none",
        queries=[Query(f"min({expression})", at_end=True)],
        width=3,
        height=4,
        values=(good, bad),
        legend="none",
        may_be_empty=True,
    )


def _answering() -> Panel:
    return _word(
        "Answering now",
        "Whether all picked machines answered the last scrape. Good: yes. Bad: no: nothing else "
        "here is of now.",
        machines("up"),
        ValueText(1, "yes", "green"),
        ValueText(0, "no", "red"),
    )


def _up_for() -> Panel:
    return figure(
        "Booted",
        "How long ago the picked machine that booted last did. Good: when you meant it to. Bad: "
        "just now, and nobody knows why.",
        Query(f"time() - max({machines('node_boot_time_seconds')})", at_end=True),
        unit="s",
        width=3,
        decimals=1,
        may_be_empty=True,
    )


def _cpu() -> Panel:
    seconds = "node_cpu_seconds_total"
    busy = f"sum by (instance) ({rate(seconds, _BUSY)}) / sum by (instance) ({rate(seconds)})"
    return _share("CPU now", "Share of CPU time that did work.", busy, IN_NEED)


def _memory() -> Panel:
    free = f"max by (instance) ({machines('node_memory_MemAvailable_bytes')})"
    total = f"max by (instance) ({machines('node_memory_MemTotal_bytes')})"
    return _share(
        "Memory now",
        "Share of memory that programs could not have.",
        f"1 - {free} / {total}",
        MEMORY_THRASHING_USED,
    )


def _swap() -> Panel:
    free = f"max by (instance) ({machines('node_memory_SwapFree_bytes')})"
    total = f"max by (instance) ({machines('node_memory_SwapTotal_bytes')} > 0)"
    return _share(
        "Swap now",
        "Share of swap in use; empty where there is none.",
        f"1 - {free} / {total}",
        IN_NEED,
    )


def _filesystem() -> Panel:
    by = "max by (instance, mountpoint)"
    free = f"{by} ({machines('node_filesystem_avail_bytes', _DISKS)})"
    size = f"{by} ({machines('node_filesystem_size_bytes', _DISKS)} > 0)"
    return _share(
        "Fullest file system now",
        "Share of the fullest file system that cannot be written to any more.",
        f"1 - {free} / {size}",
        FILESYSTEM_ALMOST_FULL_USED,
    )


def _alerts() -> Panel:
    firing = machines("ALERTS", 'alertstate="firing"', 'severity=~"critical|warning"')
    return figure(
        "Alerts now",
        "Alerts of the picked machines that fire, critical ones and warnings. Good: 0. Bad: any: "
        "each has a page that says what to do (docs/runbooks).",
        Query(f"count({firing}) or vector(0)", at_end=True),
        width=3,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def _clock() -> Panel:
    return _word(
        "Clock kept",
        "Whether something keeps the clocks of all picked machines. Good: yes. Bad: no: times "
        "cannot be compared.",
        machines("node_timex_sync_status"),
        ValueText(1, "yes", "green"),
        ValueText(0, "no", "red"),
    )
