"""When machines were scraped: the samples of one series of each, as they are stored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking.answers import by_machine
from reporter.asking.query_run import QueryRun

# Seconds before the range: its first span begins there.
_BEFORE = 600.0
# Of one query; its answer has some megabytes.
_SAMPLES_AT_ONCE = 200_000


def sample_times(
    run: QueryRun, selector: str, names: Sequence[str], interval: float
) -> dict[str, Floats]:
    """By machine, the times of its samples, Unix seconds, ascending; those without are left out.

    Args:
        run: the range, and whom to ask.
        selector: one series of each machine, with placeholders.
        names: the machines.
        interval: seconds from one of their samples to the next.

    Raises:
        QueryError: see ``Engine``.
    """
    start, end = run.start - _BEFORE, run.end
    count = max(1, math.ceil((end - start) / interval * len(names) / _SAMPLES_AT_ONCE))
    edges = np.linspace(start, end, count + 1)
    parts = [
        samples_within(run, selector, names, (float(to), float(to - since)))
        for since, to in pairwise(edges)
    ]
    every = by_machine([one for part in parts for one in part])
    return {name: np.unique(np.concatenate([s.times for s in own])) for name, own in every.items()}


def samples_within(
    run: QueryRun, selector: str, names: Sequence[str], span: tuple[float, float]
) -> list[Series]:
    """The samples of some machines up to a time, and so many seconds before it.

    Raises:
        QueryError: see ``Engine``.
    """
    end, seconds = span
    whole = math.ceil(seconds)
    return run.ask(
        f"{selector}[$window]", names, lambda filled: run.engine.samples(filled, end), whole
    )
