"""The series of made machines, with the names and labels that our exporter gives them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.made_history.machines import DAY, Floats, MadeMachine

SCRAPE_SECONDS = 15
GIB = 2.0**30
# Shares of busy time; what is left of the CPU's time is idle, but for waiting and steal.
BUSY = {"user": 0.74, "system": 0.22, "softirq": 0.04, "nice": 0.0, "irq": 0.0}
WAITING = {"iowait": 0.008, "steal": 0.002}
KERNELS = {"rmw": 1.0, "vector": 0.31, "membw": 0.08, "branch": 2.4}
LEVELS = range(10, 101, 10)
# What the clocks showed at the day's begin matters to nobody: they are asked how fast they went.
_BEGUN = 1_760_000_000.0


@dataclass(frozen=True)
class MadeSeries:
    """One series of a day: ``labels`` as written, and a value a scrape, or one for all of them.

    ``decimals`` are those that /proc shows, or that the exporter writes.
    """

    name: str
    labels: str
    values: Floats | float
    decimals: int = 0


def seconds_of_day() -> Floats:
    """When the scrapes are, in seconds from the day's begin."""
    return np.arange(0, DAY, SCRAPE_SECONDS, dtype=np.float64)


def of_fleet(machine: MadeMachine, seconds: Floats) -> Iterator[MadeSeries]:
    """The families that the fleet report reads, and so do the rules behind it."""
    own = _Own(machine, float(seconds[1] - seconds[0]))
    kind = machine.kind
    yield own.of(
        "perf_machine_info",
        1.0,
        machine=machine.name,
        provider=kind.provider,
        region=kind.region,
        zone=f"{kind.region}a",
        instance_type=kind.instance_type,
        cpu_model=kind.cpu_model,
        architecture=kind.architecture,
    )
    yield own.of("perf_machine_price_dollars_per_hour", kind.price, purchase="on_demand")
    yield own.of("node_boot_time_seconds", 1_700_000_000.0 + machine.number)
    yield own.of("node_time_seconds", _BEGUN + seconds, 2)
    yield from _cpu(own, machine, seconds)
    yield from _memory(own, machine, seconds)
    yield from _load_test(own, machine, "rmw", (100,))
    yield own.of("instance_kernel:perf_loadtest_units:paid", machine.units, kernel="rmw")


def of_comparison(machine: MadeMachine, seconds: Floats) -> Iterator[MadeSeries]:
    """The families that the report comparison reads."""
    own = _Own(machine, float(seconds[1] - seconds[0]))
    yield from of_fleet(machine, seconds)
    yield from _load_test(own, machine, "rmw", range(10, 100, 10))
    for kernel in KERNELS:
        if kernel != "rmw":
            yield from _load_test(own, machine, kernel, LEVELS)
    yield own.of("perf_validation_violations_total", 0.0, collector="stat", rule="busy_below_time")
    busy = machine.busy(seconds)
    for number, disk in enumerate(("nvme0n1", "nvme1n1")):
        work = busy * machine.noise(10 + number, len(seconds)) * (0.5 if number else 1.0)
        yield own.counter(
            "node_disk_io_time_seconds_total", np.clip(work * 0.4, 0, 1), 3, device=disk
        )
        yield own.counter("node_disk_read_bytes_total", work * 8e6, device=disk)
        yield own.counter("node_disk_written_bytes_total", work * 2e7, device=disk)
    for way, rate in (("receive", 3e6), ("transmit", 9e6)):
        sent = busy * machine.noise(20 + len(way), len(seconds)) * rate
        yield own.counter(f"node_network_{way}_bytes_total", sent, device="eth0")
        yield own.counter(f"node_network_{way}_bytes_total", sent * 0.1, device="lo")
    yield own.of("node_network_speed_bytes", 1.25e9, device="eth0")
    for number, point in enumerate(("/", "/var", "/srv/data")):
        where = {"device": f"/dev/nvme0n1p{number + 1}", "mountpoint": point, "fstype": "ext4"}
        size = 2.0 ** (35 + number)
        left = size * (0.6 - 0.1 * number - 0.05 * seconds / DAY)
        yield own.of("node_filesystem_size_bytes", size, **where, device_error="")
        yield own.of("node_filesystem_avail_bytes", left, **where, device_error="")


