"""Sends the queries of a plan: each for the machines, in parts that the engine can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from perfanalysis.promql import Engine, Sample, Series
from reporter.asking import latest_series, placeholders
from reporter.asking.batches import end_first, in_groups, spread
from reporter.asking.machine_queries import MACHINES
from reporter.asking.price_queries import SINCE_CHANGE
from reporter.asking.query import InstantQuery, RangeQuery
from reporter.asking.query_plan import QueryPlan
from reporter.settings.report import Config


@dataclass(frozen=True)
class QueryRun:
    """The queries of a plan, of some machines in a range.

    Attributes:
        engine: where to ask.
        config: kernel, purchase option and devices.
        plan: what to ask for.
        names: all machines of the report.
        matched: those that stand in the queries; none: all that answer.
        start: Unix seconds.
        end: Unix seconds.
        changed: machines that were something else before, by the matchers of what they are now.
    """

    engine: Engine
    config: Config
    plan: QueryPlan
    names: Sequence[str]
    matched: Sequence[str]
    start: float
    end: float
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def filled(
        self, expression: str, window: float = 0.0, some: Sequence[str] = (), type_now: str = ""
    ) -> str:
        """An expression as it is sent for some machines, and as it is shown for all of them."""
        return placeholders.fill(
            expression,
            machines=some or self.matched,
            kernel=self.config.kernel,
            purchase=self.config.purchases.options,
            seconds=self.end - self.start,
            window=window,
            full_load_only=self.plan.full_load_only,
            devices=self.config.devices,
            type_now=type_now,
        )

    def instant(self) -> dict[InstantQuery, str]:
        """What is asked at the range's end; the machines are asked for before."""
        return {one: self.filled(one.expression) for one in self.plan.instant if one != MACHINES}

    def first(self) -> dict[InstantQuery, str]:
        """The cheap parts that are asked before some of them."""
        found = {query: self._first(query) for query in self.instant()}
        return {query: self.filled(part) for query, part in found.items() if part}

    def ranges(self, window: float) -> dict[RangeQuery, str]:
        """What is asked over the range, with rates over ``window`` seconds."""
        return {query: self.filled(query.expression, window) for query in self.plan.range}

    def _first(self, query: InstantQuery) -> str:
        if query in SINCE_CHANGE and len(self.config.purchases.options) > 1:
            # Who answers for one option need not have answered for the other.
            return ""
        return query.first_part(self.end - self.start, lately=self.plan.lately_first)

    def samples(self, query: InstantQuery) -> list[Sample]:
        """What the engine answers at the range's end."""
        first = self._first(query)
        found = end_first(self.names, first, query.expression, self._instant, query.only_with)
        for type_now, names in self.changed.items() if query in SINCE_CHANGE else ():
            since = self._instant(SINCE_CHANGE[query], names, type_now)
            found = [s for s in found if s.labels.get("instance") not in names] + since
        return found

    def _instant(self, expression: str, of: Sequence[str], type_now: str = "") -> list[Sample]:
        every = of if len(of) < len(self.names) else ()
        return in_groups(
            of,
            self.engine.access.machines_per_query,
            lambda some: self.filled(expression, 0.0, some or every, type_now),
            lambda e: latest_series.query(self.engine, e, self.end),
        )

    def _series(
        self, query: RangeQuery, part: Sequence[str], resolution: tuple[float, float]
    ) -> list[Series]:
        step, window = resolution
        every = part if len(part) < len(self.names) else ()
        return in_groups(
            part,
            self.engine.access.machines_per_query,
            lambda some: self.filled(query.expression, window, some or every),
            lambda e: self.engine.query_range(e, self.start, self.end, step),
        )

    def begin_series(
        self, pool: ThreadPoolExecutor, resolution: tuple[float, float]
    ) -> list[tuple[RangeQuery, Future[list[Series]]]]:
        """Ask for all series over the range, part by part.

        Args:
            pool: whose threads ask.
            resolution: step between points and window of rates, in seconds.
        """
        parts = spread(self.names, self.engine.access.queries_at_once)
        return [
            (query, pool.submit(self._series, query, part, resolution))
            for query in self.plan.range
            for part in parts
        ]


@contextmanager
def asking(engine: Engine) -> Iterator[ThreadPoolExecutor]:
    """Threads that ask as much at once as the engine may be asked.

    After a failure, what has not begun is not asked any more.
    """
    pool = ThreadPoolExecutor(engine.access.queries_at_once)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def collected(
    pieces: Sequence[tuple[RangeQuery, Future[list[Series]]]], queries: Iterable[RangeQuery]
) -> dict[RangeQuery, list[Series]]:
    """The series by their query, when all have come.

    Raises:
        QueryError: see ``Engine.query_range``.
    """
    found: dict[RangeQuery, list[Series]] = {query: [] for query in queries}
    for query, piece in pieces:
        found[query] += piece.result()
    return found
