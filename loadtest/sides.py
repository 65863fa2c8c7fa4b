"""The sides of a comparison: results that are taken together, and the machines they share. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from perfanalysis.errors import InputError
from perfanalysis.results import conditions, machine_identity
from perfanalysis.results.conditions import Difference
from perfanalysis.results.document import Document
from perfanalysis.results.machine_identity import OneMachine

GROUPS = ("machine", "instance_type")
# Differences in these leave figures that may be compared: ``comparison.rows`` picks them.
_PICKED = ("levels", "spread")


@dataclass(frozen=True)
class Side:
    """Some results that are taken together.

    Attributes:
        name: as people call them.
        documents: at least one.
    """

    name: str
    documents: tuple[Document, ...]

    @cached_property
    def machines(self) -> list[OneMachine]:
        """The machines that the documents are of."""
        return machine_identity.machines(self.documents)


@dataclass(frozen=True)
class Matched:
    """Two sides as they are compared.

    Attributes:
        baseline, other: the machines of each, in the same order where they are paired.
        paired: whether both are the same machines, at least two.
        left_out: the names of machines that only one side has, with their side's: they take no part
            where others are paired.
    """

    baseline: tuple[OneMachine, ...]
    other: tuple[OneMachine, ...]
    paired: bool
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """All that take part."""
        return tuple(d for machine in (*self.baseline, *self.other) for d in machine.documents)

    @property
    def one_machine(self) -> bool:
        """Whether both sides are one machine, which is the same."""
        if len(self.baseline) != 1 or len(self.other) != 1:
            return False
        return len(machine_identity.pairs(self.baseline, self.other)) == 1


def match(baseline: Side, other: Side, *, pair: bool = True) -> Matched:
    """Pair the machines of two sides.

    As soon as two machines stand on both sides the comparison is one of these pairs: what machines
    differ by then cancels out. A machine that only one side has says nothing of the change then.

    Args:
        baseline, other: the sides.
        pair: False: as wholes, whatever they share.
    """
    found = machine_identity.pairs(baseline.machines, other.machines) if pair else []
    if len(found) < 2:
        return Matched(tuple(baseline.machines), tuple(other.machines), paired=False)
    first, second = zip(*found, strict=True)
    taking = {id(machine) for machine in (*first, *second)}
    left = [
        (machine.label, side.name)
        for side in (baseline, other)
        for machine in side.machines
        if id(machine) not in taking
    ]
    return Matched(first, second, paired=True, left_out=tuple(left))


def group(documents: Sequence[Document], by: str) -> list[Side]:
    """Sides by machine or by its type, in the order in which they are first met.

    Args:
        documents: all of them.
        by: one of ``GROUPS``.

    Raises:
        InputError: a document does not have that fact, or there is only one group.
    """
    fact = "name" if by == "machine" else by
    for document in documents:
        if getattr(document.machine, fact) is None:
            raise InputError(document.test_id, f"machine.{fact}", f"a value to group by {by}")
    if by == "machine":
        sides = [Side(m.label, m.documents) for m in machine_identity.machines(documents)]
    else:
        found: dict[str, list[Document]] = {}
        for document in documents:
            found.setdefault(document.machine.instance_type or "", []).append(document)
        sides = [Side(name, tuple(runs)) for name, runs in found.items()]
    if len(sides) < 2:
        names = ", ".join(side.name for side in sides)
        raise InputError("--group-by", "", f"results of at least two of {by}", names)
    return sides


def check(sides: Sequence[Side]) -> None:
    """Refuse to compare what is not of one kind.

    Raises:
        InputError: kernels or their versions differ, or a result stands on two sides.
    """
    first = sides[0].documents[0]
    asked = conditions.of(first)
    seen: dict[str, str] = {}
    for side in sides:
        for document in side.documents:
            for name, wanted, found in conditions.comparable(asked, conditions.of(document)):
                if name in conditions.WORK:
                    expected = (
                        f"{wanted!r} as in {first.test_id}: other work cannot be compared "
                        "(--kernel picks one kernel)"
                    )
                    raise InputError(document.test_id, name, expected, found)
            if seen.setdefault(document.test_id, side.name) != side.name:
                raise InputError(side.name, "", "other results than the side before it has")


def unlike(matched: Matched) -> list[Difference]:
    """What keeps the results of a comparison from a verdict, each condition once."""
    first, found = matched.documents[0], dict[str, Difference]()
    own = {d.test_id for d in matched.baseline[0].documents}
    pairs = machine_identity.pairs(matched.baseline[:1], matched.other)
    own |= {d.test_id for _, machine in pairs for d in machine.documents}
    for document in matched.documents[1:]:
        one_machine = document.test_id in own
        for difference in conditions.unlike(first, document, one_machine=one_machine):
            if difference.name not in _PICKED:
                found.setdefault(difference.name, difference)
    return list(found.values())
