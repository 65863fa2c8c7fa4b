"""Machines that are compared, by kind of work: what figures of several kernels say of them. Pure.

A kind is told from kernels that nobody calls by that name (docs/kinds.md), so that it stands beside
the kernels' own verdicts, with an interval of its own. The newest run of each kernel counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer, Refusal
from perfanalysis.kinds.machine import Machine
from perfanalysis.results.kernel_figures import machine_of
from portal.load_tests.comparing import Compared

# Levels below 100 and the course of a run do not change what it does at full load by much: the
# intervals of kinds are far wider.
_NO_MATTER = frozenset({"levels", "profile"})
_NO_CPUS = "its results do not tell how many CPUs it has"


@dataclass(frozen=True)
class KindCompared:
    """A kind of work.

    Attributes:
        name: of it.
        title: in words.
        sides: what is said of each side but the first one, against that one.
    """

    name: str
    title: str
    sides: tuple[Answer | Refusal, ...]


def compare(kernels: Sequence[Sequence[Compared]]) -> list[KindCompared]:
    """Hold machines against the first one, kind by kind.

    Args:
        kernels: for each kernel its sides, a machine each, the baseline first.

    Returns:
        The kinds of which something can be told of any side.
    """
    if not kernels:
        return []
    machines = [_machine(kernels, number) for number in range(len(kernels[0]))]
    found = []
    for name, learned in shipped.headlines().items():
        first = machines[0]
        sides = tuple(
            Refusal(name, (), _NO_CPUS)
            if first is None or other is None
            else answers.compare(learned, other, first)
            for other in machines[1:]
        )
        if any(isinstance(one, Answer) for one in sides):
            found.append(KindCompared(name, learned.title, sides))
    return found


def _machine(kernels: Sequence[Sequence[Compared]], number: int) -> Machine | None:
    """A side by all kernels of which it has the baseline's conditions."""
    return machine_of(
        [
            document
            for sides in kernels
            if set(sides[number].unlike) <= _NO_MATTER
            for document in sides[number].documents
        ]
    )
