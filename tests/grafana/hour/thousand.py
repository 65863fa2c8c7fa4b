"""A fleet of many machines: the hour's four, with other names and other sizes of their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.promql import Series
from tests.grafana.hour.moving_tree import HOUR
from tests.grafana.hour.recording import MACHINES, Sampled

STEP_SECONDS = 60.0
_LINE = re.compile(r"(\w+)\{(.*)\} (\S+)")
# What the exporter itself shows of a machine is some hundred series: of a thousand machines they
# are kept for the last hour, but for what says which machines there are.
_KEPT = frozenset({"up", "perf_machine_info"})
_LABEL = re.compile(r'(\w+)="([^"]*)"')
# Of a healthy fleet few machines have alerts: one in so many.
_ALERTING = 20
# These say that something is there, or when, or count it: they are not scaled.
_WHOLE = re.compile(r"up|ALERTS|\w+_(info|success|valid|running|time(stamp)?_seconds)|.*:count")


@dataclass(frozen=True)
class Fleet:
    """The series of each of the four machines, over hours that repeat the hour.

    Those that the exporter shows are there for the last hour, the recorded ones for all of it.
    """

    hours: int
    begin: float
    kinds: list[list[Series]]

    @property
    def end(self) -> float:
        """The last moment."""
        return self.begin + self.hours * HOUR

    def machines(self, count: int) -> Iterator[list[Series]]:
        """The series of each of ``count`` machines, called ``machine-0000`` and so on."""
        for number in range(count):
            kind = self.kinds[number % len(self.kinds)]
            factor = 0.6 + 0.4 * (number * 7919 % count) / count
            yield [
                _renamed(series, f"machine-{number:04}", factor)
                for series in kind
                if number % _ALERTING == 0 or series.labels["__name__"] != "ALERTS"
            ]


def fleet(sampled: Sampled, recorded: Sequence[Series], names: set[str], hours: int) -> Fleet:
    """A fleet whose last hour is the hour.

    Args:
        sampled: the hour as scraped.
        recorded: what rules make of it.
        names: the metrics that are wanted; the others are left out.
        hours: how often the hour is repeated, one after the other.
    """
    raw = _raw(sampled, names)
    kept = [one for one in raw if one.labels["__name__"] in _KEPT]
    kept += [one for one in recorded if one.labels["__name__"] in names]
    made = [_repeated(one, sampled.begin, hours) for one in kept]
    made += [_repeated(one, sampled.begin, 1) for one in raw if one.labels["__name__"] not in _KEPT]
    kinds = [
        [one for one in made if one.labels.get("instance") == machine.name] for machine in MACHINES
    ]
    return Fleet(hours, sampled.end - hours * HOUR, kinds)


def _raw(sampled: Sampled, names: set[str]) -> list[Series]:
    """The series that were scraped and are wanted."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for line, moment in sampled.lines:
        if line.partition("{")[0] in names and (match := _LINE.fullmatch(line)):
            found.setdefault((match[1], match[2]), []).append((moment, float(match[3])))
    made = []
    for (name, labels), samples in found.items():
        times, values = np.array(samples).T
        made.append(Series({"__name__": name, **dict(_LABEL.findall(labels))}, times, values))
    return made


def _repeated(series: Series, begin: float, hours: int) -> Series:
    """The hour again and again, a sample each minute, ending as it ended."""
    kept = (series.times - begin) % STEP_SECONDS == 0
    # The hour's last moment is the next one's first.
    kept &= series.times < begin + HOUR
    times = [series.times[kept] - back * HOUR for back in reversed(range(hours))]
    return Series(series.labels, np.concatenate(times), np.tile(series.values[kept], hours))


def _renamed(series: Series, name: str, factor: float) -> Series:
    values = series.values
    if not _WHOLE.fullmatch(series.labels["__name__"]):
        values = values * factor
    return Series({**series.labels, "instance": name}, series.times, values)
