"""Intervals as other monitors tell them, and the counters that these become.

Most monitors print rates. Here they become counters again, so that ``rate()`` gives the rates back:
each begins with 0 at the start of the first interval that tells it, and begins anew wherever an
interval does not follow the one before (a gap, a restart). So what was not recorded is never idle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.collectors.cpu import collector as cpu
from importing.captures import CapturedMachine, Snapshot
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import format_value

# Monitors tell their times and the lengths of their intervals in whole seconds: both may be off by
# so much. Where an interval is as short as that, half of it counts.
SLACK_SECONDS = 1.5
# Digits of a sum that are kept: more than any monitor has decimals.
_DIGITS = 9


@dataclass(slots=True)
class ToldInterval:
    """What a monitor tells of one interval.

    Attributes:
        time: its end, Unix seconds.
        place: where that stands in the file, such as ``line 7``.
        seconds: its length; 0 where nothing is told but values.
        rates: of counters, what they rose by in a second.
        rises: of counters, what they rose by in the interval.
        values: gauges, and counters that are told as they stand, at its end.
    """

    time: float
    place: str
    seconds: float = 0.0
    rates: dict[Series, float] = field(default_factory=dict)
    rises: dict[Series, float] = field(default_factory=dict)
    values: dict[Series, float] = field(default_factory=dict)

    @property
    def begins(self) -> float:
        """Its start, Unix seconds."""
        return self.time - self.seconds

    @property
    def empty(self) -> bool:
        """Whether it tells nothing."""
        return not (self.rates or self.rises or self.values)

    def things(self) -> set[str]:
        """Of which files of the kernel it tells what they hold."""
        told = (*self.rates, *self.rises, *self.values)
        return {series.family.source for series in told}


class IntegratedCounters:
    """Makes the intervals of a machine's files of one kind into snapshots.

    They go on from file to file: a monitor that begins a new one each day has recorded no gap.

    Args:
        recorded: the machine.
        kind: what the files are, for messages.
    """

    def __init__(self, recorded: CapturedMachine, kind: str) -> None:
        self._recorded = recorded
        self._kind = kind
        self._sums: dict[Series, float] = {}
        # When the last interval ended, and what it told then: held until it is known which counters
        # begin there, or its file has ended.
        self._end = -math.inf
        self._held: dict[Series, float] = {}

    def snapshots(self, told: Iterable[ToldInterval], path: Path) -> Iterator[Snapshot]:
        """The snapshots of a file's intervals, in the order of time."""
        for interval in told:
            if self._recorded.is_next(self._kind, interval.time, f"{path}: {interval.place}"):
                yield from self._snapshots(interval)
        yield from self._release()

    def _snapshots(self, interval: ToldInterval) -> Iterator[Snapshot]:
        rising = interval.rates.keys() | interval.rises.keys()
        seconds = interval.seconds
        if self._follows(interval):
            # So that the rate comes back, by the times that are told.
            seconds = interval.time - self._end
            self._held.update(dict.fromkeys(rising - self._sums.keys(), 0.0))
            yield from self._release()
            self._sums = {series: self._sums.get(series, 0.0) for series in rising}
        else:
            yield from self._release()
            self._sums = dict.fromkeys(rising, 0.0)
            if rising and interval.begins > self._end:
                yield self._snapshot(interval.begins, self._sums)
        for series, rate in interval.rates.items():
            self._sums[series] += rate * seconds
        for series, rise in interval.rises.items():
            self._sums[series] += rise
        self._end, self._held = interval.time, {**self._sums, **interval.values}

    def _follows(self, interval: ToldInterval) -> bool:
        """Whether it begins where the one before ended."""
        slack = min(SLACK_SECONDS, interval.seconds / 2)
        return abs(interval.begins - self._end) <= slack

    def _release(self) -> Iterator[Snapshot]:
        held, self._held = self._held, {}
        if held:
            yield self._snapshot(self._end, held)

    def _snapshot(self, time: float, values: Mapping[Series, float]) -> Snapshot:
        pairs = [(series, format_value(_short(value))) for series, value in values.items()]
        batches = self._recorded.batch(pairs)
        if batches and any(series.family is cpu.SECONDS for series in values):
            batches += self._recorded.cpus
        return self._recorded.with_identity(time, batches)


def _short(value: float) -> float:
    """A number as short as it may be written: whole ones without decimals."""
    rounded = round(float(value), _DIGITS)
    return int(rounded) if rounded.is_integer() else rounded
