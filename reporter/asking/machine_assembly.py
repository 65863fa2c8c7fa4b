"""Puts an engine's answers together by machine. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from perfanalysis.estimates.statistics import Estimate
from perfanalysis.promql import Floats, Sample
from reporter.asking import machine_queries as queries
from reporter.asking.machines import Curve, LoadTest, Machine
from reporter.asking.price_queries import UNITS_PER_DOLLAR
from reporter.asking.prices import of_purchase, pricing_of, started_as
from reporter.asking.query import InstantQuery
from reporter.settings.purchases import Purchases

# Seconds within which series are of one scrape.
_SAME_SCRAPE = 1.0
_ON_DEMAND = Purchases()
Own = Mapping[InstantQuery, Sequence[Sample]]


def assemble(
    names: Sequence[str], answers: Own, purchases: Purchases = _ON_DEMAND, group_by: str = ""
) -> list[Machine]:
    """The machines with these names, in their order.

    Args:
        names: as in the label ``instance``.
        answers: samples by their query, as far as asked.
        purchases: which price of which machine counts.
        group_by: the label whose value is the machine's group; "": there are no groups.
    """
    grouped: dict[str, dict[InstantQuery, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for query, samples in answers.items():
        for sample in samples:
            grouped[sample.labels.get("instance", "")][query].append(sample)
    return [_machine(name, grouped[name], purchases, group_by) for name in names]


def _machine(name: str, own: Own, purchases: Purchases, group_by: str) -> Machine:
    identity = max(own[queries.MACHINES], key=lambda sample: sample.time).labels
    cpus = _value(own[queries.CPUS])
    purchase = purchases.of(name, started_as(own))
    pricing = pricing_of(own, purchase)
    price = pricing.mean if pricing else None
    test = _load_test(own)
    per_dollar, estimate = of_purchase(own[UNITS_PER_DOLLAR], purchase), None
    work = test.work.at(100) if test else None
    if test and work and price and test.full is not False:
        bounds = work.divided_by(price)
        # Where the recording rule is not loaded, the same division is made here, and said.
        value = bounds.value if per_dollar is None else per_dollar
        # The rule has a burstable machine by its baseline: a share of what was measured.
        share = value / bounds.value
        estimate = Estimate(value, bounds.lower * share, bounds.upper * share)
    cores = _value(own[queries.CORES])
    kernels = {s.labels["kernel"]: s.value for s in own[queries.KERNEL_UNITS] if s.value > 0}
    keys = ("provider", "region", "zone", "instance_type", "cpu_model", "architecture")
    return Machine(
        name=name,
        **{key: identity.get(key, "") for key in keys},
        cpus=None if cpus is None else round(cpus),
        memory_bytes=_value(own[queries.MEMORY]),
        price=price,
        test=test,
        units_per_dollar=estimate,
        cores=None if cores is None else round(cores),
        by_rule=per_dollar is not None,
        kernels=kernels,
        pricing=pricing,
        group=identity.get(group_by, "") if group_by else None,
    )


def _load_test(own: Own) -> LoadTest | None:
    levels = _by_busy(own[queries.LEVEL_UNITS])
    if not levels:
        return None
    busy = np.array(sorted(levels), dtype=np.float64)

    def column(query: InstantQuery) -> Floats:
        values = _by_busy(own[query])
        return np.array([values.get(int(level), np.nan) for level in busy], dtype=np.float64)

    curve = Curve(
        busy=busy,
        units=column(queries.LEVEL_UNITS),
        lower=column(queries.LEVEL_LOWER),
        upper=column(queries.LEVEL_UPPER),
        reached=column(queries.LEVEL_REACHED),
        steal=column(queries.LEVEL_STEAL),
    )
    means = _by_busy(own[queries.MEAN_UNITS])
    mean = None
    if means.keys() == levels.keys():
        mean = replace(
            curve,
            units=column(queries.MEAN_UNITS),
            lower=column(queries.MEAN_LOWER),
            upper=column(queries.MEAN_UPPER),
        )
    run = max(own[queries.RUN], key=lambda sample: sample.time, default=None)
    valid, full = _value(own[queries.RUN_VALID]), _value(own[queries.RUN_FULL])
    test_id = run.labels.get("test_id", "") if run else ""
    return LoadTest(
        test_id=test_id,
        ended=_value(own[queries.RUN_END]),
        valid=None if valid is None else valid == 1,
        full=None if full is None else full == 1,
        max=curve.at(100),
        single=_value(own[queries.SINGLE_UNITS]),
        curve=curve,
        earlier=_earlier(own[queries.RUNS], test_id),
        means=mean,
        speeds=_speeds(own, test_id),
    )


def _earlier(runs: Sequence[Sample], test_id: str) -> dict[str, float]:
    """The other runs under the conditions of the one that is reported; none: these are unknown."""
    conditions = {s.labels["conditions"] for s in runs if s.labels["test_id"] == test_id}
    return {
        s.labels["test_id"]: s.value
        for s in runs
        if s.labels["conditions"] in conditions and s.labels["test_id"] != test_id and s.value > 0
    }


def _speeds(own: Own, test_id: str) -> tuple[float, float] | None:
    """Two speeds of a run; those of an earlier one are no part of it."""
    slow, share = (
        _value([sample for sample in own[query] if sample.labels.get("test_id") == test_id])
        for query in (queries.SLOW_SPEED, queries.SLOW_TIME)
    )
    return None if slow is None or share is None else (slow, share)


def _by_busy(samples: Sequence[Sample]) -> dict[int, float]:
    """Values by level, of the newest run: levels that only earlier ones had are no part of it."""
    latest = max((sample.time for sample in samples), default=0.0)
    return {int(s.labels["busy"]): s.value for s in samples if s.time > latest - _SAME_SCRAPE}


def _value(samples: Sequence[Sample]) -> float | None:
    finite = [sample for sample in samples if np.isfinite(sample.value)]
    return max(finite, key=lambda sample: sample.time).value if finite else None
