"""What an engine answered for one range, by query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfanalysis.promql import Sample, Series
from reporter.asking.book_prices import BookAnswers
from reporter.asking.machines import Machine
from reporter.asking.query import InstantQuery, Query, RangeQuery
from reporter.asking.replay_documents import ReplayedPrediction
from reporter.asking.rhythm import ScrapeRhythm
from reporter.asking.sampled_query import Sampled


@dataclass(frozen=True)
class Answers:
    """All that the pages are made from.

    Attributes:
        machines: in the order of the config, else by name.
        series: by range query, the points of its chart.
        samples: by instant query, its answer.
        expressions: by query, the PromQL as it was sent, values filled in.
        matched: the names that stand in the queries; none: all that answer.
        start: Unix seconds.
        end: Unix seconds.
        step: seconds between the points of ``series``.
        window: seconds that each point of a rate stands for.
        engine: name and version, or "".
        warnings: what the engine said beside its answers.
        asked_first: by query, the cheap part of its PromQL that was asked before it.
        full_load_only: of the load test, only the level of 100 % was asked for.
        sampled: by range query whose every sample was read, its samples.
        rhythms: by machine, how often it was scraped.
        asked_for: by query whose every sample or change was read, what was sent for it.
        book: what the price book says; None: the settings name none.
        replayed: a prediction and its replay; None: the settings name none.
    """

    machines: Sequence[Machine]
    series: Mapping[RangeQuery, Sequence[Series]]
    samples: Mapping[InstantQuery, Sequence[Sample]]
    expressions: Mapping[Query, str]
    matched: Sequence[str]
    start: float
    end: float
    step: float
    window: float
    engine: str
    warnings: Sequence[str] = field(default=())
    asked_first: Mapping[InstantQuery, str] = field(default_factory=dict)
    full_load_only: bool = False
    sampled: Mapping[RangeQuery, Sequence[Sampled]] = field(default_factory=dict)
    rhythms: Mapping[str, ScrapeRhythm] = field(default_factory=dict)
    asked_for: Mapping[RangeQuery, Sequence[str]] = field(default_factory=dict)
    book: BookAnswers | None = None
    replayed: ReplayedPrediction | None = None

    def series_of(self, query: Query) -> Sequence[Series]:
        """The series of a query; none of one at the range's end, or that was not asked."""
        return self.series.get(query, ()) if isinstance(query, RangeQuery) else ()

    def samples_of(self, query: Query) -> Sequence[Sample]:
        """The samples of a query; none of one over the range, or that was not asked."""
        return self.samples.get(query, ()) if isinstance(query, InstantQuery) else ()


def by_machine(series: Sequence[Series]) -> dict[str, list[Series]]:
    """Series grouped by their label ``instance``."""
    grouped: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        grouped[one.labels.get("instance", "")].append(one)
    return dict(grouped)
