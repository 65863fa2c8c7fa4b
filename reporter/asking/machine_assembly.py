"""Puts an engine's answers together by machine. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from perfanalysis.estimates.statistics import Estimate
from perfanalysis.promql import Floats, Sample
from perfanalysis.results.lasting import MEASURED
from reporter.asking import machine_queries as queries
from reporter.asking.machines import BurstBaseline, Curve, LoadTest, Machine
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
    by_rule = of_purchase(own[UNITS_PER_DOLLAR], purchase)
    estimate, bare = per_dollar(test, price, by_rule)
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
        by_rule=by_rule is not None,
        kernels=kernels,
        kernel_versions=_kernel_versions(own[queries.KERNEL_RUNS]),
        bare_units_per_dollar=bare,
        partial_runs=any(s.labels.get("full") == "false" for s in own[queries.RUN_CONDITIONS]),
        pricing=pricing,
        group=identity.get(group_by, "") if group_by else None,
    )


def per_dollar(
    test: LoadTest | None, price: float | None, by_rule: float | None
) -> tuple[Estimate | None, float | None]:
    """Units per second for a dollar an hour: with an interval, or else the value alone.

    Where the recording rule is not loaded, the same division is made here, and said: of the
    baseline of a burstable machine, else of the work that was done.

    Args:
        test: of the machine.
        price: dollars an hour.
        by_rule: what the recording rule says; None: nothing.
    """
    if test is None or not price or test.full is False:
        return None, None
    lent, measured = test.baseline, test.work.at(100)
    if lent and lent.lower is not None and lent.upper is not None:
        measured = Estimate(lent.value, lent.lower, lent.upper)
    elif lent and lent.source == MEASURED:
        measured = None
    value = lent.value if lent else test.work.rate_at(100)
    if value is None:
        return None, by_rule
    worth = value / price if by_rule is None else by_rule
    if measured is None:
        return None, worth
    bounds = measured.divided_by(price)
    # The rule may have a burstable machine by its baseline: a share of what was measured.
    share = worth / bounds.value
    return Estimate(worth, bounds.lower * share, bounds.upper * share), None


def _kernel_versions(runs: Sequence[Sample]) -> dict[str, str]:
    """Version and profile of each kernel's newest run."""
    found: dict[str, Sample] = {}
    for one in runs:
        before = found.setdefault(one.labels.get("kernel", ""), one)
        if one.time > before.time:
            found[one.labels.get("kernel", "")] = one
    return {
        kernel: f"{one.labels.get('kernel_version', '')} {one.labels.get('profile', '')}".strip()
        for kernel, one in found.items()
    }


def _baseline(own: Own) -> BurstBaseline | None:
    """The baseline that was seen last, with bounds of the same source."""
    last = max(own[queries.BASELINE], key=lambda sample: sample.time, default=None)
    if last is None:
        return None
    source = last.labels.get("source", "")
    lower, upper = (
        _value([sample for sample in own[query] if sample.labels.get("source", "") == source])
        for query in (queries.BASELINE_LOWER, queries.BASELINE_UPPER)
    )
    return BurstBaseline(last.value, lower, upper, source)


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
    labels = run.labels if run else {}
    test_id = labels.get("test_id", "")
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
        kernel_version=labels.get("kernel_version", ""),
        profile=labels.get("profile", ""),
        conditions=_conditions(own[queries.RUN_CONDITIONS], test_id),
        baseline=_baseline(own),
    )


def _conditions(runs: Sequence[Sample], test_id: str) -> str:
    """The fingerprint of a run's conditions; empty: its own series does not tell."""
    found = [s.labels.get("conditions", "") for s in runs if s.labels.get("test_id") == test_id]
    return found[0] if found and test_id else ""


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
