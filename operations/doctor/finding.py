"""What a check found. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from perfanalysis.promql.engine import Engine


class Health(StrEnum):
    """How it is."""

    GOOD = "good"
    UNKNOWN = "unknown"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Diagnosis:
    """What one check found.

    Attributes:
        check: its name.
        state: how it is.
        said: what was seen.
        advice: what to do; "" where nothing is to be done.
    """

    check: str
    state: Health
    said: str
    advice: str = ""


@dataclass(frozen=True)
class Installation:
    """What the checks look at.

    Attributes:
        engine: that all ask.
        evaluator: that tells of rules; the engine where no other is.
        now: Unix seconds.
        job: a regular expression of the machines' jobs.
        budget: how many series a machine may have.
    """

    engine: Engine
    evaluator: Engine
    now: float
    job: str
    budget: int

    def selector(self, metric: str) -> str:
        """The series of a metric on the machines."""
        return f'{metric}{{job=~"{self.job}"}}'

    def silent(self) -> bool:
        """Whether no machine answers, neither one that is scraped nor one that pushes.

        Raises:
            QueryError: the engine does not answer.
        """
        return not self.count(f"{self.selector('up')} == 1 or {self.selector('node_uname_info')}")

    def count(self, expression: str) -> int:
        """How many series an expression has now.

        Raises:
            QueryError: the engine does not answer.
        """
        return len(self.engine.query(expression, self.now))

    def names(self, expression: str, label: str = "instance") -> list[str]:
        """The values that a label has in an expression's series, each once.

        Raises:
            QueryError: the engine does not answer.
        """
        found = self.engine.query(expression, self.now)
        return sorted({sample.labels.get(label, "") for sample in found})


Check = Callable[[Installation], Sequence[Diagnosis]]


def some(names: Sequence[str], most: int = 5) -> str:
    """Some of the names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
