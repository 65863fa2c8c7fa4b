"""A week of machines whose statistics are known beforehand: bursts, outages, restarts, new labels.

What a machine did is its busy share second by second; its counters are the sums of that, as its
scrapes would have read them. No scrape is needed to say what is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from perfanalysis.promql import Floats, Series

DAY, HOUR, MINUTE = 86_400, 3600, 60
# A Monday at midnight.
START = 1_789_344_000
END = START + 7 * DAY
SCRAPE = 60
CPUS = 2
GIB = 2.0**30


@dataclass(frozen=True)
class Truth:
    """What a report has to say; shares 0..1, times in seconds. ``unusual`` are begins and ends."""

    mean: float
    p50: float
    p95: float
    p99: float
    maximum: float
    above: float = 0.0
    longest: float = 0.0
    missing: float = 0.0
    gaps: int = 0
    window: float = SCRAPE
    unusual: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Known:
    """A machine, what is true of it, and how it was scraped.

    Attributes:
        busy: the busy share in each second of the week.
        times: of its scrapes, in seconds of the week.
        restarted: when its counters began anew, in seconds of the week.
        deployed: when its label ``pod`` changed.
        grown: when it got a CPU more, which had counted elsewhere before.
    """

    name: str
    busy: Floats
    times: Floats
    truth: Truth
    restarted: int = 0
    deployed: tuple[int, ...] = ()
    grown: int = 0
    memory: Callable[[Floats], Floats] = field(default=lambda times: np.full(len(times), 0.25))


# Machines whose exporter adds up the CPU time of all CPUs itself; and one whose did from some time
# on, when it was updated, and before which nothing is known by it.
ADDING_UP = frozenset({"bursts", "out for days", "restarted", "late or early", "deployed", "short"})
UPDATED = {"noon": 3 * DAY}
SECONDS = np.arange(7 * DAY)
WHOLE = np.arange(0, 7 * DAY + 1, SCRAPE, dtype=np.float64)


def without(times: Floats, *lost: tuple[float, float]) -> Floats:
    for begin, end in lost:
        times = times[(times < begin) | (times >= end)]
    return times


def level(share: float) -> Floats:
    return np.full(7 * DAY, share)


def flat(share: float, **more: float) -> Truth:
    return Truth(share, share, share, share, share, **more)  # type: ignore[arg-type]


def machines() -> list[Known]:
    bursts = np.where(SECONDS % HOUR < 10 * MINUTE, 1.0, 0.1)
    noon = np.where(SECONDS % DAY // HOUR == 12, 0.8, 0.2)
    once = level(0.2)
    strange = (3 * DAY + 1234 * 2, 3 * DAY + 1234 * 2 + 40 * MINUTE)
    strange = (strange[0] // SCRAPE * SCRAPE, strange[1] // SCRAPE * SCRAPE)
    once[strange[0] : strange[1]] = 0.95
    # A minute of work each 7 minutes and 13 seconds, which no window of a chart is a multiple of.
    beating = np.where(SECONDS % 433 < 60, 1.0, 0.0)
    late_or_early = WHOLE + np.random.default_rng(1).uniform(-8, 8, len(WHOLE)).round(3)
    late_or_early[0], late_or_early[-1] = 0, 7 * DAY
    sooner = np.concatenate((np.arange(0, DAY, 15.0), np.arange(DAY, 7 * DAY + 1, 60.0)))
    short = np.arange(5 * DAY, 5 * DAY + 2 * HOUR + 1, SCRAPE, dtype=np.float64)
    return [
        Known(
            "bursts",
            bursts,
            WHOLE,
            Truth(0.25, 0.1, 1, 1, 1, above=28 * HOUR, longest=600),
        ),
        Known(
            "out for 110 minutes",
            level(0.3),
            without(WHOLE, (2 * DAY, 2 * DAY + 110 * MINUTE)),
            flat(0.3, missing=110 * MINUTE, gaps=1),
        ),
        Known(
            "out for days",
            level(0.3),
            without(WHOLE, (DAY, 4.5 * DAY), (5 * DAY, 5 * DAY + 600)),
            flat(0.3, missing=3.5 * DAY + 600, gaps=2),
        ),
        Known("late", level(0.4), WHOLE[WHOLE >= 2 * DAY], flat(0.4, missing=2 * DAY, gaps=1)),
        Known("gone", level(0.4), WHOLE[WHOLE <= 6 * DAY], flat(0.4, missing=DAY, gaps=1)),
        Known("restarted", level(0.4), WHOLE, flat(0.4), restarted=3 * DAY),
        Known("noon", noon, WHOLE, Truth(5.4 / 24, 0.2, 0.2, 0.8, 0.8)),
        Known("once", once, WHOLE, _once(strange)),
        Known("beating", beating, WHOLE, _by_samples(beating, WHOLE)),
        Known("late or early", bursts, late_or_early, _by_samples(bursts, late_or_early)),
        Known("sooner at first", bursts, sooner, _sooner()),
        Known("deployed", level(0.35), WHOLE, flat(0.35), deployed=(DAY, 2 * DAY, 5 * DAY)),
        Known("grown", level(0.25), WHOLE, flat(0.25), grown=4 * DAY),
        Known("short", level(0.5), short, flat(0.5, missing=7 * DAY - 2 * HOUR, gaps=2)),
    ]


def _once(strange: tuple[int, int]) -> Truth:
    mean = 0.2 + 0.75 * 2400 / (7 * DAY)
    return Truth(
        mean, 0.2, 0.2, 0.2, 0.95, 2400, 2400, unusual=((START + strange[0], START + strange[1]),)
    )


def _sooner() -> Truth:
    return Truth(0.25, 0.1, 1, 1, 1, above=28 * HOUR, longest=600)


def _by_samples(busy: Floats, times: Floats) -> Truth:
    """The same rule worked out from the samples by themselves, with numpy's percentiles."""
    counter = np.interp(times, np.arange(7 * DAY + 1), np.concatenate(([0], np.cumsum(busy))))
    seconds = np.diff(times)
    values = np.diff(counter) / seconds
    over = values >= 0.9 - 1e-6
    at = np.flatnonzero(np.diff(over, prepend=False, append=False))
    stretches = times[at[1::2]] - times[at[::2]]
    p50, p95, p99 = np.percentile(values, (50, 95, 99), method="inverted_cdf", weights=seconds)
    return Truth(
        float(np.average(values, weights=seconds)),
        float(p50),
        float(p95),
        float(p99),
        float(values.max()),
        float(seconds[over].sum()),
        float(stretches.max(initial=0)),
        window=float(np.median(seconds)),
    )


