"""What one report asks for: its queries, and how finely."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.asking.query import ChangesQuery, InstantQuery, RangeQuery
from reporter.asking.sampled_query import SampledQuery

POINTS = 400


@dataclass(frozen=True)
class QueryPlan:
    """What one report asks for.

    Attributes:
        instant: queries at the range's end, in order.
        range: queries over the range, in order; of those that are sampled, every sample is
            read, of those that change every change.
        points: at most so many a series.
        needs_load_test: without one there is nothing to report.
        full_load_only: of the load test, only the level of 100 % is asked for.
        lately_first: what has one value a machine is asked of the range's last minutes first.
    """

    instant: tuple[InstantQuery, ...]
    range: tuple[RangeQuery, ...]
    points: int = POINTS
    needs_load_test: bool = False
    full_load_only: bool = False
    lately_first: bool = False

    @property
    def sampled(self) -> tuple[SampledQuery, ...]:
        """The queries whose every sample is read."""
        return tuple(query for query in self.range if isinstance(query, SampledQuery))

    @property
    def changing(self) -> tuple[ChangesQuery, ...]:
        """The queries of which every change is read."""
        return tuple(query for query in self.range if isinstance(query, ChangesQuery))

    @property
    def drawn(self) -> tuple[RangeQuery, ...]:
        """The queries that the engine answers with the points of a chart."""
        others = (SampledQuery, ChangesQuery)
        return tuple(query for query in self.range if not isinstance(query, others))
