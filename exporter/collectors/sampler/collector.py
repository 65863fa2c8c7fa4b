"""Bursts that a scrape interval hides: the CPUs several times a second; off by default.

What reads is ``sampler.py``, in a thread of its own; a scrape only shows what was read.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from exporter.collecting import Collector, CollectorError, CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from exporter.sources.own_threads import counted_in
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries, format_value

if TYPE_CHECKING:
    from exporter.collectors.sampler.sampler import Sampler
    from exporter.collectors.sampler.tallies import RecentMaximum

_STAT = "/proc/stat"
_NAMES = {
    "busy": ("busy_ratio", "Share of all CPU time that was neither idle, nor iowait, nor stolen"),
    "steal": ("steal_ratio", "Share of all CPU time that the hypervisor gave to others"),
    "run_queue": ("run_queue_per_cpu", "Runnable threads, less the exporter's own, per online CPU"),
}
HISTOGRAMS = {
    key: Family(f"perf_sampler_{name}", "histogram", f"{text}, at each reading.", source=_STAT)
    for key, (name, text) in _NAMES.items()
}
MAXIMA = {
    key: Family(
        f"perf_sampler_{name}_max",
        "gauge",
        f"{text}: the largest reading of the last seconds.",
        ("window",),
        source=_STAT,
    )
    for key, (name, text) in _NAMES.items()
}
PRESSURE = Family(
    "perf_sampler_pressure_ratio_max",
    "gauge",
    "Share of the time in which some or all tasks stalled: the largest of the last seconds.",
    ("resource", "kind", "window"),
    source="/proc/pressure",
)
MISSED = Family(
    "perf_sampler_missed_total",
    "counter",
    "Looks that were due when the sampler's thread did not get to run.",
    source="the exporter itself",
)
CPU_SECONDS = Family(
    "perf_sampler_cpu_seconds_total",
    "counter",
    "CPU time of the sampler's thread.",
    unit="seconds",
    source="clock_gettime(2), CLOCK_THREAD_CPUTIME_ID",
)
FREQUENCY = Flag("collector.sampler.frequency", 10.0, "Looks a second, 1 to 10.")


class SamplerCollector:
    """``perf_sampler_*``.

    Args:
        sampler: runs already.
    """

    def __init__(self, sampler: Sampler) -> None:
        # Only those who sample load these.
        from exporter.collectors.sampler import layout
        from exporter.collectors.sampler.sampler import WINDOWS

        self._windows = WINDOWS
        self._values_of = layout.values_of
        self.sampler = sampler
        self._layout = layout.HistogramLayout(
            [(family, sampler.observed[key].histogram.bounds) for key, family in HISTOGRAMS.items()]
        )
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        sampler = self.sampler
        now = monotonic()
        pairs: list[tuple[Series, bytes]] = []
        with sampler.lock:
            if sampler.error:
                raise CollectorError(sampler.error)
            counts = [
                value
                for key in HISTOGRAMS
                for value in self._values_of(sampler.observed[key].histogram)
            ]
            recent: list[tuple[Family, tuple[str, ...], RecentMaximum]] = [
                (MAXIMA[key], (), sampler.observed[key].recent) for key in MAXIMA
            ]
            recent += [
                (PRESSURE, (resource, kind.decode()), maximum)
                for (resource, kind), maximum in sampler.pressures.items()
            ]
            for family, labels, maximum in recent:
                for window in self._windows:
                    largest = maximum.over(now, window)
                    if largest is not None:
                        series = Series(family, (*labels, f"{window}s"))
                        pairs.append((series, format_value(round(largest, 6))))
            pairs.append((Series(MISSED), b"%d" % sampler.missed))
            pairs.append((Series(CPU_SECONDS), b"%.6f" % sampler.cpu_seconds))
        return [Block(self._layout, counts), self._series.block(pairs)]


def create(sources: Sources, flags: Flags) -> Collector:
    """Start the sampler, and make what shows it.

    Raises:
        InputError: the frequency is out of bounds.
    """
    frequency = flags[FREQUENCY.variable]
    if not 1 <= frequency <= 10:
        raise InputError(f"--{FREQUENCY.name}", "", "readings a second, 1 to 10", frequency)
    from exporter.collectors.sampler import sampler as module

    procfs = sources.paths.procfs
    sampler = module.Sampler(procfs, frequency, counted_in(procfs))
    sampler.start()
    return SamplerCollector(sampler)


SPECIFICATION = CollectorSpecification(
    "sampler",
    (*HISTOGRAMS.values(), *MAXIMA.values(), PRESSURE, MISSED, CPU_SECONDS),
    create,
    flags=(FREQUENCY,),
    enabled=False,
)
