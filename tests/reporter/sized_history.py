"""Two weeks of machines whose right sizes are known, and four days of the period before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from perfanalysis.promql import Series

GIB = 2.0**30
DAY = 86_400
STEP = 240
# As the other histories that VictoriaMetrics is to keep: a year later it drops them.
START = 1_788_739_200
END = START + 14 * DAY
BEFORE = START - 4 * DAY
Level = Callable[[float], float]


def always(value: float) -> Level:
    return lambda _: value


@dataclass(frozen=True)
class Sized:
    """A machine of the history.

    Attributes:
        kind: its type: S, M and L do 1,000, 2,000 and 4,000 units at full load.
        busy: its busy share in the range; in the period before, it is 30 %.
        memory: the used share.
        mounts: by mount point, how full it is, by days since the range began.
        since: seconds of the range's begin from which on it is there.
        tested: whether it has a load test.
        disks: by name, the share of the time in which they are busy.
        rates: by interface, bytes a second received; a tenth of it is sent.
        links: by interface, bytes a second of its link, where that is known.
    """

    name: str
    kind: str
    busy: float
    memory: float
    mounts: dict[str, Level] = field(default_factory=dict)
    since: int = BEFORE - START
    tested: bool = True
    disks: dict[str, float] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    links: dict[str, float] = field(default_factory=dict)


UNITS = {"S": 1000.0, "M": 2000.0, "L": 4000.0}
PRICES = {"S": 0.1, "M": 0.2, "L": 0.4}
MEMORY = {"S": 8 * GIB, "M": 8 * GIB, "L": 16 * GIB}
MACHINES = (
    Sized("large", "L", 0.15, 0.2, {"/": always(0.3)}),
    # From 50 % on, 2 points a day: full eleven days after the end of the range.
    Sized("filling", "S", 0.5, 0.5, {"/": always(0.4), "/data": lambda day: 0.5 + 0.02 * day}),
    Sized("full", "M", 0.95, 0.3),
    Sized("right", "S", 0.5, 0.5),
    Sized("young", "S", 0.5, 0.5, since=14 * DAY - 20 * 3600),
    Sized("untested", "X", 0.9, 0.5, tested=False),
    Sized("disk", "S", 0.5, 0.5, disks={"sda": 0.95, "sdb": 0.1}),
    # Of eth1 nobody knows what it could do.
    Sized("wire", "S", 0.5, 0.5, rates={"eth0": 9e8, "eth1": 2e9}, links={"eth0": 1e9}),
)


def history(machines: Sequence[Sized] = MACHINES) -> str:
    """All of them as OpenMetrics, a family after the other."""
    families: dict[str, list[str]] = {}
    for machine in machines:
        for family, labels, values in _series(machine):
            kind = "counter" if family.endswith("_total") else "gauge"
            lines = families.setdefault(family, [f"# TYPE {family.removesuffix('_total')} {kind}"])
            own = f'job="node",instance="{machine.name}"{labels}'
            lines += [f"{family}{{{own}}} {value:.10g} {t}" for t, value in values]
    return "\n".join([*(line for lines in families.values() for line in lines), "# EOF", ""])


def as_series(machines: Sequence[Sized] = MACHINES) -> Iterator[Series]:
    """The same for remote write."""
    for machine in machines:
        for family, labels, values in _series(machine):
            pairs = (text.split("=", 1) for text in labels.split(",") if text)
            own = {name: value.strip('"') for name, value in pairs}
            times, numbers = np.array(values, dtype=np.float64).T
            every = {"__name__": family, "job": "node", "instance": machine.name, **own}
            yield Series(every, times, numbers)


def _series(machine: Sized) -> Iterator[tuple[str, str, list[tuple[int, float]]]]:
    times = list(range(START + machine.since, END + 1, STEP))
    last = times[-30:]

    def at_times(level: Level, chosen: Sequence[int] = times) -> list[tuple[int, float]]:
        return [(t, level((t - START) / DAY)) for t in chosen]

    identity = f',provider="p",region="r",instance_type="{machine.kind}",architecture="x86_64"'
    yield "perf_machine_info", identity, at_times(always(1))
    price = PRICES.get(machine.kind, 0.05)
    on_demand = ',purchase="on_demand"'
    yield "perf_machine_price_dollars_per_hour", on_demand, at_times(always(price))
    for mode, share in (("user", machine.busy), ("idle", 1 - machine.busy)):
        then = 0.3 if mode == "user" else 0.7
        # Seconds until the range began, and since.
        values = [(t, then * (min(t, START) - BEFORE) + share * max(0, t - START)) for t in times]
        yield "node_cpu_seconds_total", f',cpu="0",mode="{mode}"', values
    total = MEMORY.get(machine.kind, 8 * GIB)
    yield "node_memory_MemTotal_bytes", "", at_times(always(total))
    yield "node_memory_MemAvailable_bytes", "", at_times(always(total * (1 - machine.memory)))
    for mount, level in machine.mounts.items():
        place = f',mountpoint="{mount}"'
        yield "node_filesystem_size_bytes", place, at_times(always(100 * GIB))
        free = [(t, 100 * GIB * (1 - value)) for t, value in at_times(level)]
        yield "node_filesystem_avail_bytes", place, free
    yield from _devices(machine, times)
    if machine.tested:
        most, kernel = UNITS[machine.kind], ',kernel="rmw"'
        yield "perf_loadtest_max_units_per_second", kernel, at_times(always(most), last)
        yield "perf_loadtest_valid", kernel, at_times(always(1), last)
        for level in range(10, 101, 10):
            at = f'{kernel},busy="{level}"'
            units = most * level / 100
            yield "perf_loadtest_busy_ratio", at, at_times(always(level / 100), last)
            for suffix, factor in (("", 1.0), ("_lower", 0.99), ("_upper", 1.01)):
                family = f"perf_loadtest_units_per_second{suffix}"
                yield family, at, at_times(always(units * factor), last)


def _devices(
    machine: Sized, times: Sequence[int]
) -> Iterator[tuple[str, str, list[tuple[int, float]]]]:
    def rising(rate: float) -> list[tuple[int, float]]:
        return [(t, rate * (t - BEFORE)) for t in times]

    for disk, busy in machine.disks.items():
        yield "node_disk_io_time_seconds_total", f',device="{disk}"', rising(busy)
    for interface, rate in machine.rates.items():
        label = f',device="{interface}"'
        yield "node_network_receive_bytes_total", label, rising(rate)
        yield "node_network_transmit_bytes_total", label, rising(rate / 10)
    for interface, speed in machine.links.items():
        yield "node_network_speed_bytes", f',device="{interface}"', [(t, speed) for t in times]
