"""The dashboard of one machine, or of some beside each other: what it does and what it can do."""

from __future__ import annotations

from dataclasses import replace

from grafana.dashboards import marks
from grafana.dashboards.panels import (
    containers,
    cpu,
    disk,
    exporter,
    filesystem,
    identity,
    loadtest,
    memory,
    network,
    price,
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
            Row("Machines", [identity.table()]),
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
        _work(),
        _worth(),
        Row("Containers", [replace(containers.on_machine(), width=24)]),
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
