"""Prices and units per dollar, from the lowest and the highest price: samples are read once.

Where these are the same, nothing more needs to be asked: a fleet's engine would read all samples of
the range again for each question. Only machines whose price changed are asked for their mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfanalysis.promql import Sample
from reporter.asking.batches import end_first
from reporter.asking.price_queries import PRICE, SINCE_CHANGE, UNITS_PER_DOLLAR, WORK
from reporter.asking.query import LATELY, InstantQuery
from reporter.asking.query_run import QueryRun

Key = tuple[str, str]
# What can be made of the lowest and the highest price.
DERIVED = (PRICE, UNITS_PER_DOLLAR)


def read_price(
    run: QueryRun, query: InstantQuery, lowest: Sequence[Sample], highest: Sequence[Sample]
) -> list[Sample]:
    """What the engine would answer to one of ``DERIVED``.

    Args:
        run: the queries of the report's plan.
        query: one of ``DERIVED``.
        lowest, highest: what it answered to these.
    """
    same, changed = constant(lowest, highest)
    left = sorted(changed)
    if query == UNITS_PER_DOLLAR:
        work = _work(run)
        same = per_price(work, same)
        left = [name for name in left if name in work]
    found = [*same, *(run.at_the_end(query.expression, left) if left else ())]
    # What was another type before costs what it has cost since.
    return run.since_change(query, found) if query in SINCE_CHANGE else found


def _work(run: QueryRun) -> dict[str, float]:
    """By machine, the units per second that its price buys, by the rules."""
    lately = run.plan.lately_first and run.end - run.start > LATELY
    first = WORK.first_part(run.end - run.start, lately=lately)
    found = end_first(run.names, first, WORK.expression, run.at_the_end)
    return {sample.labels.get("instance", ""): sample.value for sample in found}


def constant(
    lowest: Sequence[Sample], highest: Sequence[Sample]
) -> tuple[list[Sample], frozenset[str]]:
    """Prices that did not change, and the machines that have one that did. Pure.

    Args:
        lowest, highest: by machine and purchase option.
    """
    most: Mapping[Key, float] = {_key(one): one.value for one in highest}
    changed = frozenset(
        one.labels.get("instance", "") for one in lowest if most.get(_key(one)) != one.value
    )
    same = [one for one in lowest if one.labels.get("instance", "") not in changed]
    return same, changed


def per_price(work: Mapping[str, float], prices: Sequence[Sample]) -> list[Sample]:
    """Units per second for a dollar an hour, where the price is above 0. Pure."""
    return [
        replace(one, value=work[name] / one.value)
        for one in prices
        if (name := one.labels.get("instance", "")) in work and one.value > 0
    ]


def _key(sample: Sample) -> Key:
    return sample.labels.get("instance", ""), sample.labels.get("purchase", "")
