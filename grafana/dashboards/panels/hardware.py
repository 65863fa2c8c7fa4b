"""Hardware: heat, clock rates, arrays of disks, and memory that loses data."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import by_machine, grown, of_machines
from grafana.dashboards.variables import MOST, highest, machines
from grafana.dashboards.words import Panel, Query, Step


def temperatures() -> Panel:
    """The hottest sensors."""
    celsius = f"max by (instance, chip, sensor) ({machines('node_hwmon_temp_celsius')})"
    return of_machines(
        "Temperatures",
        f"The {MOST} hottest sensors; virtual machines have none. Good: level, well below the "
        "parts' limits. Bad: at the limit: clock rates fall, or the machine stops.",
        "celsius",
        [
            Query(
                highest(celsius, "instance, chip, sensor"),
                "{{instance}} {{chip}} {{sensor}}",
            )
        ],
        minimum=None,
    )


def frequency() -> Panel:
    """The clock rates of the CPUs."""
    clock = machines("node_cpu_scaling_frequency_hertz")
    return of_machines(
        "CPU frequency",
        "The clock rates of the CPUs, the lowest and the highest; most virtual machines do not "
        "say. Good: high while the machine is busy. Bad: low while it is: heat, a power "
        "limit, or a governor that saves power.",
        "hertz",
        [
            Query(f"{how} by (instance) ({clock})", f"{{{{instance}}}} {word}")
            for how, word in (("min", "lowest"), ("max", "highest"))
        ],
    )


def arrays() -> Panel:
    """Disks that arrays lack."""
    by = "max by (instance, device)"
    required = f"{by} ({machines('node_md_disks_required')})"

    def having(state: str) -> str:
        disks = machines("node_md_disks", f'state="{state}"')
        return f"{by} ({disks})"

    return of_machines(
        "Disks that arrays lack",
        "Disks of software arrays (md) that failed, or are missing. Good: 0. Bad: any: the next "
        "failure may cost the data. Empty where there is no array.",
        "short",
        [
            Query(having("failed"), "{{instance}} {{device}} failed"),
            Query(f"{required} - {having('active')}", "{{instance}} {{device}} missing"),
        ],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def array_states() -> Panel:
    """Arrays that do not run, and how far a rebuild is."""
    by = "max by (instance, device)"
    inactive = machines("node_md_state", 'state="inactive"')
    members = f"{by} ({machines('node_md_raid_disks')})"
    synced, blocks = (f"{by} ({machines(f'node_md_blocks{end}')})" for end in ("_synced", ""))
    return of_machines(
        "Arrays that do not run",
        "Software arrays (md) that are inactive (1), and the share of an array that is in step "
        "with its other disks. Good: none inactive, all in step. Bad: inactive: what is on it "
        "cannot be read. Empty where there is no array.",
        "percentunit",
        [
            Query(
                f"({by} ({inactive}) and on (instance, device) ({members} > 0)) > 0",
                "{{instance}} {{device}} inactive",
            ),
            Query(f"{synced} / {blocks}", "{{instance}} {{device}} in step"),
        ],
    )


def memory_errors() -> Panel:
    """Errors of memory modules."""
    corrected = grown("node_edac_correctable_errors_total")
    lost = grown("node_edac_uncorrectable_errors_total")
    return of_machines(
        "Memory errors",
        "Errors that memory controllers counted within a step of the chart: corrected ones, and "
        "those that lost data. Good: 0. Bad: lost: replace the module. Virtual machines show none.",
        "short",
        [
            Query(f"sum by (instance) ({corrected})", "{{instance}} corrected"),
            Query(f"sum by (instance) ({lost})", "{{instance}} lost"),
        ],
        decimals=0,
    )


def hung_tasks() -> Panel:
    """Tasks that the kernel found hanging."""
    return of_machines(
        "Tasks that hang",
        "Tasks that the kernel found waiting for minutes without end, counted within a step of the "
        "chart (kernels that count them). Good: 0. Bad: any: a disk, or a file server, does not "
        "answer.",
        "short",
        [by_machine(grown("node_kernel_hung_tasks_total"))],
        decimals=0,
    )
