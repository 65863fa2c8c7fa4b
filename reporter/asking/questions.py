"""One report's questions to the engine: each for the machines, in parts that it can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from perfanalysis.promql import Engine, Sample, Series
from reporter.asking import newest, queries
from reporter.asking.asked import Asked, first_part
from reporter.asking.parts import end_first, in_groups, spread
from reporter.settings.report import Config


@dataclass(frozen=True)
class Questions:
    """What a template asks for, of some machines in a range.

    Attributes:
        engine: where to ask.
        config: kernel, purchase option and devices.
        asked: the expressions.
        names: all machines of the report.
        matched: those that stand in the queries; none: all that answer.
        start: Unix seconds.
        end: Unix seconds.
    """

    engine: Engine
    config: Config
    asked: Asked
    names: Sequence[str]
    matched: Sequence[str]
    start: float
    end: float

    def filled(self, expression: str, window: float = 0.0, some: Sequence[str] = ()) -> str:
        """An expression as it is sent for some machines, and as it is shown for all of them."""
        return queries.fill(
            expression,
            machines=some or self.matched,
            kernel=self.config.kernel,
            purchase=self.config.purchase,
            seconds=self.end - self.start,
            window=window,
            full_load_only=self.asked.full_load_only,
            devices=self.config.devices,
        )

    def instant(self) -> dict[str, str]:
        """What is asked at the range's end, by name; "Machines" is asked before."""
        return {n: self.filled(e) for n, e in self.asked.instant.items() if n != "Machines"}

    def first(self) -> dict[str, str]:
        """The cheap parts that are asked before some of them, by name."""
        found = {name: self._first(name) for name in self.instant()}
        return {name: self.filled(part) for name, part in found.items() if part}

    def ranges(self, window: float) -> dict[str, str]:
        """What is asked over the range, by name, with rates over ``window`` seconds."""
        return {name: self.filled(e, window) for name, e in self.asked.range.items()}

    def _first(self, name: str) -> str | None:
        return first_part(name, self.end - self.start, self.asked.lately_first)

    def samples(self, name: str) -> list[Sample]:
        """What the engine answers at the range's end."""
        return end_first(self.names, self._first(name), self.asked.instant[name], self._instant)

    def _instant(self, expression: str, of: Sequence[str]) -> list[Sample]:
        every = of if len(of) < len(self.names) else ()
        return in_groups(
            of,
            self.engine.access.machines_per_query,
            lambda some: self.filled(expression, 0.0, some or every),
            lambda e: newest.query(self.engine, e, self.end),
        )

    def _series(
        self, name: str, part: Sequence[str], resolution: tuple[float, float]
    ) -> list[Series]:
        step, window = resolution
        every = part if len(part) < len(self.names) else ()
        return in_groups(
            part,
            self.engine.access.machines_per_query,
            lambda some: self.filled(self.asked.range[name], window, some or every),
            lambda e: self.engine.query_range(e, self.start, self.end, step),
        )

    def begin_series(
        self, pool: ThreadPoolExecutor, resolution: tuple[float, float]
    ) -> list[tuple[str, Future[list[Series]]]]:
        """Ask for all series over the range, part by part.

        Args:
            pool: whose threads ask.
            resolution: step between points and window of rates, in seconds.
        """
        parts = spread(self.names, self.engine.access.queries_at_once)
        return [
            (name, pool.submit(self._series, name, part, resolution))
            for name in self.asked.range
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
    pieces: Sequence[tuple[str, Future[list[Series]]]], names: Mapping[str, str]
) -> dict[str, list[Series]]:
    """The series by name of their query, when all have come.

    Raises:
        QueryError: see ``Engine.query_range``.
    """
    found: dict[str, list[Series]] = {name: [] for name in names}
    for name, piece in pieces:
        found[name] += piece.result()
    return found
