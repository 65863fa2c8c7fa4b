"""The dashboard of one machine, or of some beside each other: what it does and what it can do."""

from __future__ import annotations

from grafana.dashboards.panels import cpu, disk, identity, loadtest, memory, network, price
from grafana.dashboards.variables import JOB, KERNEL, MACHINE
from grafana.dashboards.words import Dashboard, Row


def dashboard() -> Dashboard:
    """Use, saturation and errors of each resource, then the load test and what it is worth."""
    return Dashboard(
        uid="perfanalysis-machine",
        title="PerfAnalysis: machine",
        description="What a machine does, what it can do, and how much of that a dollar buys.",
        tags=["perfanalysis", "machine", "load-test"],
        variables=[JOB, MACHINE, KERNEL],
        rows=[
            Row("Machines", [identity.table()]),
            Row(
                "CPU",
                [
                    cpu.busy(),
                    cpu.by_mode(),
                    cpu.busiest(),
                    cpu.load_per_cpu(),
                    cpu.pressure(),
                    cpu.steal(),
                    cpu.context_switches(),
                ],
            ),
            Row(
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
            ),
            Row(
                "Disks",
                [
                    disk.busy(),
                    disk.queue(),
                    disk.operation_time(),
                    disk.pressure(),
                    disk.throughput(),
                    disk.full(),
                ],
            ),
            Row(
                "Network",
                [
                    network.throughput(),
                    network.packets(),
                    network.squeezed(),
                    network.retransmitted(),
                    network.errors(),
                ],
            ),
            Row(
                "Load test: what the machine can do",
                [
                    loadtest.results(),
                    loadtest.comparison(),
                    loadtest.reached(),
                    loadtest.curve(),
                ],
            ),
            Row(
                "Price-performance",
                [
                    loadtest.maximum(),
                    price.units_per_dollar(),
                    price.per_hour(),
                    loadtest.validity(),
                    loadtest.progress(),
                ],
            ),
        ],
    )
