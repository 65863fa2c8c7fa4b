"""``perfanalysis report check``: the settings, and every query, without a page."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.promql import Access, Engine, Sample, Series
from reporter.asking.answers import Answers
from reporter.asking.both_ranges import ask
from reporter.asking.machine_queries import MACHINES
from reporter.asking.price_queries import PRICE, UNITS_PER_DOLLAR
from reporter.asking.query import ChangesQuery, InstantQuery, Query
from reporter.asking.query_plan import QueryPlan
from reporter.asking.sampled_query import SampledQuery
from reporter.commands import init_prices
from reporter.settings.flags import Given
from reporter.settings.report import Config

# As ``placeholders.matcher`` writes it.
_WINDOW = re.compile(r"\[\d+m?s\]")
_MACHINES = re.compile(r'instance(=~"(\\.|[^"\\])*"|!="")')


@dataclass(frozen=True)
class Checked:
    """A query: how many series answered it, and after how many seconds.

    Attributes:
        of_book: no series did, and the price book has it of every machine.
    """

    query: Query
    series: int
    seconds: float
    of_book: bool = False

    @property
    def missing(self) -> bool:
        """Whether a page would lack something."""
        return not (self.series or self.query.optional or self.of_book)

    @property
    def shown(self) -> str:
        """The cell of the table."""
        if self.of_book:
            return "of book"
        return "missing" if self.missing else str(self.series)


class TimedEngine(Engine):
    """An engine that remembers how long each query took, and how much answered it."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.seconds: dict[str, float] = {}
        self._timing = Lock()

    def query(self, expression: str, time: float) -> list[Sample]:
        """See ``Engine``."""
        began = self._began()
        found = super().query(expression, time)
        self._ended(expression, began)
        return found

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """See ``Engine``."""
        began = self._began()
        found = super().query_range(expression, start, end, step)
        self._ended(expression, began)
        return found

    @staticmethod
    def _began() -> float:
        return time.monotonic()

    def _ended(self, expression: str, began: float) -> None:
        took, whole = time.monotonic() - began, without_machines(expression)
        with self._timing:
            self.seconds[whole] = self.seconds.get(whole, 0.0) + took


def without_machines(expression: str) -> str:
    """A query without its machines: the parts of a fleet are one query, whose times add up.

    Nor has it its window, which is that of each machine's scrapes.
    """
    return _WINDOW.sub("[]", _MACHINES.sub("instance", expression))


def check_queries(
    engine: TimedEngine, all_given: Given, plan: QueryPlan, now: float
) -> tuple[list[Checked], Sequence[str]]:
    """Ask everything that the report of these settings would ask.

    Returns:
        The queries, and what the engine warned of.

    Raises:
        InputError, QueryError: see ``ask``.
    """
    answers, before = ask(all_given, plan, engine, now)
    by_book = _prices_of_book(all_given.config, answers, now)
    found = [
        Checked(
            query,
            len(answers.series_of(query) or answers.samples_of(query)),
            sum(engine.seconds.get(part, 0.0) for part in _sent(query, expression, answers)),
            query.name in by_book and not answers.samples_of(query),
        )
        for query, expression in answers.expressions.items()
    ]
    return found, [*answers.warnings, *(before.warnings if before else ())]


def _prices_of_book(config: Config, answers: Answers, now: float) -> frozenset[str]:
    """Names of the queries in whose place the price book of the settings stands."""
    if config.price_book is None:
        return frozenset()
    proposal = init_prices.look(config, answers.samples_of(MACHINES), now)
    if proposal is None or not proposal.machines:
        return frozenset()
    if proposal.options.get(config.purchase, 0) < proposal.machines:
        return frozenset()
    return frozenset({PRICE.name, UNITS_PER_DOLLAR.name})


def _sent(query: Query, expression: str, answers: Answers) -> set[str]:
    """What was sent for a query, as its times are remembered."""
    if isinstance(query, SampledQuery | ChangesQuery):
        parts = answers.asked_for.get(query, ())
    elif isinstance(query, InstantQuery):
        parts = (expression, answers.asked_first.get(query) or expression)
    else:
        parts = (expression,)
    return {without_machines(part) for part in parts}


def verdict(found: Sequence[Checked]) -> None:
    """Do nothing when all is there.

    Raises:
        PerfAnalysisError: a query had no answer that should have one.
    """
    missing = [one.query.name for one in found if one.missing]
    if missing:
        raise PerfAnalysisError(f"no data in the range for: {', '.join(missing)}")
