"""Reads every sample of some quantities: on which grid, and in which parts and slices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from perfanalysis.promql import Floats, Series
from reporter.asking.query_run import QueryRun
from reporter.asking.rhythm import Grid, ScrapeRhythm, grids
from reporter.asking.sample_times import sample_times
from reporter.asking.sampled_query import CLOCK, Sampled, SampledQuery, combined
from reporter.asking.shared_times import SharedTimes

# Of one query: an answer of some ten megabytes.
_POINTS_AT_ONCE = 200_000


@dataclass(frozen=True)
class SampleReading:
    """How the samples of a report's machines are read.

    Attributes:
        run: the queries of the report's plan.
        rhythms: by machine, how often it was scraped.
        sets: how many label sets a machine had in the range, one after the other.
        summed: the machines whose exporter adds up CPUs and modes, see ``machine_time``.
        shared: times that several samples have are kept once.
    """

    run: QueryRun
    rhythms: Mapping[str, ScrapeRhythm]
    sets: int
    summed: frozenset[str]
    shared: SharedTimes = field(default_factory=SharedTimes)

    def begin(self, pool: ThreadPoolExecutor) -> list[tuple[SampledQuery, Future[list[Sampled]]]]:
        """Ask for all samples of the plan's quantities, part by part.

        Args:
            pool: whose threads ask.
        """
        parts = list(self._parts())
        # They are begun first, so that who waits for them never waits for itself.
        clocks = {
            (query.clock, at): pool.submit(self._clock, query.clock, part)
            for at, (grid, part) in enumerate(parts)
            for query in {query.clock: query for query in self._timed(grid)}.values()
        }
        return [
            (query, pool.submit(self._read, query, grid, part, clocks.get((query.clock, at))))
            for query in self.run.plan.sampled
            for at, (grid, part) in enumerate(parts)
        ]

    def _timed(self, grid: Grid) -> Iterator[SampledQuery]:
        """The quantities that need to know when each sample was."""
        return (query for query in self.run.plan.sampled if query.timed or not grid.even)

    def _clock(self, clock: str, part: Sequence[str]) -> dict[str, Floats]:
        """When machines were scraped: the times of a series of each, Unix seconds."""
        interval = min(self.rhythms[name].interval for name in part)
        found = sample_times(self.run, clock, part, interval)
        left = [name for name in part if name not in found]
        if left and clock != CLOCK:
            found |= sample_times(self.run, CLOCK, left, interval)
        return found

    def _parts(self) -> Iterator[tuple[Grid, Sequence[str]]]:
        for grid, names in grids(self.rhythms, self.run.config.window_seconds).items():
            points = (self.run.end - self.run.start) / grid.step
            for alike in self._alike(names):
                most = max(1, min(math.floor(_POINTS_AT_ONCE / points), len(alike)))
                count = math.ceil(len(alike) / most)
                for at in range(count):
                    yield grid, alike[at::count]

    def _alike(self, names: Sequence[str]) -> list[list[str]]:
        """Those whose exporter adds up, and those whose does not."""
        found = [[n for n in names if (n in self.summed) is own] for own in (True, False)]
        return [some for some in found if some]

    def _read(
        self,
        query: SampledQuery,
        grid: Grid,
        part: Sequence[str],
        clock: Future[dict[str, Floats]] | None,
    ) -> list[Sampled]:
        every, own = query.every or (1,) * len(query.parts), part[0] in self.summed
        answers = [
            self._ask(expression, grid, part, sparse)
            for expression, sparse in zip(query.sent(summed=own), every, strict=True)
        ]
        times = clock.result() if clock and any(answers) else {}
        late = {name: grid.lateness(self.rhythms[name]) for name in part}
        return self.shared.of(combined(query, answers, times, late))

    def _ask(
        self, expression: str, grid: Grid, part: Sequence[str], sparse: int = 1
    ) -> list[Series]:
        """What is answered at one of so many points of a grid."""
        times, step = grid.points(self.run.start, self.run.end), grid.step * sparse
        return self.run.ask(
            expression,
            part,
            lambda filled: self.run.points(filled, times, step, self.sets),
            # What was not scraped at one point may have been at another.
            step,
        )
