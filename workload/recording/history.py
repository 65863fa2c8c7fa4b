"""Samples of a machine's history, as they were stored, one stretch of time after the other.

A range selector that is asked for as an instant query gives all samples at their own times: nothing
is filled in, smoothed or counted on over a reset. Answers stay small: a stretch is as long as keeps
its samples near ``WANTED_SAMPLES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from exporter.catalogue import CATALOGUE
from perfanalysis.exposition.families import Family
from perfanalysis.exposition.families import Series as RecordedSeries
from perfanalysis.promql import Engine, Series, TooLargeError, string
from perfanalysis.recordings.frame_text import value_text

# Host metrics, containers, and what we say of the machine; not what exporters say of themselves.
NAMES = (
    "node_(cpu_seconds_total|cpu_info|load1|load5|load15|boot_time_seconds|uname_info"
    "|intr_total|context_switches_total|forks_total|procs_running|procs_blocked)"
    "|node_(memory|vmstat|disk|network|pressure)_.*"
    "|container_.*|perf_(machine|cpu|disk|network|container|sampler|recording)_.*"
    "|perf_containers(_.*)?|perf_pod_info"
)
WANTED_SAMPLES = 400_000
FIRST_SECONDS, SHORTEST_SECONDS, LONGEST_SECONDS = 600.0, 10.0, 86_400.0
_NAME = "__name__"

Columns = tuple[RecordedSeries, ...]


@dataclass(frozen=True)
class Moment:
    """All samples of one time."""

    time: float
    series: Columns
    values: Sequence[bytes]


class MachineHistory:
    """What an engine holds of one machine.

    Args:
        engine: is asked.
        target: labels that all of the machine's series have, and that are left out of theirs.
    """

    def __init__(self, engine: Engine, target: Mapping[str, str]) -> None:
        self._engine = engine
        self._target = target
        labels = ",".join(f"{label}={string(value)}" for label, value in sorted(target.items()))
        self._selector = f"{{{_NAME}=~{string(NAMES)},{labels}}}"
        self._known: dict[tuple[tuple[str, str], ...], RecordedSeries] = {}
        self._together: dict[bytes, Columns] = {}

    def moments(
        self, start: float, end: float, passed: Callable[[float], None]
    ) -> Iterator[Moment]:
        """All samples from ``start`` until before ``end``, in the order of time.

        Args:
            start, end: Unix seconds.
            passed: told how far it is, in Unix seconds.

        Raises:
            TooLargeError: even the shortest stretch is too much for the engine.
            QueryError: the engine gives no answer.
        """
        length, at = FIRST_SECONDS, start
        while at < end:
            until = min(end, at + length)
            try:
                found = self._stretch(at, until)
            except TooLargeError:
                if length <= SHORTEST_SECONDS:
                    raise
                length = max(SHORTEST_SECONDS, length / 4)
                continue
            yield from self._by_time(found)
            samples = sum(len(one.times) for one in found)
            # Twice as long at most, for what comes next may be denser.
            longer = length * min(2.0, WANTED_SAMPLES / max(1, samples))
            length = min(max(longer, SHORTEST_SECONDS), LONGEST_SECONDS)
            at = until
            passed(at)

    def _stretch(self, start: float, end: float) -> list[Series]:
        """Raw samples; engines differ in whether a window has its begin, so that is cut here."""
        last = round(end * 1000) - 1
        length = max(1, last + 1 - round(start * 1000))
        found = self._engine.samples(f"{self._selector}[{length}ms]", last / 1000)
        cut = []
        for one in found:
            kept = (one.times >= start - 1e-6) & (one.times < end)
            cut.append(Series(one.labels, one.times[kept], one.values[kept]))
        return [one for one in cut if len(one.times)]

    def _by_time(self, found: Sequence[Series]) -> Iterator[Moment]:
        if not found:
            return
        series = [self._series(one.labels) for one in found]
        times, places = np.unique(np.concatenate([one.times for one in found]), return_inverse=True)
        owners = np.repeat(np.arange(len(found)), [len(one.times) for one in found])
        values = np.concatenate([one.values for one in found])
        # By time, and in it by series; a stable sort keeps the order of the series.
        order = np.argsort(places, kind="stable")
        bounds = np.searchsorted(places[order], np.arange(len(times) + 1))
        for number, time in enumerate(times.tolist()):
            at = order[bounds[number] : bounds[number + 1]]
            columns = self._columns(owners[at], series)
            yield Moment(time, columns, [value_text(value) for value in values[at].tolist()])
        self._together.clear()

    def _columns(self, owners: np.ndarray, series: Sequence[RecordedSeries]) -> Columns:
        """The same object for the same series, which is quicker to write."""
        key = owners.tobytes()
        found = self._together.get(key)
        if found is None:
            found = self._together[key] = tuple(series[owner] for owner in owners.tolist())
        return found

    def _series(self, labels: Mapping[str, str]) -> RecordedSeries:
        key = tuple(sorted(labels.items()))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _series_of(labels, self._target)
        return known


def _series_of(labels: Mapping[str, str], target: Mapping[str, str]) -> RecordedSeries:
    name = labels.get(_NAME, "")
    declared = CATALOGUE.find(name)
    own = {label: value for label, value in labels.items() if label not in {_NAME, *target}}
    # Prometheus calls a page's own label so where the target has one of that name.
    exported = {f"exported_{label}": label for label in target}
    own = {exported.get(label, label): value for label, value in own.items()}
    order = declared.labels if declared is not None else ()
    names = [label for label in order if label in own]
    names += sorted(label for label in own if label not in order)
    if declared is not None:
        family = Family(name, declared.type, declared.help, tuple(names), declared.unit)
    else:
        counter = name.endswith("_total")
        family = Family(name, "counter" if counter else "untyped", "", tuple(names))
    return RecordedSeries(family, tuple(own[label] for label in names))
