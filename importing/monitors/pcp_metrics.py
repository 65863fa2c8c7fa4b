"""PCP's metrics as the exporter's series. Source: pminfo of PCP 6.0.3's agent ``linux``."""

from __future__ import annotations

from exporter.collectors.cpu import collector as cpu
from importing.intervals import ToldInterval
from importing.monitors import names
from importing.monitors.file import number
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series

_MODES = {
    "user": "user",
    "nice": "nice",
    "sys": "system",
    "idle": "idle",
    "wait.total": "iowait",
    "irq.hard": "irq",
    "irq.soft": "softirq",
    "steal": "steal",
}
_GUESTS = {"guest": "user", "guest_nice": "nice"}
_CPU = "kernel.percpu.cpu."
_CPUS = "kernel.all.cpu."
_ALONE: dict[str, Series] = {
    "kernel.all.intr": names.INTERRUPTS,
    "kernel.all.pswitch": names.CONTEXT_SWITCHES,
    "kernel.all.sysfork": names.FORKS,
    "kernel.all.blocked": names.BLOCKED,
    "kernel.all.running": names.RUNNING,
    "mem.physmem": names.memory("MemTotal"),
    "kernel.all.pressure.cpu.some.total": names.stalled("cpu_waiting"),
    "kernel.all.pressure.io.some.total": names.stalled("io_waiting"),
    "kernel.all.pressure.io.full.total": names.stalled("io_stalled"),
    "kernel.all.pressure.memory.some.total": names.stalled("memory_waiting"),
    "kernel.all.pressure.memory.full.total": names.stalled("memory_stalled"),
}
_MEMORY = {
    "free": "MemFree",
    "available": "MemAvailable",
    "bufmem": "Buffers",
    "cached": "Cached",
    "slab": "Slab",
    "slabReclaimable": "SReclaimable",
    "shmem": "Shmem",
    "active": "Active",
    "inactive": "Inactive",
    "dirty": "Dirty",
    "anonpages": "AnonPages",
    "swapTotal": "SwapTotal",
    "swapFree": "SwapFree",
    "swapCached": "SwapCached",
    "committed_AS": "Committed_AS",
}
_DISK = {
    "read": "reads_completed_total",
    "write": "writes_completed_total",
    "read_bytes": "read_bytes_total",
    "write_bytes": "written_bytes_total",
    "read_merge": "reads_merged_total",
    "write_merge": "writes_merged_total",
    "avactive": "io_time_seconds_total",
    "aveq": "io_time_weighted_seconds_total",
    "read_rawactive": "read_time_seconds_total",
    "write_rawactive": "write_time_seconds_total",
}
_NETWORK = {
    "in.bytes": "receive_bytes",
    "in.packets": "receive_packets",
    "in.errors": "receive_errs",
    "in.drops": "receive_drop",
    "out.bytes": "transmit_bytes",
    "out.packets": "transmit_packets",
    "out.errors": "transmit_errs",
    "out.drops": "transmit_drop",
}
_LOADS = {"1 minute": "1", "5 minute": "5", "15 minute": "15"}
_PRESSURE = "kernel.all.pressure."
NCPU = "hinv.ncpu"
# Base units by PCP's words (pmUnitsStr(3)); None where a number is one already.
_UNITS = {
    "": 1.0,
    "none": 1.0,
    "count": 1.0,
    "nanosec": 1e-9,
    "microsec": 1e-6,
    "us": 1e-6,
    "millisec": 1e-3,
    "ms": 1e-3,
    "sec": 1.0,
    "s": 1.0,
    "byte": 1.0,
    "Kbyte": 1024.0,
    "Mbyte": 1024.0**2,
    "Gbyte": 1024.0**3,
}
_PER_SECOND = ("s", "sec")
# A little more than a CPU can be busy: rates are of times that are not quite those of the counters.
MOST_CPU_SECONDS = 1.2
CPU_METRICS = tuple(_MODES)


