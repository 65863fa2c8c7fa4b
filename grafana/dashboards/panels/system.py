"""The system as a whole: processes, descriptors of files, interrupts, and units of systemd."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import by_machine, of_machines
from grafana.dashboards.thresholds import FILE_DESCRIPTORS_ALMOST_USED_UP_USED
from grafana.dashboards.variables import machines, rate
from grafana.dashboards.words import Panel, Query, Step


def processes() -> Panel:
    """Processes that run, wait and begin."""
    return of_machines(
        "Processes",
        "Tasks that want a CPU (running), and that wait for a disk (blocked). Good: running near "
        "the number of CPUs or below. Bad: many blocked: the disks, or a file server, are slow.",
        "short",
        [
            by_machine(machines("node_procs_running"), "running"),
            by_machine(machines("node_procs_blocked"), "blocked"),
        ],
    )


def begun() -> Panel:
    """Processes that begin."""
    return of_machines(
        "Processes begun",
        "Processes and threads that begin each second. Good: follows the work. Bad: hundreds "
        "without work: a script, or a service that restarts without end.",
        "count:processes/s",
        [by_machine(rate("node_forks_total"))],
    )


def descriptors() -> Panel:
    """How many of the files that may be open are."""
    limit = FILE_DESCRIPTORS_ALMOST_USED_UP_USED
    share = f"{machines('node_filefd_allocated')} / ({machines('node_filefd_maximum')} > 0)"
    return of_machines(
        "File descriptors used",
        "Share of the files that the whole machine may have open. Good: some per cent. Bad: above "
        f"{limit}: soon no program can open anything.",
        "percentunit",
        [by_machine(share)],
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


def interrupts() -> Panel:
    """Interrupts of all CPUs."""
    return of_machines(
        "Interrupts",
        "Interrupts a second, all CPUs together. Good: follows the work. Bad: a climb without "
        "work: a device or a driver that fires without end.",
        "count:interrupts/s",
        [by_machine(rate("node_intr_total"))],
    )


def units() -> Panel:
    """Units of systemd that are not as they should be."""

    def in_state(state: str, word: str) -> Query:
        units = machines("node_systemd_units", f'state="{state}"')
        return Query(f"sum by (instance) ({units})", f"{{{{instance}}}} {word}")

    return of_machines(
        "Units that failed",
        "Units of systemd that failed, or are just being started; known where the collector "
        "systemd is on. Good: 0. Bad: any failed; one that is starting for minutes.",
        "short",
        [in_state("failed", "failed"), in_state("activating", "starting")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )
