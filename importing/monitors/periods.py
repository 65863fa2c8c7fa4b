"""What clouds tell: values of metrics for periods, each metric by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from importing.intervals import ToldInterval
from importing.monitors import names
from perfanalysis.exposition.families import Series


@dataclass(slots=True)
class ToldPeriods:
    """Values by the start of their period, Unix seconds.

    Attributes:
        seconds: how long periods are.
        busy: share of the CPU that was not idle, 0 to 1.
        rises: of counters, in a period.
        rates: of counters, a second.
        values: gauges, of a period's mean.
    """

    seconds: float = 0.0
    busy: dict[float, float] = field(default_factory=dict)
    rises: dict[Series, dict[float, float]] = field(default_factory=dict)
    rates: dict[Series, dict[float, float]] = field(default_factory=dict)
    values: dict[Series, dict[float, float]] = field(default_factory=dict)

    def intervals(self, cpus: int | None) -> Iterator[ToldInterval]:
        """One interval a period, in the order of time.

        Args:
            cpus: how many CPUs there are; None: unknown, so that nothing is said of them.
        """
        told = (*self.rises.values(), *self.rates.values(), *self.values.values())
        for start in sorted({*self.busy, *(start for series in told for start in series)}):
            interval = ToldInterval(start + self.seconds, _place(start), self.seconds)
            for mine, ours in (
                (interval.rises, self.rises),
                (interval.rates, self.rates),
                (interval.values, self.values),
            ):
                mine |= {one: series[start] for one, series in ours.items() if start in series}
            if (busy := self.busy.get(start)) is not None:
                modes = {names.OTHER: busy, "idle": max(0.0, 1 - busy)}
                interval.rates |= names.shares({names.ALL: modes}, cpus)
            if not interval.empty:
                yield interval


def _place(start: float) -> str:
    return f"period of {start:.15g}"
