"""Two hours of types of machines whose truth is known, as series for both engines.

In the first hour each machine did 2 % more than in the second, give or take 0.2 points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from perfanalysis.promql import Floats, Series

STEP = 30.0
END = 1_790_000_000.0
MIDDLE, START = END - 3600, END - 7200
FELL = 0.02


@dataclass(frozen=True)
class Made:
    """A machine.

    Attributes:
        units: at full load in the second hour; None: only runs on a part of it.
        stolen, waited: shares of the time; throttles: of its cores, an hour.
        born: when it began.
        bare: its curve is of another program, without interval, validity and conditions.
        clock: whether it shows its time.
    """

    name: str
    kind: str
    units: float | None
    price: float | None = 0.1
    version: str = "5"
    valid: bool = True
    stolen: float = 0.0
    waited: float = 0.0
    throttles: float = 0.0
    baseline: float | None = None
    born: float = START
    bare: bool = False
    clock: bool = True


def _type(kind: str, name: str, mean: float, **of_some: dict[str, object]) -> list[Made]:
    """Five machines of a type, a percent apart from their neighbours."""
    return [
        Made(f"{name}-{i}", kind, mean * math.exp(0.01 * (i - 2)), **of_some.get(f"of_{i}", {}))  # type: ignore[arg-type]
        for i in range(5)
    ]


MACHINES = (
    *_type("q.large", "quick", 1200.0, of_0={"throttles": 30.0}, of_4={"clock": False}),
    *_type(
        "s.large",
        "slow",
        1000.0,
        of_0={"stolen": 0.3},
        of_1={"waited": 0.5},
        of_4={"stolen": 0.2, "born": MIDDLE + 1800},
    ),
    Made("noisy", "q.large", 2400.0, valid=False),
    Made("version-4", "q.large", 5000.0, version="4"),
    Made("burst", "t3.large", 900.0, baseline=270.0),
    Made("curve", "o.large", 9e5, version="training-curve-1", bare=True),
    Made("part", "p.large", None),
)


def series() -> Iterator[Series]:
    """All of them."""
    for machine in MACHINES:
        yield from _facts(machine)
        yield from _cpu(machine)
        for hour in (1, 2):
            yield from _load_test(machine, hour)


def _times(machine: Made, begin: float = START, end: float = END) -> Floats:
    return np.arange(max(begin, machine.born) + STEP, end + 1, STEP)


def _constant(machine: Made, name: str, value: float, times: Floats, **labels: str) -> Series:
    own = {"__name__": name, "job": "node", "instance": machine.name, **labels}
    return Series(own, times, np.full(len(times), value))


def _growing(machine: Made, name: str, rate: float, **labels: str) -> Series:
    times = _times(machine)
    own = {"__name__": name, "job": "node", "instance": machine.name, **labels}
    # Counters that were there before the range do not begin at 0.
    return Series(own, times, 1000.0 + rate * (times - START))


def _facts(machine: Made) -> Iterator[Series]:
    times = _times(machine)
    about = {"provider": "aws", "instance_type": machine.kind, "cpu_model": "c"}
    yield _constant(machine, "perf_machine_info", 1, times, **about)
    yield _constant(machine, "node_memory_MemTotal_bytes", 2.0**33, times)
    yield _constant(machine, "node_memory_MemAvailable_bytes", 2.0**32, times)
    if machine.price:
        name, option = "perf_machine_price_dollars_per_hour", {"purchase": "on_demand"}
        yield _constant(machine, name, machine.price, times, **option)


def _cpu(machine: Made) -> Iterator[Series]:
    shares = {"user": 0.25, "steal": machine.stolen, "idle": 0.75 - machine.stolen}
    for cpu in ("0", "1"):
        for mode, share in shares.items():
            yield _growing(machine, "node_cpu_seconds_total", share, cpu=cpu, mode=mode)
    if machine.clock:
        times = _times(machine)
        own = {"__name__": "node_time_seconds", "job": "node", "instance": machine.name}
        yield Series(own, times, times)
    for resource, share in (("cpu", machine.waited), ("memory", 0.0), ("io", 0.0)):
        yield _growing(machine, f"node_pressure_{resource}_waiting_seconds_total", share)
    for core in ("0", "1"):
        rate = machine.throttles / 2 / 3600
        yield _growing(machine, "node_cpu_core_throttles_total", rate, core=core, package="0")


def _load_test(machine: Made, hour: int) -> Iterator[Series]:
    times = _times(machine, MIDDLE if hour == 2 else START, END if hour == 2 else MIDDLE)
    if not len(times):
        return
    kernel, run = {"kernel": "rmw"}, f"{machine.name}-{hour}"
    told = {"conditions": machine.kind, "full": "true", "valid": str(machine.valid).lower()}
    name = "perf_loadtest_run_max_units_per_second"
    if machine.units is None:
        told |= {"full": "false", "valid": "true"}
        yield _constant(machine, name, 10.0, times, **kernel, **told, test_id=run)
        return
    most = machine.units
    if hour == 1:
        # Each fell by its own share, which is 2 % on the whole.
        most *= math.exp(FELL + 0.002 * (len(machine.name) % 2 - 0.5))
    about = {"kernel_version": machine.version, "test_id": run}
    profile = "imported" if machine.bare else "default"
    yield _constant(machine, "perf_loadtest_info", 1, times, **kernel, **about, profile=profile)
    yield _constant(machine, "perf_loadtest_max_units_per_second", most, times, **kernel)
    for busy in (50, 100):
        at, rate = {**kernel, "busy": str(busy)}, most * busy / 100
        yield _constant(machine, "perf_loadtest_units_per_second", rate, times, **at)
        if not machine.bare:
            for bound, share in (("lower", 0.995), ("upper", 1.005)):
                family = f"perf_loadtest_units_per_second_{bound}"
                yield _constant(machine, family, rate * share, times, **at)
            yield _constant(machine, "perf_loadtest_steal_ratio", 0, times, **at)
            yield _constant(machine, "perf_loadtest_busy_ratio", busy / 100, times, **at)
    if not machine.bare:
        yield _constant(machine, "perf_loadtest_valid", float(machine.valid), times, **kernel)
        yield _constant(machine, "perf_loadtest_full_conditions", 1, times, **kernel)
        yield _constant(machine, name, most, times, **kernel, **told, test_id=run)
    if machine.baseline:
        source = {**kernel, "source": "type"}
        for suffix, share in (("", 1.0), ("_lower", 0.99), ("_upper", 1.01)):
            family = f"perf_loadtest_baseline_units_per_second{suffix}"
            yield _constant(machine, family, machine.baseline * share, times, **source)