def series() -> Iterator[Series]:
    """All series of the week, as a store has them."""
    for machine in machines():
        yield from _of(machine)


def _of(machine: Known) -> Iterator[Series]:
    own = {"instance": machine.name, "job": "node"}
    busy = np.concatenate(([0.0], np.cumsum(machine.busy)))
    counted = {
        "user": np.interp(machine.times, np.arange(7 * DAY + 1), busy),
        "idle": np.interp(machine.times, np.arange(7 * DAY + 1), np.arange(7 * DAY + 1) - busy),
    }
    begun = 50_000.0
    for mode, seconds in counted.items():
        values = seconds + begun
        if machine.restarted:
            values = np.where(
                machine.times < machine.restarted, values, seconds - machine.restarted * 0.2
            )
        for cpu in range(CPUS):
            labels = {"__name__": "node_cpu_seconds_total", "cpu": str(cpu), "mode": mode, **own}
            for pod, part in _deployments(machine):
                yield Series({**labels, **pod}, machine.times[part] + START, values[part].round(4))
        if machine.grown:
            later = machine.times >= machine.grown
            labels = {"__name__": "node_cpu_seconds_total", "cpu": "2", "mode": mode, **own}
            yield Series(labels, machine.times[later] + START, (values[later] + 1e6).round(4))
    yield from _of_all_cpus(machine, own, counted)
    size = np.full(len(machine.times), 8 * GIB)
    free = size * (1 - machine.memory(machine.times))
    for name, values in (("MemTotal", size), ("MemAvailable", free)):
        labels = {"__name__": f"node_memory_{name}_bytes", **own}
        yield Series(labels, machine.times + START, values)
    if machine.name == "bursts":
        # Ten looks a second, of which one in twenty is at a CPU time that no scrape shows.
        for bound, share in ((0.1, 0.5), (0.9, 0.95), (1.0, 1.0), ("+Inf", 1.0)):
            labels = {"__name__": "perf_sampler_busy_ratio_bucket", "le": str(bound), **own}
            yield Series(labels, machine.times + START, 10 * share * machine.times)
    yield from _known_at_the_end(machine, own)


