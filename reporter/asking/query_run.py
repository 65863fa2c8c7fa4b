"""Sends the queries of a plan: each for the machines, in parts that the engine can answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from perfanalysis.promql import Engine, Sample, Series, joined
from reporter.asking import latest_series, placeholders
from reporter.asking.batches import end_first, in_groups, spread
from reporter.asking.machine_queries import MACHINES
from reporter.asking.price_queries import SINCE_CHANGE
from reporter.asking.query import InstantQuery, RangeQuery
from reporter.asking.query_plan import QueryPlan
from reporter.settings.report import Config

T = TypeVar("T")
Asked = TypeVar("Asked", bound=RangeQuery)
# Fewer are not worth a query.
_POINTS_OF_A_SLICE = 20
# What a query costs beside its points, measured: 2.5 ms; a look in vain at one of the sixteen or so
# series of a small machine: 30 ns.
_LOOKS_OF_A_QUERY = 16 * 30e-9 / 2.5e-3


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
        """What is asked for charts, with rates over ``window`` seconds."""
        return {query: self.filled(query.expression, window) for query in self.plan.drawn}

    def _first(self, query: InstantQuery) -> str:
        if query in SINCE_CHANGE and len(self.config.purchases.options) > 1:
            # Who answers for one option need not have answered for the other.
            return ""
        return query.first_part(self.end - self.start, lately=self.plan.lately_first)

    def samples(self, query: InstantQuery) -> list[Sample]:
        """What the engine answers at the range's end."""
        first = self._first(query)
        found = end_first(self.names, first, query.expression, self.at_the_end, query.only_with)
        return self.since_change(query, found) if query in SINCE_CHANGE else found

    def since_change(self, query: InstantQuery, found: list[Sample]) -> list[Sample]:
        """An answer in which machines that were something else have what they were since."""
        for type_now, names in self.changed.items():
            since = self.at_the_end(SINCE_CHANGE[query], names, type_now)
            found = [s for s in found if s.labels.get("instance") not in names] + since
        return found

    def at_the_end(self, expression: str, of: Sequence[str], type_now: str = "") -> list[Sample]:
        """What the engine answers to an expression at the range's end, for some machines."""
        return self.ask(
            expression,
            of,
            lambda filled: latest_series.query(self.engine, filled, self.end),
            type_now=type_now,
        )

    def ask(
        self,
        expression: str,
        of: Sequence[str],
        send: Callable[[str], list[T]],
        window: float = 0.0,
        type_now: str = "",
    ) -> list[T]:
        """Send an expression for some machines, in groups that the engine can answer.

        Args:
            expression: PromQL with placeholders.
            of: the machines.
            send: asks what was filled in.
            window: seconds of ``$window``.
            type_now: what ``$type`` stands for.

        Raises:
            QueryError: as ``send``.
        """
        every = of if len(of) < len(self.names) else ()
        most = self.engine.access.machines_per_query
        return in_groups(
            of,
            most,
            lambda some: self.filled(expression, window, some or every, type_now),
            send,
        )

    def points(
        self, filled: str, times: tuple[float, float], step: float, sets: int
    ) -> list[Series]:
        """What the engine answers over a range; one of many label sets is asked in slices.

        An engine looks at each point for every series that it is asked for, those too that ended
        long before: a label that changes with each deployment makes many.

        Args:
            filled: the query.
            times: the first and the last point, Unix seconds.
            step: seconds between points.
            sets: how many label sets a machine had in the range.
        """
        first, last = times
        count = max(1, math.floor((last - first) / step + 1e-6) + 1)
        # With n slices, looks in vain are an n-th, and queries n times as many.
        best = math.sqrt(sets * count * len(self.names) * _LOOKS_OF_A_QUERY)
        slices = max(1, min(sets, round(best), count // _POINTS_OF_A_SLICE))
        size = math.ceil(count / slices)
        parts = [
            self.engine.query_range(
                filled, first + at * step, first + (min(at + size, count) - 1) * step, step
            )
            for at in range(0, count, size)
        ]
        return joined(parts) if len(parts) > 1 else parts[0]

    def begin_series(
        self, pool: ThreadPoolExecutor, resolution: tuple[float, float], sets: int
    ) -> list[tuple[RangeQuery, Future[list[Series]]]]:
        """Ask for all series of charts, part by part.

        Args:
            pool: whose threads ask.
            resolution: step between points and window of rates, in seconds.
            sets: see ``points``.
        """
        step, window = resolution
        parts = spread(self.names, self.engine.access.queries_at_once)

        def send(filled: str) -> list[Series]:
            return self.points(filled, (self.start, self.end), step, sets)

        return [
            (query, pool.submit(self.ask, query.expression, part, send, window))
            for query in self.plan.drawn
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


def collected(pieces: Sequence[tuple[Asked, Future[list[T]]]]) -> dict[Asked, list[T]]:
    """What was asked by its query, when all has come.

    Raises:
        QueryError: see ``Engine.query_range``.
    """
    found: dict[Asked, list[T]] = {}
    for query, piece in pieces:
        found.setdefault(query, []).extend(piece.result())
    return found
