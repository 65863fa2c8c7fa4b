"""Asks how often each machine was scraped: where its samples are, and how far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking.answers import by_machine
from reporter.asking.query_run import QueryRun
from reporter.asking.rhythm import USUAL_INTERVAL, ScrapeRhythm, by_bin, fullest, rhythm_of
from reporter.asking.sample_times import samples_within

# One series of a scrape tells of all of them. Not every machine has a CPU of that number.
_CLOCKS = (
    'node_cpu_seconds_total{$machines,mode="idle",cpu="0"}',
    'node_cpu_seconds_total{$machines,mode="idle"}',
    "node_memory_MemAvailable_bytes{$machines}",
)
_BINS = 100
_SHORTEST_BIN = 120.0
# So many samples in a row tell how far apart they are.
_SAMPLES = 12
# A label that changes with each deployment makes a series of each CPU each time.
_SERIES = "max by (instance) (count by (instance, cpu, mode) (last_over_time(%s[$range])))"


def rhythms(run: QueryRun) -> dict[str, ScrapeRhythm]:
    """How often each machine of a report was scraped.

    Of a machine that nothing tells of, it is as often as is usual, or as its range has room for.

    Raises:
        QueryError: see ``Engine``.
    """
    found: dict[str, ScrapeRhythm] = {}
    for selector in _CLOCKS:
        left = [name for name in run.names if name not in found]
        if not left:
            break
        found |= _told_by(run, selector, left)
    seconds = max(USUAL_INTERVAL, (run.end - run.start) / 10_000)
    return {name: found.get(name) or ScrapeRhythm(seconds, 0.0, even=False) for name in run.names}


def label_sets(run: QueryRun) -> int:
    """How many series, one after the other, a machine's most changed counter has in the range.

    Raises:
        QueryError: see ``Engine``.
    """
    expression = _SERIES % _CLOCKS[0]
    samples = run.ask(expression, run.names, lambda filled: run.engine.query(filled, run.end))
    return max((round(sample.value) for sample in samples), default=1)


def _told_by(run: QueryRun, selector: str, names: Sequence[str]) -> dict[str, ScrapeRhythm]:
    """The rhythms of those machines that have such a series."""
    seconds = max(_SHORTEST_BIN, math.ceil((run.end - run.start) / _BINS))
    first, last = run.start + seconds, run.end + seconds
    counts = run.ask(
        f"sum by (instance) (count_over_time({selector}[$window]))",
        names,
        lambda filled: run.engine.query_range(filled, first, last, seconds),
        seconds,
    )
    places = fullest((one for one in counts if one.labels.get("instance") in names), seconds)
    found: dict[str, ScrapeRhythm] = {}
    for time, some in by_bin(places).items():
        nearest = math.ceil(_SAMPLES * max(places[name][1] for name in some))
        times = _times(samples_within(run, selector, some, (time, min(nearest, seconds))))
        short = [name for name in some if len(times.get(name, ())) < 3]
        if short and nearest < seconds:
            times |= _times(samples_within(run, selector, short, (time, seconds)))
        for name in some:
            found[name] = rhythm_of(np.unique(times.get(name, ())), places[name][1])
    return found


def _times(series: Sequence[Series]) -> dict[str, Floats]:
    return {
        name: np.concatenate([one.times for one in own]) for name, own in by_machine(series).items()
    }
