"""File systems: how full, and for how long there is room."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import of_machines
from grafana.dashboards.thresholds import (
    FILESYSTEM_ALMOST_FULL_USED,
    FILESYSTEM_FILLS_UP_LEFT,
    FILESYSTEM_OUT_OF_FILES_USED,
)
from grafana.dashboards.variables import MOST, highest, machines
from grafana.dashboards.words import Panel, Query, Step


def used() -> Panel:
    """Used share of the file systems."""
    free = machines("node_filesystem_avail_bytes", 'fstype!~"tmpfs|ramfs"')
    size = machines("node_filesystem_size_bytes", 'fstype!~"tmpfs|ramfs"')
    by = "by (instance, mountpoint)"
    share = f"1 - max {by} ({free}) / (max {by} ({size}) > 0)"
    return Panel(
        title="File systems used",
        description=(
            f"Share of the {MOST} fullest file systems that programs can no longer write to; file "
            "systems in memory are left out. Good: below 80 %. Bad: above "
            f"{FILESYSTEM_ALMOST_FULL_USED}, or a line that "
            "reaches the top within days."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[
            Query(highest(share, "instance, mountpoint", MOST), "{{instance}} {{mountpoint}}")
        ],
        width=8,
        minimum=0,
        maximum=1,
        steps=[
            Step(None, "green"),
            Step(0.9, "orange"),
            Step(FILESYSTEM_ALMOST_FULL_USED.value, "red"),
        ],
        may_be_empty=True,
    )


def files_used() -> Panel:
    """Used share of the file systems' file nodes."""
    used = machines("instance_mountpoint:node_filesystem_files_used:ratio")
    share = f"max by (instance, mountpoint) ({used})"
    return Panel(
        title="Files used",
        description=(
            f"Share of the file nodes (inodes) in use, of the {MOST} file systems with fewest "
            "left; those that make them as they need them are left out. Good: below 80 %. Bad: "
            f"above {FILESYSTEM_OUT_OF_FILES_USED}, for which there is an alert: no file can be "
            "made, though there is room."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[
            Query(highest(share, "instance, mountpoint", MOST), "{{instance}} {{mountpoint}}")
        ],
        width=8,
        minimum=0,
        maximum=1,
        steps=[
            Step(None, "green"),
            Step(0.9, "orange"),
            Step(FILESYSTEM_OUT_OF_FILES_USED.value, "red"),
        ],
        may_be_empty=True,
    )


def days_to_full() -> Panel:
    """How long the space lasts at the pace of the last six hours."""
    days = machines("instance_mountpoint:node_filesystem_full:days")
    return Panel(
        title="Days until full",
        description=(
            "How long the space lasts at the pace of the last six hours, of the 8 that are full "
            "first; file systems that do not fill up are left out. Good: empty, or weeks. Bad: "
            f"below {FILESYSTEM_FILLS_UP_LEFT.value:g} day, for which there is an alert."
        ),
        kind="bargauge",
        unit="suffix:d",
        queries=[
            Query(
                f"bottomk(8, min by (instance, mountpoint) ({days}))",
                "{{instance}} {{mountpoint}}",
                at_end=True,
            )
        ],
        width=8,
        minimum=0,
        decimals=1,
        steps=[Step(None, "red"), Step(FILESYSTEM_FILLS_UP_LEFT.value, "orange"), Step(7, "green")],
        no_value="none fills up",
        may_be_empty=True,
    )


def refused() -> Panel:
    """File systems that cannot be read, or not be written to."""
    by = "instance, mountpoint"
    error = f"max by ({by}) ({machines('node_filesystem_device_error')})"
    fixed = f"max by ({by}) ({machines('node_filesystem_readonly')})"
    return of_machines(
        "File systems that fail",
        f"File systems that cannot be asked how full they are (error), or take no writes (read "
        f"only), as 1; the {MOST} worst each. Good: 0, but for those that are meant to be read "
        "only. Bad: one that was 0 before: its device is failing.",
        "short",
        [
            Query(highest(error, by, MOST), "{{instance}} {{mountpoint}} error"),
            Query(highest(fixed, by, MOST), "{{instance}} {{mountpoint}} read only"),
        ],
        decimals=0,
    )
