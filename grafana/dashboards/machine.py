"""The dashboard of one machine, or of some beside each other: what it does and what it can do."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards import marks
from grafana.dashboards.panels import (
    clock,
    container_limits,
    containers,
    cpu,
    disk,
    exporter,
    filesystem,
    hardware,
    health,
    identity,
    links,
    loadtest,
    memory,
    memory_parts,
    network,
    price,
    sockets,
    system,
    vmstat,
)
from grafana.dashboards.shown import IN_NEED, marks_of_shown, narrowed, of_shown
from grafana.dashboards.variables import JOB, KERNEL, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Use, saturation and errors of each resource, then the load test and what it is worth."""
    return Dashboard(
        uid="perfanalysis-machine",
        title="PerfAnalysis: machine",
        description="What a machine does, what it can do, and how much of that a dollar buys.",
        tags=["perfanalysis", "machine", "load-test"],
        variables=[JOB, *narrowed(MACHINE, IN_NEED), KERNEL],
        rows=[
            Row("Now", [*of_shown(Row("", health.line())).panels, identity.table()]),
            *map(of_shown, _rows()),
        ],
        annotations=marks_of_shown([marks.LOAD_TESTS, marks.ALERTS]),
    )


def _rows() -> list[Row]:
    """Each resource, then the load test, containers and the exporter."""
    return [
        _cpu(),
        _memory(),
        _reclaim(),
        _disks(),
        _network(),
        _sockets(),
        _system(),
        _hardware(),
        _work(),
        _worth(),
        _containers(),
        _exporter(),
    ]


def _cpu() -> Row:
    """How busy the CPUs are, with what, and who waits for them."""
    return Row(
        "CPU",
        [
            cpu.busy(),
            cpu.by_mode(),
            cpu.busiest(),
            cpu.load_per_cpu(),
            cpu.pressure(),
            cpu.steal(),
            cpu.context_switches(),
            cpu.by_core(),
        ],
    )


def _memory() -> Row:
    """How much memory is used, by what, and what is pushed out."""
    return Row(
        "Memory and paging",
        [
            memory.used(),
            memory.by_use(),
            memory.pressure(),
            memory.major_faults(),
            memory.swapping(),
            memory.paging(),
            memory.out_of_memory_kills(),
            memory_parts.swap(),
            memory_parts.breakdown(),
            memory_parts.promised(),
        ],
    )


def _reclaim() -> Row:
    """What the kernel does for free pages."""
    return Row(
        "Memory: what the kernel does for free pages (vmstat)",
        [
            vmstat.reclaim(),
            vmstat.efficiency(),
            vmstat.stalls(),
            vmstat.refaults(),
            vmstat.compaction(),
            vmstat.huge_pages(),
            vmstat.numa(),
            vmstat.faults(),
            memory.unwritten(),
        ],
    )


def _disks() -> Row:
    """How busy and how full the disks are."""
    return Row(
        "Disks",
        [
            disk.busy(),
            disk.queue(),
            disk.operation_time(),
            disk.pressure(),
            disk.throughput(),
            filesystem.used(),
            filesystem.files_used(),
            filesystem.days_to_full(),
        ],
    )


def _network() -> Row:
    """What passes the interfaces, and what is lost there."""
    return Row(
        "Network",
        [
            network.throughput(),
            network.packets(),
            network.squeezed(),
            network.retransmitted(),
            network.errors(),
            replace(links.speed(), width=8),
            replace(links.carrier(), width=8),
            replace(links.bonds(), width=8),
        ],
    )


def _sockets() -> Row:
    """Connections and datagrams, and what is turned away or lost."""
    return Row(
        "Sockets",
        [
            replace(sockets.tcp(), width=12),
            replace(sockets.listening(), width=12),
            replace(sockets.udp(), width=12),
            replace(sockets.connection_table(), width=12),
        ],
    )


def _system() -> Row:
    """Processes, descriptors, interrupts, units, and the clock."""
    return Row(
        "System and clock",
        [
            system.processes(),
            system.descriptors(),
            system.interrupts(),
            clock.offset(),
            clock.error(),
            clock.ahead(),
            system.begun(),
            system.units(),
            hardware.hung_tasks(),
        ],
    )


def _hardware() -> Row:
    """Heat, clock rates, and parts that fail."""
    return Row(
        "Hardware",
        [
            replace(hardware.temperatures(), width=12),
            replace(hardware.frequency(), width=12),
            replace(hardware.arrays(), width=12),
            replace(hardware.array_states(), width=12),
            replace(filesystem.refused(), width=12),
            replace(hardware.memory_errors(), width=12),
        ],
    )


def _containers() -> Row:
    """The busiest containers, and those at their limits."""
    return Row(
        "Containers",
        [
            containers.on_machine(),
            replace(container_limits.held_back(), width=12),
            replace(container_limits.memory(), width=12),
            replace(container_limits.kills(), width=12),
        ],
    )


def _work() -> Row:
    """What the machine can do, by its load test."""
    return Row(
        "Load test: what the machine can do",
        [
            loadtest.results(),
            loadtest.comparison(),
            loadtest.reached(),
            loadtest.curve(),
        ],
    )


def _worth() -> Row:
    """What that costs, and whether to believe it."""
    return Row(
        "Price-performance",
        [
            loadtest.maximum(),
            price.units_per_dollar(),
            price.per_hour(),
            loadtest.validity(),
            loadtest.progress(),
        ],
    )


def _exporter() -> Row:
    """Whether the exporter answers, and what it costs."""
    return Row(
        "The exporter itself",
        [
            exporter.answering(height=8),
            replace(exporter.scrape_seconds(), width=9),
            replace(exporter.memory(), width=9),
            exporter.successes(),
        ],
    )
