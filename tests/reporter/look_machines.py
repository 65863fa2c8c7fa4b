"""Eight machines that are hard to set in type, as OpenMetrics: two days of all that pages show.

Names that are long, that have no place to break, or signs of HTML; no price, no load test, neither;
disks without any work, hundreds of CPUs, gaps, a restart, file systems and containers with the long
names that Kubernetes gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

GIB = 2.0**30
STEP = 240
START = 1_760_054_400
MIDDLE = START + 86_400
END = MIDDLE + 86_400
VOLUME = "/var/lib/kubelet/pods/0f4e2a7c-5a5e-4c1e-9a9a-{:012d}/volumes/kubernetes.io~csi/pvc/mount"
SLICE = "/kubepods.slice/kubepods-burstable.slice/cri-containerd-{:064x}.scope"
KERNELS = {"rmw": 1.0, "integer": 2.4, "vector": 0.31, "membw": 0.08, "memlat": 12.0}
MODES = {"user": 0.7, "system": 0.24, "softirq": 0.05, "irq": 0.01}


@dataclass(frozen=True)
class Look:
    """A machine; None and empty: the exporter shows nothing of it.

    ``disks``, ``interfaces`` and ``mounts`` have seconds busy, bytes a second, and the share in
    use. ``out`` has seconds of the second day without samples.
    """

    name: str
    kind: str
    cpu: str
    cpus: int = 4
    units: float | None = None
    price: float | None = None
    busy: float = 0.4
    valid: bool = True
    disks: dict[str, float] = field(default_factory=dict)
    interfaces: dict[str, float] = field(default_factory=dict)
    mounts: dict[str, float] = field(default_factory=dict)
    containers: tuple[str, ...] = ()
    pressure: bool = False
    out: range = range(0)


# The first one, two, four and all eight are reported on.
MACHINES = (
    Look(
        "a-machine-with-a-very-long-name-in-the-staging-cluster-eu-west-1a.compute.example.internal",
        "VM.Standard.E5.Flex.with-a-long-shape-name",
        "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz",
        units=2_345.6,
        price=0.0416,
        disks={"nvme0n1": 0.5, "nvme1n1": 0.2, "dm-0": 0.4, "sda": 0.1, "sdb": 0.01},
        interfaces={"eth0": 2e8, "enp175s0f1np1": 4e6, "docker0": 1e6},
        mounts={"/": 0.81, "/boot/efi": 0.03, **{VOLUME.format(i): i / 23 for i in range(22)}},
        containers=(
            "checkout-service-with-a-long-name-7d9f8b6c5d-x2x9z_payments-production_checkout",
            "redis",
            *(f"batch-worker-{i}" for i in range(8)),
        ),
        pressure=True,
    ),
    Look(
        "a-machine-with-a-very-long-name-in-the-staging-cluster-eu-west-1b.compute.example.internal",
        "Standard_D4s_v5",
        "AMD EPYC 9J14 96-Core Processor",
        units=2_201.0,
        disks={"sda": 0.0, "sdb": 0.0},
        interfaces={"eth0": 0.0},
        mounts={"/": 0.0, "/data": 0.0},
    ),
    Look("untested <b>&", "m7i.xlarge", "Intel Xeon Platinum 8488C", price=0.2016, busy=0.93),
    Look(
        "web-1",
        "t4g.medium",
        "Neoverse-N1",
        cpus=2,
        units=760.0,
        price=0.0336,
        disks={"nvme0n1": 0.3},
        interfaces={"ens5": 8e5},
        mounts={"/": 0.4},
        containers=("app",),
    ),
    Look(
        "metal",
        "m7i.metal-48xl",
        "Intel Xeon Platinum 8488C",
        cpus=48,
        units=123_456.7,
        price=10.16064,
        busy=0.08,
        disks={f"nvme{i}n1": 0.02 * i for i in range(8)},
        interfaces={"bond0": 3e9},
        mounts={"/": 0.2, "/srv": 0.999},
    ),
    Look("disturbed", "n4-standard-4", "Intel Xeon 8581C", units=2_100.0, price=0.19, valid=False),
    Look("nothing-known", "", "", busy=0.2, out=range(30_000, 61_000)),
    Look(
        "ip10012345678901234567890123456789012345678901234567890123456789",
        "D2as_v6",
        "AMD EPYC 9V74",
        cpus=2,
        units=1_150.0,
        price=0.09,
        disks={"sda": 0.99},
        interfaces={"eth0": 1e6},
        mounts={"/": 0.97},
    ),
)


def history() -> str:
    """All of them, a family after the other, as the format asks."""
    families: dict[str, list[str]] = {}
    for machine in MACHINES:
        for name, labels, kind, values in _series(machine):
            lines = families.setdefault(name, [f"# TYPE {name.removesuffix('_total')} {kind}"])
            own = ",".join(
                f'{label}="{value}"'
                for label, value in {"job": "node", "instance": machine.name, **labels}.items()
            )
            lines += [f"{name}{{{own}}} {value:.9g} {t}" for t, value in values]
    return "\n".join([*(line for lines in families.values() for line in lines), "# EOF", ""])


Values = list[tuple[int, float]]
Series = tuple[str, dict[str, str], str, Values]


def _times(machine: Look) -> list[int]:
    return [t for t in range(START, END + 1, STEP) if t - MIDDLE not in machine.out]


def _gauge(machine: Look, family: str, value: float, /, **labels: str) -> Series:
    return family, labels, "gauge", [(t, value) for t in _times(machine)]


def _counter(machine: Look, family: str, rate: float, /, **labels: str) -> Series:
    """A rate with a wave of six hours, above 0 throughout; it never is above twice the rate."""
    wave = 21_600 / (2 * math.pi)
    values = [
        (t, rate * (t - START + 0.8 * wave * (1 - math.cos((t - START) / wave))))
        for t in _times(machine)
    ]
    return family, labels, "counter", values


def _series(machine: Look) -> Iterator[Series]:
    kind = {"instance_type": machine.kind, "cpu_model": machine.cpu, "provider": "azure"}
    yield _gauge(machine, "perf_machine_info", 1, **kind, region="westeurope", zone="1")
    if machine.price:
        on_demand = {"purchase": "on_demand"}
        yield _gauge(machine, "perf_machine_price_dollars_per_hour", machine.price, **on_demand)
    yield from _cpu(machine)
    yield from _memory(machine)
    yield from _load_test(machine)
    yield from _devices(machine)
    yield from _containers(machine)


def _cpu(machine: Look) -> Iterator[Series]:
    name = "node_cpu_seconds_total"
    for cpu in range(machine.cpus):
        # A wave that goes up to 1.8 times the rate takes what idle has left.
        most = min(machine.busy * (1.0 if cpu % 2 else 0.8), 0.99)
        for mode, share in MODES.items():
            yield _counter(machine, name, most * share / 1.8, cpu=str(cpu), mode=mode)
        waiting = _counter(machine, name, most / 1.8, cpu=str(cpu), mode="idle")[3]
        idle = [(t, t - START - value) for t, value in waiting]
        yield name, {"cpu": str(cpu), "mode": "idle"}, "counter", idle
    yield _gauge(machine, "node_load1", machine.cpus * machine.busy)
    boot = [(t, 1.7e9 + (machine.name == "disturbed" and t > MIDDLE)) for t in _times(machine)]
    yield "node_boot_time_seconds", {}, "gauge", boot
    if machine.pressure:
        for resource in ("cpu", "memory", "io"):
            yield _counter(machine, f"node_pressure_{resource}_waiting_seconds_total", 0.1)
        for event in ("pgmajfault", "pswpin", "pswpout", "pgscan_kswapd", "pgscan_direct"):
            yield _counter(machine, f"node_vmstat_{event}", 40.0)
        rules = ("disk_io_time_within_time", "disk_reads_rise")
        for rule in rules:
            labels = {"collector": "diskstats", "rule": rule}
            yield _counter(machine, "perf_validation_violations_total", 1e-4, **labels)


def _memory(machine: Look) -> Iterator[Series]:
    total = 4 * machine.cpus * GIB
    shares = {"MemTotal": 1.0, "MemAvailable": 0.6, "MemFree": 0.3, "Buffers": 0.02}
    for name, share in {**shares, "Cached": 0.25, "SReclaimable": 0.05}.items():
        yield _gauge(machine, f"node_memory_{name}_bytes", total * share)


def _load_test(machine: Look) -> Iterator[Series]:
    if machine.units is None:
        return
    end = MIDDLE - 600.0
    for kernel, factor in KERNELS.items():
        own, most = {"kernel": kernel}, machine.units * factor
        yield _gauge(machine, "perf_loadtest_valid", float(machine.valid), **own)
        run = f"0198c0de-{machine.cpus:04d}-7000-8000-{len(machine.name):012d}"
        about = {"kernel_version": "5", "test_id": run, "profile": "default"}
        yield _gauge(machine, "perf_loadtest_info", 1, **own, **about)
        yield _gauge(machine, "perf_loadtest_full_conditions", 1, **own)
        yield _gauge(machine, "perf_loadtest_timestamp_seconds", end, **own)
        yield _gauge(machine, "perf_loadtest_max_units_per_second", most, **own)
        yield _gauge(machine, "perf_loadtest_single_units_per_second", most / machine.cpus, **own)
        for level in range(10, 101, 10) if kernel == "rmw" else ():
            at, rate = {**own, "busy": str(level)}, most * (level / 100) ** 0.93
            yield _gauge(machine, "perf_loadtest_units_per_second", rate, **at)
            yield _gauge(machine, "perf_loadtest_units_per_second_lower", rate * 0.98, **at)
            yield _gauge(machine, "perf_loadtest_units_per_second_upper", rate * 1.02, **at)
            yield _gauge(machine, "perf_loadtest_busy_ratio", level / 100, **at)
            yield _gauge(machine, "perf_loadtest_steal_ratio", 0.0 if machine.valid else 0.04, **at)
    if machine.price:
        paid = "instance_kernel:perf_loadtest_units:paid"
        yield _gauge(machine, paid, machine.units, kernel="rmw")


def _devices(machine: Look) -> Iterator[Series]:
    for disk, busy in machine.disks.items():
        yield _counter(machine, "node_disk_io_time_seconds_total", busy / 1.8, device=disk)
        yield _counter(machine, "node_disk_read_bytes_total", busy * 4e7, device=disk)
        yield _counter(machine, "node_disk_written_bytes_total", busy * 9e7, device=disk)
    for interface, rate in machine.interfaces.items():
        for way, share in (("receive", 0.3), ("transmit", 1.0)):
            family = f"node_network_{way}_bytes_total"
            yield _counter(machine, family, rate * share, device=interface)
        yield _gauge(machine, "node_network_speed_bytes", 1.25e9, device=interface)
    for place, used in machine.mounts.items():
        yield _gauge(machine, "node_filesystem_size_bytes", 100 * GIB, mountpoint=place)
        left = 100 * GIB * (1 - used)
        yield _gauge(machine, "node_filesystem_avail_bytes", left, mountpoint=place)


def _containers(machine: Look) -> Iterator[Series]:
    for number, name in enumerate(machine.containers):
        own = {"id": SLICE.format(7**80 + number), "name": name}
        yield _counter(machine, "container_cpu_usage_seconds_total", 0.05 * (number + 1), **own)
        held = (number + 1) * GIB / 8
        yield _gauge(machine, "container_memory_working_set_bytes", held, **own)
        yield _counter(machine, "container_cpu_cfs_periods_total", 10.0, **own)
        yield _counter(machine, "container_cpu_cfs_throttled_periods_total", number, **own)
