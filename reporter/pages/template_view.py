"""The report's data as templates see it: there, queries are called by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from perfanalysis.promql import Series
from reporter.analysis.observed import Observed, fewest_samples
from reporter.analysis.predicted_replayed import PredictionScore, score
from reporter.analysis.report_data import SATURATED, ReportData
from reporter.asking.answers import Answers
from reporter.asking.machines import Machine
from reporter.asking.query import Query, RangeQuery
from reporter.asking.replay_documents import ReplayedPrediction
from reporter.figures.catalogue import QUERIES

Key = TypeVar("Key", bound=Query)
Value = TypeVar("Value")


class UnknownNameError(ValueError):
    """A template calls a figure or a query by a name that does not exist."""


def query_named(name: str) -> Query:
    """The query of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in QUERIES:
        raise UnknownNameError(f"expected a query of the report, found {name!r}")
    return QUERIES[name]


def range_query_named(name: str) -> RangeQuery:
    """The query over the range of that name.

    Raises:
        UnknownNameError: there is none.
    """
    query = query_named(name)
    if not isinstance(query, RangeQuery):
        raise UnknownNameError(f"expected a query over the range, found {name!r}")
    return query


class _ByName(Mapping[str, Value], Generic[Key, Value]):
    """Answers by the names of their queries."""

    def __init__(self, answers: Mapping[Key, Value]) -> None:
        self._answers = answers
        self._queries = {query.name: query for query in answers}

    def __getitem__(self, name: str) -> Value:
        return self._answers[self._queries[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)


class AnswersView:
    """``gathered`` of templates: what the engine answered, by the names of the queries.

    Args:
        answers: of one range.
    """

    def __init__(self, answers: Answers) -> None:
        self.machines, self.matched = answers.machines, answers.matched
        self.start, self.end = answers.start, answers.end
        self.step, self.window = answers.step, answers.window
        self.engine, self.warnings = answers.engine, answers.warnings
        self.series = _ByName(answers.series)
        self.samples = _ByName(answers.samples)
        self.expressions = _ByName(answers.expressions)


class ReplayView(NamedTuple):
    """``material.replay`` of templates: what was replayed, and how near its prediction came."""

    found: ReplayedPrediction
    score: PredictionScore | None


class DataView(ReportData):
    """``material`` of templates: each query may also be called by its name.

    Args:
        data: of the report.
    """

    def __init__(self, data: ReportData) -> None:
        super().__init__(data.config, data.answers, data.language, data.before)
        self.gathered = AnswersView(data.answers)

    def series(self, query: RangeQuery | str, machine: Machine) -> Sequence[Series]:
        """See ``ReportData``; what is drawn of a query by its name comes by here."""
        return super().series(_query(query), machine)

    def observed(self, quantity: RangeQuery | str, machine: Machine) -> Observed | None:
        """See ``ReportData``; what is reckoned of a query by its name comes by here."""
        return super().observed(_query(quantity), machine)

    @property
    def replay(self) -> ReplayView | None:
        """A prediction and its replay; None: the settings name none."""
        found = self.answers.replayed
        return None if found is None else ReplayView(found, score(found))

    @property
    def between_scrapes(self) -> list[str]:
        """What the sampler of some machines' exporters saw between scrapes, a sentence each."""
        language, found = self.language, []
        for name, looks in self.bursts.items():
            above = looks.above(SATURATED)
            if above is None:
                continue
            lower, upper = looks.percentile(95)
            found.append(
                language.say(
                    "{name}, looked at {count} times a second between scrapes: above 90 % busy in"
                    " {share} of the looks; their 95th percentile lies between {lower} and"
                    " {upper}.",
                    name=name,
                    count=language.number(looks.a_second),
                    share=language.ratio(above),
                    lower=language.ratio(lower, 0),
                    upper=language.ratio(upper, 0),
                )
            )
        return found

    def of_samples(self, *queries: RangeQuery | str) -> str:
        """What statistics of these quantities are made of: the window, and how many samples."""
        say, number = self.language.say, self.language.number
        window = self.windows(*map(_query, queries))
        of = say(
            "Of every sample: means from one scrape to the next, {window} apart.", window=window
        )
        if self.config.window_seconds:
            of = say("Of means over {window}, as the settings ask for.", window=window)
        fewest = say(
            "Shorter peaks are higher. No percentile is told of fewer than {fewest} samples, and no"
            " P99 of fewer than {most}.",
            fewest=number(fewest_samples(95)),
            most=number(fewest_samples(99)),
        )
        return f"{of} {fewest}"


def _query(query: RangeQuery | str) -> RangeQuery:
    return range_query_named(query) if isinstance(query, str) else query