def _of_all_cpus(
    machine: Known, own: dict[str, str], counted: dict[str, Floats]
) -> Iterator[Series]:
    """What an exporter that adds up shows; ``counted`` are the seconds of each CPU by mode."""
    if machine.name not in ADDING_UP and machine.name not in UPDATED:
        return
    shown = machine.times >= UPDATED.get(machine.name, 0)
    before = machine.times < machine.restarted
    nothing = np.zeros(len(machine.times))
    for state, mode in (("busy", "user"), ("idle", "idle"), ("iowait", ""), ("steal", "")):
        seconds = CPUS * (counted[mode] if mode else nothing)
        begun = np.where(before | (machine.restarted == 0), 9e4, -machine.restarted * 0.2 * CPUS)
        values = seconds + (begun if mode else 0.0)
        labels = {"__name__": "perf_cpu_seconds_total", "state": state, **own}
        for pod, part in _deployments(machine):
            own_part = part & shown
            yield Series(
                {**labels, **pod}, machine.times[own_part] + START, values[own_part].round(4)
            )


def _deployments(
    machine: Known,
) -> Iterator[tuple[dict[str, str], np.typing.NDArray[np.bool_]]]:
    if not machine.deployed:
        yield {}, np.ones(len(machine.times), bool)
        return
    edges = [0, *machine.deployed, 7 * DAY + 1]
    for number, (begin, end) in enumerate(pairwise(edges)):
        yield {"pod": f"node-{number}"}, (machine.times >= begin) & (machine.times < end)


def _known_at_the_end(machine: Known, own: dict[str, str]) -> Iterator[Series]:
    """What a machine is and can do: five minutes of it are enough, but for one of both ranges."""
    kept = machine.times[::5] if machine.name == "bursts" else machine.times[-6:]
    times = np.unique(np.concatenate((kept, machine.times[-6:]))) + START

    def gauge(name: str, value: float, **labels: str) -> Series:
        return Series({"__name__": name, **own, **labels}, times, np.full(len(times), value))

    yield gauge("perf_machine_info", 1.0, instance_type="t", provider="p")
    yield gauge("perf_machine_price_dollars_per_hour", 0.1, purchase="on_demand")
    yield gauge("perf_loadtest_max_units_per_second", 1000.0, kernel="rmw")
    yield gauge("perf_loadtest_valid", 1.0, kernel="rmw")
    for suffix, factor in (("", 1.0), ("_lower", 0.99), ("_upper", 1.01)):
        name = f"perf_loadtest_units_per_second{suffix}"
        for busy in (50, 100):
            yield gauge(name, 10.0 * busy * factor, kernel="rmw", busy=str(busy))


def openmetrics(every: Iterable[Series]) -> str:
    """Series as OpenMetrics, family by family."""
    families: dict[str, list[str]] = {}
    for one in every:
        name = one.labels["__name__"]
        labels = ",".join(f'{k}="{v}"' for k, v in one.labels.items() if k != "__name__")
        lines = families.setdefault(name, [])
        pairs = zip(one.values.tolist(), one.times.tolist(), strict=True)
        lines.extend(f"{name}{{{labels}}} {value!r} {time!r}" for value, time in pairs)
    found = []
    for name, lines in families.items():
        counter = name.endswith("_total")
        kind = "counter" if counter else "unknown" if name.endswith("_bucket") else "gauge"
        found += [f"# TYPE {name.removesuffix('_total') if counter else name} {kind}", *lines]
    return "\n".join([*found, "# EOF", ""])
