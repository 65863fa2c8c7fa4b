"""Disks: how busy, how long the queue, how slow, and how much."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import both_ways, some_and_all
from grafana.dashboards.variables import MOST, highest, rate
from grafana.dashboards.words import Panel, Query

_DEVICE = "{{instance}} {{device}}"


def _most(expression: str) -> str:
    return highest(expression, "instance, device", MOST)


def busy() -> Panel:
    """Share of time in which a disk had something to do."""
    expression = f"max by (instance, device) ({rate('node_disk_io_time_seconds_total')})"
    return Panel(
        title="Disk busy",
        description=(
            f"Share of time in which the {MOST} busiest disks had at least one operation in "
            "progress. Good: below 80 %. Bad: near 100 % for long on a single spinning disk; "
            "disks that work in parallel (SSD, cloud volumes) can do more even then, so look at "
            "the queue and the time as well."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(_most(expression), _DEVICE)],
        minimum=0,
        may_be_empty=True,
    )


def queue() -> Panel:
    """Operations in progress or waiting, on average."""
    expression = f"max by (instance, device) ({rate('node_disk_io_time_weighted_seconds_total')})"
    return Panel(
        title="Disk queue",
        description=(
            f"Operations that were in progress or waiting, on average, at the {MOST} disks with "
            "most. Good: about as many as the disk works on at once. Bad: growing while "
            "throughput does not."
        ),
        kind="timeseries",
        unit="short",
        queries=[Query(_most(expression), _DEVICE)],
        minimum=0,
        decimals=1,
        may_be_empty=True,
    )


def _time_of(seconds: str, operations: str) -> str:
    spent, done = rate(seconds), rate(operations)
    # A disk that did nothing has no time: absent, not infinite.
    return f"max by (instance, device) ({spent}) / (max by (instance, device) ({done}) > 0)"


def operation_time() -> Panel:
    """Mean time of a read and of a write."""
    reads = _time_of("node_disk_read_time_seconds_total", "node_disk_reads_completed_total")
    writes = _time_of("node_disk_write_time_seconds_total", "node_disk_writes_completed_total")
    return Panel(
        title="Time of a disk operation",
        description=(
            f"Mean time of a read and of a write, waiting included, of the {MOST} slowest disks "
            "each; a disk that did nothing shows nothing. Good: below 1 ms on local SSDs, some ms "
            "on cloud volumes. Bad: tens of milliseconds: the volume's limit is reached."
        ),
        kind="timeseries",
        unit="s",
        queries=[Query(_most(reads), f"{_DEVICE} read"), Query(_most(writes), f"{_DEVICE} write")],
        width=8,
        minimum=0,
        may_be_empty=True,
    )


def throughput() -> Panel:
    """Bytes read and written."""

    def moved(metric: str) -> str:
        return _most(f"max by (instance, device) ({rate(metric)})")

    return both_ways(
        "Disk throughput",
        f"Bytes read per second (above) and written (below), of the {MOST} disks with most. "
        "Good: follows the work. Bad: a flat top at the volume's bought limit.",
        "Bps",
        Query(moved("node_disk_read_bytes_total"), f"{_DEVICE} read"),
        Query(moved("node_disk_written_bytes_total"), f"{_DEVICE} written"),
        width=8,
        may_be_empty=True,
    )


def pressure() -> Panel:
    """Share of time in which tasks waited for disks."""
    return some_and_all(
        "Disk pressure",
        "Share of time in which some task, or all of them, waited for a disk (pressure stall "
        "information; empty where the kernel has none). Good: a few per cent. Bad: above 20 % "
        "for long: faster disks would speed the work up.",
        "io",
    )
