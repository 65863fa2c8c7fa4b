"""What is asked of an engine of PromQL, before and after. Pure but for the asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations.backup.manifest import Answer, Question
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql.access import Access
from perfanalysis.promql.engine import Engine

# Scrapes of that time have ended and are written.
SETTLED_SECONDS = 60.0
DAY = 86_400.0
_PAST = {"": 0.0, ", a day before": DAY, ", a week before": 7 * DAY, ", 30 days before": 30 * DAY}
# No function that takes the name away: without it series of two families have the same labels, and
# Prometheus refuses that. Largest and smallest are the same in whatever order series come.
_NOW = {
    "series": 'count({__name__!=""})',
    "series of 5 minutes": 'count(last_over_time({__name__!=""}[5m]))',
    "series of each family": 'count by (__name__) ({__name__!=""})',
    "largest value of each family": 'max by (__name__) ({__name__!=""})',
    "smallest value of each family": 'min by (__name__) ({__name__!=""})',
}
_EVER = {
    "scrapes of each job in an hour": "sum by (job) (count_over_time(up[1h]))",
    "targets that were up": "sum by (job) (up)",
}


def questions(now: float, own: Sequence[str]) -> list[Question]:
    """What is asked: how much there is now and some time ago, and the user's own queries.

    Args:
        now: Unix seconds.
        own: queries of the settings.
    """
    at = round(now - SETTLED_SECONDS, 3)
    asked = [Question(name, text, at) for name, text in _NOW.items()]
    for when, back in _PAST.items():
        asked += [Question(name + when, text, at - back) for name, text in _EVER.items()]
    return [*asked, *(Question(text, text, at) for text in own)]


@dataclass(frozen=True)
class EngineSide:
    """An engine."""

    engine: Engine

    def ask(self, question: Question) -> Answer:
        """See ``BackupSide``.

        Raises:
            QueryError: it does not answer.
        """
        assert question.time is not None
        found = self.engine.query(question.text, question.time)
        return {_shown(sample.labels): repr(sample.value) for sample in found}


def fresh(port: int, *, timeout_seconds: float = Access.timeout_seconds) -> EngineSide:
    """One that runs on this machine, and on what was restored: what fails once fails again."""
    endpoint = Endpoint(f"http://127.0.0.1:{port}")
    return EngineSide(Engine(Access(endpoint, timeout_seconds=timeout_seconds, retries=0)))


def _shown(labels: object) -> str:
    assert isinstance(labels, dict) or hasattr(labels, "items")
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