class PcpMetric:
    """A metric of an archive with its instance, and the unit that it is told in.

    Args:
        name, instance: as PCP has them; "" where it has no instances.
        unit: as PCP prints it, such as ``ms/s`` or ``Kbyte``.
        where: for errors.

    Raises:
        InputError: the unit is not known, of a metric that is read.
    """

    def __init__(self, name: str, instance: str, unit: str, where: str) -> None:
        base, _, per = (part.strip() for part in unit.partition("/"))
        self.series = series_of(name, instance)
        known = base in _UNITS and (not per or per in _PER_SECOND)
        if self.series is not None and not known:
            units = ", ".join(word for word in _UNITS if word not in {"", "none"})
            raise InputError(where, name, f"a unit of {units}, or one of them per s", unit)
        self.is_rate = bool(per)
        self.factor = _UNITS.get(base, 1.0)

    def put(self, text: object, interval: ToldInterval, where: str) -> None:
        """Tell its value.

        Raises:
            InputError: it is no number.
        """
        if self.series is None:
            return
        value = number(text, where, self.series.family.name) * self.factor
        (interval.rates if self.is_rate else interval.values)[self.series] = value


def series_of(name: str, instance: str) -> Series | None:
    """The series of a metric; None where there is none."""
    if name in _ALONE:
        return _ALONE[name]
    if name.startswith((_CPU, _CPUS)):
        return _cpu(name, instance)
    if name == "kernel.all.load":
        return names.load(_LOADS[instance]) if instance in _LOADS else None
    if name.startswith("mem.vmstat."):
        return names.paging(name.removeprefix("mem.vmstat."))
    word = name.removeprefix("mem.util.")
    if word != name:
        return names.memory(_MEMORY[word]) if word in _MEMORY else None
    return _moved(name, instance)


def _moved(name: str, instance: str) -> Series | None:
    for space, device in (("disk.dev.", instance), ("disk.all.", names.ALL)):
        word = name.removeprefix(space)
        if word != name and word in _DISK and names.shows_disk(device):
            return names.disk(_DISK[word], device)
    word = name.removeprefix("network.interface.")
    return names.network(_NETWORK[word], instance) if word in _NETWORK else None


def _cpu(name: str, instance: str) -> Series | None:
    word = name.removeprefix(_CPU).removeprefix(_CPUS)
    identity = instance.removeprefix("cpu") if name.startswith(_CPU) else names.ALL
    if word in _MODES:
        return names.cpu_seconds(identity, _MODES[word])
    return names.guest_seconds(identity, _GUESTS[word]) if word in _GUESTS else None


def missing_modes(interval: ToldInterval) -> list[str]:
    """The metrics below ``kernel.percpu.cpu`` or ``kernel.all.cpu`` that are told in neither.

    Without all of them shares cannot be known. None is missing where no CPU times are told.
    """
    told = {
        series.labels[1]
        for series in (*interval.rates, *interval.values)
        if series.family is cpu.SECONDS
    }
    return [word for word, mode in _MODES.items() if told and mode not in told]


def leave_out_cpus(interval: ToldInterval) -> None:
    """Tell nothing of CPU times."""
    for told in (interval.rates, interval.values):
        for series in [one for one in told if one.family in {cpu.SECONDS, cpu.GUEST_SECONDS}]:
            del told[series]


def single_out(interval: ToldInterval, cpus: int | None, where: str) -> None:
    """Where a thing is told both by device or CPU and in all, leave the first; spread the second.

    Args:
        interval: is changed.
        cpus: how many CPUs there are; None: unknown, so that nothing is said of them.
        where: for errors.

    Raises:
        InputError: a CPU was busy for more than all of the time, which raw counters that were taken
            for rates make of it.
    """
    for told in (interval.rates, interval.values):
        by_family: dict[str, set[str]] = {}
        for series in told:
            if series.labels:
                by_family.setdefault(series.family.name, set()).add(series.labels[0])
        for series in [one for one in told if one.labels[:1] == (names.ALL,)]:
            value = told[series]
            single = len(by_family[series.family.name]) > 1
            if single or "mode" in series.family.labels:
                del told[series]
            if "mode" in series.family.labels and not single:
                for identity in range(cpus or 0):
                    one = series._replace(labels=(str(identity), *series.labels[1:]))
                    told[one] = value / (cpus or 1)
    _check(interval, where)


def _check(interval: ToldInterval, where: str) -> None:
    busy: dict[str, float] = {}
    for series, rate in interval.rates.items():
        if series.family is cpu.SECONDS:
            busy[series.labels[0]] = busy.get(series.labels[0], 0.0) + rate
    for identity, seconds in busy.items():
        if seconds > MOST_CPU_SECONDS:
            expected = "CPU times as rates of at most 1000 ms/s in all modes (without --raw)"
            raise InputError(where, f"cpu{identity}", expected, f"{seconds * 1000:.0f} ms/s")
