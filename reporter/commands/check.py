"""``perfanalysis report check``: the settings, and every query, without a page."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.promql import Access, Engine, Sample, Series
from reporter.asking.collecting import ask
from reporter.settings.flags import Given

# What a machine may rightly not have.
MAY_BE_EMPTY = frozenset(
    {
        *(
            "Violations",
            "Resets",
            "Restarts",
            "Link speed",
            "Default route",
            "Cores",
            "Pressure",
            "Paging",
        ),
        *("Container CPUs", "Container memory", "Container throttled"),
    }
)
# As ``queries.matcher`` writes it.
_MACHINES = re.compile(r'instance(=~"(\\.|[^"\\])*"|!="")')


@dataclass(frozen=True)
class Checked:
    """A query: how many series answered it, and after how many seconds."""

    name: str
    series: int
    seconds: float

    @property
    def missing(self) -> bool:
        """Whether a page would lack something."""
        return not self.series and self.name not in MAY_BE_EMPTY


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
    """A query without its machines: the parts of a fleet are one query, whose times add up."""
    return _MACHINES.sub("instance", expression)


def check_queries(
    engine: TimedEngine, all_given: Given, now: float
) -> tuple[list[Checked], Sequence[str]]:
    """Ask everything that the report of these settings would ask.

    Returns:
        The queries, and what the engine warned of.

    Raises:
        InputError, QueryError: see ``ask``.
    """
    gathered, before = ask(all_given, engine, now)
    found = [
        Checked(
            name,
            len(gathered.series.get(name, gathered.samples.get(name, ()))),
            sum(
                engine.seconds.get(without_machines(part), 0.0)
                for part in {expression, gathered.asked_first.get(name, expression)}
            ),
        )
        for name, expression in gathered.expressions.items()
    ]
    return found, [*gathered.warnings, *(before.warnings if before else ())]


def verdict(found: Sequence[Checked]) -> None:
    """Do nothing when all is there.

    Raises:
        PerfAnalysisError: a query had no answer that should have one.
    """
    missing = [one.name for one in found if one.missing]
    if missing:
        raise PerfAnalysisError(f"no data in the range for: {', '.join(missing)}")
