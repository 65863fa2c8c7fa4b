"""A query of the report as an object: its name, its PromQL, its unit, and how it is asked.

Answers are found by these objects, never by their names: a name that does not exist is an error of
types. Where each stands: what a machine is in ``machine_queries``, what several parts of the report
use in ``usage_queries``, and what one figure alone shows in that figure's file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from reporter.asking import placeholders

# Seconds before the range's end in which every series that is still there has a sample: as long as
# Prometheus takes a sample for the newest.
LATELY = 300
# Where what says nothing else stands in lists of queries.
LAST = 100

AnyQuery = TypeVar("AnyQuery", bound="Query")


@dataclass(frozen=True, eq=False)
class Query:
    """One question to the engine.

    Attributes:
        name: as the appendix, JSON, CSV and ``report check`` have it.
        expression: PromQL with placeholders, see ``reporter.asking.placeholders``.
        unit: of its values.
        optional: a machine may rightly not have it: an empty answer is nothing that is missing.
        order: its place in lists of queries; of equals, as they are declared.

    Raises:
        ValueError: the expression has a placeholder that there is not.
    """

    name: str
    expression: str
    unit: str
    optional: bool = False
    order: int = LAST

    PLACEHOLDERS: ClassVar[frozenset[str]] = placeholders.MATCHERS

    def __post_init__(self) -> None:
        placeholders.check(self.expression, self.PLACEHOLDERS)

    # Answers are looked up once for each sample of a fleet: by the name, which is a query's own.
    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Query):
            return NotImplemented
        return (self.name, self.expression) == (other.name, other.expression)


@dataclass(frozen=True, eq=False)
class InstantQuery(Query):
    """A query at the range's end.

    Attributes:
        newest: it has one value a machine, and the report takes what was seen last: a fleet that is
            there at the range's end is asked for its last minutes, and not for the day before them.
        at_the_end: what machines answer that are there at the range's end, or whose exporter adds
            up what is asked; the expression is this, ``or`` what the others do. It is asked first,
            and the whole only of the others: an engine works out both sides of an "or", and to read
            a day of counters of which none is needed costs it seconds in a large fleet. "": the
            whole is asked at once.
        only_with: what a machine must answer, too, so that the whole is asked of it; "": nothing.
    """

    newest: bool = False
    at_the_end: str = ""
    only_with: str = ""

    PLACEHOLDERS: ClassVar[frozenset[str]] = placeholders.MATCHERS | {
        placeholders.RANGE,
        placeholders.LOOK,
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.expression.startswith(self.at_the_end):
            raise ValueError(f"{self.name}: expected an expression that begins with its first part")

    def first_part(self, seconds: float, *, lately: bool) -> str:
        """The cheap part of the expression that is asked before the whole of it; "": none.

        Args:
            seconds: length of the report's range.
            lately: whether the range's last minutes are such a part.
        """
        if self.at_the_end:
            return self.at_the_end
        if lately and self.newest and seconds > LATELY:
            return placeholders.with_range(self.expression, LATELY)
        return ""


@dataclass(frozen=True, eq=False)
class RangeQuery(Query):
    """A query over the range: one value at each step."""

    PLACEHOLDERS: ClassVar[frozenset[str]] = placeholders.MATCHERS | {placeholders.WINDOW}


@dataclass(frozen=True, eq=False)
class ChangesQuery(RangeQuery):
    """A gauge that seldom changes, of which every change is read.

    Attributes:
        changed: answers at the end of each ``$window`` in which its samples were not all the same.
    """

    changed: str = field(kw_only=True)


def in_order(queries: Iterable[AnyQuery]) -> tuple[AnyQuery, ...]:
    """Each query once, as lists of queries have them."""
    return tuple(sorted(dict.fromkeys(queries), key=lambda one: one.order))


def told_apart(parts: dict[str, str], label: str) -> str:
    """Several expressions as one answer, told apart by a label of ours.

    Args:
        parts: by the label's value, an expression.
        label: the label's name.
    """
    return " or ".join(
        f'label_replace({part}, "{label}", "{name}", "instance", ".*")'
        for name, part in parts.items()
    )
