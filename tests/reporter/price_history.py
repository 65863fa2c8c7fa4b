"""Made prices of thirty days whose means are known, and the series that tell them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from perfanalysis.promql import Floats, Series

DAY = 86400.0
END = 1_790_000_000.0
START = END - 30 * DAY
STEP = 120.0


class Told(NamedTuple):
    """A stretch of days in which a machine was seen at a price (None: none was told)."""

    first: float
    last: float
    price: float | None
    pod: str = "a"
    step: float = STEP
    kind: str = "t"


class Expected(NamedTuple):
    """Dollars an hour; ``known`` as a ratio."""

    mean: float | None
    lowest: float | None = None
    highest: float | None = None
    known: float | None = 1.0
    at_test: float | None = None


# By machine: what was told, by purchase option, and what follows from it by hand.
SPOT = (20 * 0.02 + 7 * 0.03 + 3 * 0.0024) / 30
MACHINES: dict[str, tuple[dict[str, list[Told]], dict[str, Expected]]] = {
    "constant": (
        {"on_demand": [Told(0, 30, 0.05)]},
        {"on_demand": Expected(0.05, 0.05, 0.05)},
    ),
    # The last price would make a month $1.75; the mean makes it $15.02.
    "spot": (
        {
            "spot": [Told(0, 20, 0.02), Told(20, 27, 0.03), Told(27, 30, 0.0024)],
            "on_demand": [Told(0, 30, 0.07)],
        },
        {
            "spot": Expected(SPOT, 0.0024, 0.03, at_test=0.03),
            "on_demand": Expected(0.07, 0.07, 0.07, at_test=0.07),
        },
    ),
    # No price was told in the first half: it is no part of the mean, and no 0.
    "late": (
        {"on_demand": [Told(0, 15, None), Told(15, 30, 0.04)]},
        {"on_demand": Expected(0.04, 0.04, 0.04, known=0.5)},
    ),
    # Switched off for ten days: time in which there is no price, and no machine.
    "off": (
        {"on_demand": [Told(0, 10, 0.01), Told(20, 30, 0.03)]},
        {"on_demand": Expected(0.02, 0.01, 0.03)},
    ),
    # Scraped half as often in the second half: a mean of samples would be $0.0167.
    "uneven": (
        {"on_demand": [Told(0, 15, 0.01), Told(15, 30, 0.03, step=2 * STEP)]},
        {"on_demand": Expected(0.02, 0.01, 0.03)},
    ),
    # A rollout gave it another pod, which is another series.
    "moved": (
        {"on_demand": [Told(0, 15, 0.01), Told(15, 30, 0.03, pod="b")]},
        {"on_demand": Expected(0.02, 0.01, 0.03)},
    ),
    # Made larger in the last twelve hours: a report asks again what it has cost since.
    "resized": (
        {"on_demand": [Told(0, 29.5, 0.01, kind="small"), Told(29.5, 30, 0.04, kind="large")]},
        {"on_demand": Expected(0.0105, 0.01, 0.04)},
    ),
    # A peak of ten minutes, which looks a quarter of an hour apart may miss.
    "peaks": (
        {
            "on_demand": [
                Told(0, 10, 0.01),
                Told(10, 10 + 600 / DAY, 0.5),
                Told(10 + 600 / DAY, 30, 0.01),
            ]
        },
        {"on_demand": Expected(0.01 + 0.49 * 600 / DAY / 30, 0.01, 0.5)},
    ),
    "unpriced": ({"on_demand": [Told(0, 30, None)]}, {"on_demand": Expected(None)}),
}
# When the newest run of "spot" ended: in the 25th day, at $0.03. An earlier one, at $0.02.
TESTED, EARLIER = START + 24.6 * DAY, START + 3 * DAY


def times_of(told: Told) -> Floats:
    """Of the samples, in Unix seconds; those of a stretch end before the next begins."""
    first, last = START + told.first * DAY, START + told.last * DAY
    return np.arange(np.ceil(first / told.step) * told.step, last, told.step)


def series() -> Iterator[Series]:
    """All that a store is given."""
    for machine, (prices, _) in MACHINES.items():
        seen: dict[tuple[str, str], list[Floats]] = {}
        for option, stretches in prices.items():
            for pod in sorted({told.pod for told in stretches}):
                own = [told for told in stretches if told.pod == pod]
                for told in own:
                    seen.setdefault((pod, told.kind), []).append(times_of(told))
                priced = [(times_of(one), one.price) for one in own if one.price is not None]
                if priced:
                    labels = {"instance": machine, "job": "node", "pod": pod, "purchase": option}
                    yield Series(
                        {"__name__": "perf_machine_price_dollars_per_hour", **labels},
                        np.concatenate([times for times, _ in priced]),
                        np.concatenate([np.full(len(times), price) for times, price in priced]),
                    )
        for (pod, kind), times in seen.items():
            at = np.unique(np.concatenate(times))
            labels = {"instance": machine, "job": "node", "pod": pod, "instance_type": kind}
            team = {"team": "web"} if machine in {"spot", "late"} else {}
            identity = {"__name__": "perf_machine_info", "provider": "p", **labels, **team}
            yield Series(identity, at, np.ones(len(at)))
    yield from _tests()


def _tests() -> Iterator[Series]:
    times = np.arange(np.ceil(EARLIER / STEP) * STEP, END, STEP)
    labels = {"instance": "spot", "job": "node", "kernel": "rmw"}
    ended = np.where(times < TESTED, EARLIER, TESTED)
    yield Series({"__name__": "perf_loadtest_timestamp_seconds", **labels}, times, ended)
    for name in ("instance_kernel:perf_loadtest_units:paid", "perf_loadtest_max_units_per_second"):
        yield Series({"__name__": name, **labels}, times, np.full(len(times), 1000.0))
    for suffix, share in (("", 1.0), ("_lower", 0.98), ("_upper", 1.02)):
        name = f"perf_loadtest_units_per_second{suffix}"
        units = np.full(len(times), 1000.0 * share)
        yield Series({"__name__": name, **labels, "busy": "100"}, times, units)
    started = {"instance": "spot", "job": "node", "purchase": "spot"}
    yield Series({"__name__": "perf_machine_purchase_info", **started}, times, np.ones(len(times)))