@dataclass(frozen=True)
class _Own:
    """Makes series that carry a machine's labels, of scrapes so many seconds apart."""

    machine: MadeMachine
    step: float

    def of(
        self, name: str, values: Floats | float, decimals: int = 0, /, **labels: str
    ) -> MadeSeries:
        every = {"job": "node", "instance": self.machine.name, **labels}
        text = ",".join(f'{label}="{value}"' for label, value in every.items())
        return MadeSeries(name, text, values, decimals)

    def counter(self, name: str, rates: Floats, decimals: int = 0, /, **labels: str) -> MadeSeries:
        begun = 1e5 * (1 + self.machine.number % 7)
        return self.of(name, begun + np.cumsum(rates) * self.step, decimals, **labels)


def _cpu(own: _Own, machine: MadeMachine, seconds: Floats) -> Iterator[MadeSeries]:
    busy = machine.busy(seconds)
    states: dict[str, Floats] = {}
    for cpu in range(machine.kind.cpus):
        here = np.clip(busy * machine.noise(30 + cpu, len(seconds)), 0.0, 0.985)
        shares = {mode: here * share for mode, share in BUSY.items()}
        shares |= {mode: np.full(len(seconds), share) for mode, share in WAITING.items()}
        shares["idle"] = 1.0 - np.sum(list(shares.values()), axis=0)
        for mode, rates in shares.items():
            yield own.counter("node_cpu_seconds_total", rates, 2, cpu=str(cpu), mode=mode)
            state = "busy" if mode in BUSY else mode
            states[state] = states.get(state, np.zeros(len(seconds))) + rates
        yield own.of(
            "node_cpu_info",
            1.0,
            package="0",
            core=str(cpu // 2 if machine.kind.architecture == "x86_64" else cpu),
            cpu=str(cpu),
            vendor="made",
            model_name=machine.kind.cpu_model,
        )
    for state, rates in states.items():
        yield own.counter("perf_cpu_seconds_total", rates, 2, state=state)


def _memory(own: _Own, machine: MadeMachine, seconds: Floats) -> Iterator[MadeSeries]:
    total = machine.kind.memory_gib * GIB
    free = total * np.clip(0.7 - 0.5 * machine.busy(seconds), 0.05, 0.95)
    yield own.of("node_memory_MemTotal_bytes", total)
    yield own.of("node_memory_MemAvailable_bytes", np.floor(free / 4096) * 4096)


def _load_test(
    own: _Own, machine: MadeMachine, kernel: str, levels: range | tuple[int, ...]
) -> Iterator[MadeSeries]:
    most = machine.units * KERNELS[kernel]
    if 100 in levels:
        yield own.of("perf_loadtest_valid", 1.0, kernel=kernel)
        yield own.of("perf_loadtest_info", 1.0, kernel=kernel, test_id=f"made-{machine.number}")
        yield own.of("perf_loadtest_timestamp_seconds", 1_759_900_000.0, kernel=kernel)
        yield own.of("perf_loadtest_max_units_per_second", most, 2, kernel=kernel)
        single = most / machine.kind.cpus * 1.1
        yield own.of("perf_loadtest_single_units_per_second", single, 2, kernel=kernel)
    for level in levels:
        units = most * (level / 100) ** 0.93
        labels = {"kernel": kernel, "busy": str(level)}
        yield own.of("perf_loadtest_units_per_second", units, 2, **labels)
        yield own.of("perf_loadtest_units_per_second_lower", units * 0.99, 2, **labels)
        yield own.of("perf_loadtest_units_per_second_upper", units * 1.01, 2, **labels)
        yield own.of("perf_loadtest_busy_ratio", level / 100, 3, **labels)
        yield own.of("perf_loadtest_steal_ratio", 0.001, 3, **labels)
