"""Memory pressure as /proc/vmstat tells it: reclaim, stalls, compaction, huge pages, NUMA."""

from __future__ import annotations

from grafana.dashboards.thresholds import (
    MEMORY_RECLAIM_STALLS_EFFICIENCY,
    MEMORY_RECLAIM_STALLS_STALLS,
)
from grafana.dashboards.variables import highest, machines, rate
from grafana.dashboards.words import Panel, Query, Step

_FEW = 4  # machines


def _sum(field: str) -> str:
    return f"sum by (instance) ({rate(f'node_vmstat_{field}')})"


def _highest(field: str) -> str:
    """Where a chart has three lines a machine and more, each is of the few that have most of it."""
    return highest(_sum(field), "instance", _FEW)


def _chart(
    title: str, description: str, queries: list[Query], *, unit: str = "count:events/s"
) -> Panel:
    return Panel(
        title=title,
        description=description,
        kind="timeseries",
        unit=unit,
        queries=queries,
        width=8,
        minimum=0,
        may_be_empty=True,
    )


def reclaim() -> Panel:
    """Pages looked at and taken."""
    return _chart(
        "Pages scanned and reclaimed",
        "Pages a second that the kernel looked at to free them, and those that it could take, by "
        "its own thread and by programs that had to do it themselves (direct). Good: 0, or "
        "reclaimed near scanned. Bad: much direct, or much scanned for little. "
        f"Of each, the {_FEW} machines with most.",
        [
            Query(_highest("pgscan_kswapd"), "{{instance}} scanned"),
            Query(_highest("pgscan_direct"), "{{instance}} scanned, direct"),
            Query(_highest("pgsteal_kswapd"), "{{instance}} reclaimed"),
            Query(_highest("pgsteal_direct"), "{{instance}} reclaimed, direct"),
        ],
        unit="count:pages/s",
    )


def efficiency() -> Panel:
    """The share of scanned pages that could be taken."""
    metric = machines("instance:node_vmstat_reclaim_efficiency:ratio_rate5m")
    return Panel(
        title="Reclaim efficiency",
        description=(
            "The share of the pages looked at that could be taken; empty while none is looked at. "
            f"Good: near 100 %. Bad: below {100 * MEMORY_RECLAIM_STALLS_EFFICIENCY.value:g} % with "
            "stalls, for which there is an alert: the working set does not fit."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(f"max by (instance) ({metric})", "{{instance}}")],
        width=8,
        minimum=0,
        maximum=1,
        may_be_empty=True,
    )


def stalls() -> Panel:
    """Allocations that had to wait."""
    metric = machines("instance:node_vmstat_allocstall:rate5m")
    return Panel(
        title="Allocation stalls",
        description=(
            "Allocations a second that found no free page and had to reclaim some first. Good: 0. "
            f"Bad: above {MEMORY_RECLAIM_STALLS_STALLS} for minutes, for which there is an alert "
            "with bad reclaim efficiency."
        ),
        kind="timeseries",
        unit="count:stalls/s",
        queries=[Query(f"max by (instance) ({metric})", "{{instance}}")],
        width=8,
        minimum=0,
        steps=[Step(None, "green"), Step(MEMORY_RECLAIM_STALLS_STALLS.value, "red")],
        may_be_empty=True,
    )


def compaction() -> Panel:
    """Attempts to make contiguous memory."""
    return _chart(
        "Compaction",
        "How often a second the kernel moved pages to make larger pieces, with success and "
        "without, and programs that waited for it. Good: 0. Bad: stalls or failures all the time: "
        "memory is fragmented; huge pages cost more than they give. "
        f"Of each, the {_FEW} machines with most.",
        [
            Query(_highest("compact_success"), "{{instance}} success"),
            Query(_highest("compact_fail"), "{{instance}} failure"),
            Query(_highest("compact_stall"), "{{instance}} stalls"),
        ],
    )


def huge_pages() -> Panel:
    """Transparent huge pages at page faults."""
    return _chart(
        "Transparent huge pages",
        "Huge pages a second that were given at page faults, those that could not be (fallback), "
        "and those that were split again. Good: few fallbacks. Bad: fallbacks near faults: "
        f"fragmented memory. Of each, the {_FEW} machines with most.",
        [
            Query(_highest("thp_fault_alloc"), "{{instance}} given"),
            Query(_highest("thp_fault_fallback"), "{{instance}} fallback"),
            Query(_highest("thp_split_page"), "{{instance}} split"),
        ],
        unit="count:pages/s",
    )


def numa() -> Panel:
    """Pages that moved between NUMA nodes."""
    return _chart(
        "NUMA balancing",
        "Pages a second that the kernel moved to the node that uses them, and faults that it made "
        "to find out. Good: 0, or it settles. Bad: all the time: threads wander between nodes. "
        "Empty or 0 on machines with one node.",
        [
            Query(_sum("numa_pages_migrated"), "{{instance}} moved"),
            Query(_sum("numa_hint_faults"), "{{instance}} faults"),
        ],
    )


def faults() -> Panel:
    """Page faults of all kinds."""
    return _chart(
        "Page faults",
        "Page faults a second: pages that a program touched for the first time, or that came from "
        "the page cache; nearly all need no disk. Good: follows the work. Bad: a level that rises "
        "for the same work: programs ask for memory and give it back all the time.",
        [Query(_sum("pgfault"), "{{instance}}")],
        unit="count:faults/s",
    )


def refaults() -> Panel:
    """Pages that were read again soon after they were thrown out."""
    return _chart(
        "Working set refaults",
        "Pages a second that were needed again soon after they had been thrown out: of files and "
        "of programs. Good: near 0. Bad: hundreds for minutes: the working set does not fit.",
        [
            Query(_sum("workingset_refault_file"), "{{instance}} files"),
            Query(_sum("workingset_refault_anon"), "{{instance}} programs"),
        ],
        unit="count:pages/s",
    )
