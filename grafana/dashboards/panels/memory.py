"""Memory: how much is used, by what, who waits for it, and what was pushed out."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import both_ways, some_and_all
from grafana.dashboards.thresholds import MEMORY_PRESSURE_WAITING, MEMORY_THRASHING_USED
from grafana.dashboards.variables import machines, rate
from grafana.dashboards.words import Panel, Query, Step


def used() -> Panel:
    """Used share of memory of each machine."""
    available = f"max by (instance) ({machines('node_memory_MemAvailable_bytes')})"
    total = f"max by (instance) ({machines('node_memory_MemTotal_bytes')})"
    return Panel(
        title="Memory used",
        description=(
            "Share of memory that programs could not have without pushing something out "
            "(1 - MemAvailable / MemTotal; the page cache counts as free). Good: below 80 %. "
            f"Bad: above {MEMORY_THRASHING_USED}: the next peak swaps, or the kernel kills a "
            "process."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(f"1 - {available} / {total}", "{{instance}}")],
        minimum=0,
        maximum=1,
        steps=[Step(None, "green"), Step(MEMORY_THRASHING_USED.value, "red")],
    )


def by_use() -> Panel:
    """What the memory of all picked machines holds."""
    fields = {name: f"sum({machines(f'node_memory_{name}_bytes')})" for name in _FIELDS}
    cache = f"{fields['Buffers']} + {fields['Cached']} + {fields['SReclaimable']}"
    programs = f"{fields['MemTotal']} - {fields['MemFree']} - ({cache})"
    return Panel(
        title="Memory by use",
        description=(
            "What the memory of the picked machines holds, summed: programs (and the kernel's "
            "own), caches, and nothing. Good: caches fill what programs leave. Bad: programs grow "
            "and never shrink: a leak."
        ),
        kind="timeseries",
        unit="bytes",
        queries=[
            Query(programs, "programs"),
            Query(cache, "caches"),
            Query(fields["MemFree"], "free"),
        ],
        minimum=0,
        stacked=True,
    )


_FIELDS = ("MemTotal", "MemFree", "Buffers", "Cached", "SReclaimable")


def pressure() -> Panel:
    """Share of time in which tasks waited for memory."""
    return some_and_all(
        "Memory pressure",
        "Share of time in which some task, or all of them, waited for memory to be freed "
        "(pressure stall information; empty where the kernel has none). Good: 0. Bad: anything "
        f"above {MEMORY_PRESSURE_WAITING}: memory is too small for the work.",
        "memory",
        steps=[Step(None, "green"), Step(MEMORY_PRESSURE_WAITING.value, "red")],
    )


def major_faults() -> Panel:
    """Pages that had to be read from a disk before a program could go on."""
    expression = f"max by (instance) ({rate('node_vmstat_pgmajfault')})"
    return Panel(
        title="Major page faults",
        description=(
            "Pages per second that had to be read from a disk before a program could go on. Good: "
            "near 0 but for program starts. Bad: hundreds per second for minutes: programs' pages "
            "are pushed out while they are needed."
        ),
        kind="timeseries",
        unit="count:pages/s",
        queries=[Query(expression, "{{instance}}")],
        width=8,
        minimum=0,
    )


def _in_and_out(title: str, description: str, unit: str, field: str, *, width: int = 12) -> Panel:
    def way(word: str) -> Query:
        moved = rate(f"node_vmstat_{field}{word}")
        return Query(f"max by (instance) ({moved})", f"{{{{instance}}}} {word}")

    return both_ways(title, description, unit, way("in"), way("out"), width=width)


def swapping() -> Panel:
    """Pages swapped in and out."""
    return _in_and_out(
        "Swapping",
        "Pages per second read from swap (in, above) and written to it (out, below). Good: 0, "
        "or some out at night. Bad: both at once for minutes: memory is too small.",
        "count:pages/s",
        "pswp",
        width=8,
    )


def paging() -> Panel:
    """Data paged in and out, to and from all disks."""
    return _in_and_out(
        "Paging",
        "Data per second that the kernel's memory management read from disks (in, above) and "
        "wrote to them (out, below), files included. Good: follows the work. Bad: much in "
        "while memory is nearly full: the page cache is too small for the files in use.",
        "KiBs",
        "pgpg",
    )


def unwritten() -> Panel:
    """What has to be written to disks before its memory is free."""

    def held(name: str) -> Query:
        expression = f"max by (instance) ({machines(f'node_memory_{name}_bytes')})"
        return Query(expression, f"{{{{instance}}}} {name.lower()}")

    return Panel(
        title="Waiting to be written",
        description=(
            "Memory that holds what disks do not have yet (dirty), and what is on its way to them "
            "(writeback). Good: it rises with writes and falls soon. Bad: a plateau of gigabytes: "
            "the disks do not keep up, and programs that write will be held up."
        ),
        kind="timeseries",
        unit="bytes",
        queries=[held("Dirty"), held("Writeback")],
        width=8,
        minimum=0,
    )


def out_of_memory_kills() -> Panel:
    """Processes that the kernel killed for want of memory."""
    kills = machines("node_vmstat_oom_kill")
    # Whole kills: increase() stretches one to the ends of its window, and shows 1.5.
    fewest = f"min_over_time({kills}[$__rate_interval])"
    return Panel(
        title="Killed for want of memory",
        description=(
            "Processes that the kernel killed because memory ran out, counted over the last minute "
            "or one step of the chart, whichever is longer. Good: 0, always. Bad: any."
        ),
        kind="timeseries",
        unit="short",
        queries=[Query(f"max by (instance) ({kills} - {fewest})", "{{instance}}")],
        decimals=0,
        minimum=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )
