"""What memory holds, part by part, and how much of swap is used."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import by_machine, of_machines
from grafana.dashboards.variables import machines
from grafana.dashboards.words import Panel, Query

# From what programs asked for to what the kernel keeps for itself.
_PARTS = (
    ("AnonPages", "programs' own"),
    ("Shmem", "shared"),
    ("Mapped", "mapped files"),
    ("SReclaimable", "kernel, can be freed"),
    ("SUnreclaim", "kernel, cannot"),
    ("PageTables", "page tables"),
    ("KernelStack", "kernel stacks"),
    ("HardwareCorrupted", "broken"),
)


def breakdown() -> Panel:
    """The parts of memory of the picked machines."""
    return of_machines(
        "Memory by part",
        "What programs and the kernel hold, part by part, the picked machines summed; parts "
        "overlap, and are not stacked. Good: programs' own grows with the work. Bad: what the "
        "kernel cannot free grows for days: a leak in a driver; anything broken.",
        "bytes",
        [Query(f"sum({machines(f'node_memory_{name}_bytes')})", word) for name, word in _PARTS],
    )


def swap() -> Panel:
    """How much of swap is used."""
    free = f"max by (instance) ({machines('node_memory_SwapFree_bytes')})"
    total = f"max by (instance) ({machines('node_memory_SwapTotal_bytes')})"
    return of_machines(
        "Swap used",
        "Share of swap in use; empty where there is none. Good: some, of what nobody needs. Bad: "
        "a climb while pages go in and out (see Swapping).",
        "percentunit",
        [Query(f"1 - {free} / ({total} > 0)", "{{instance}}")],
    )


def promised() -> Panel:
    """Memory that programs were promised."""
    promised_bytes = machines("node_memory_Committed_AS_bytes")
    limit = machines("node_memory_CommitLimit_bytes")
    return of_machines(
        "Memory promised",
        "Memory that programs asked for, used or not, as a share of what the kernel would grant "
        "where it is strict (vm.overcommit_memory=2). Good: below 100 %. Bad: far above: when all "
        "of it is used, something is killed.",
        "percentunit",
        [by_machine(f"{promised_bytes} / ({limit} > 0)")],
    )
