"""How many machines one query asks for: groups, halves of them, and parts that run side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from perfanalysis.promql import Sample, TooLargeError

T = TypeVar("T")
# So many machines cost an engine less than another query does.
_FEW = 100
# So many parts each of the queries that run at once works on, one after the other.
_PARTS_OF_EACH = 4


def in_groups(
    names: Sequence[str],
    most: int,
    fill: Callable[[Sequence[str]], str],
    ask: Callable[[str], list[T]],
) -> list[T]:
    """Ask for machines in groups, and for halves of a group that the engine finds too large.

    Args:
        names: the machines.
        most: of one group.
        fill: the query for some of them; for none of them, that of all.
        ask: sends a query; its results carry the machine's label, so that groups add up.

    Raises:
        TooLargeError: one machine is too much for the engine.
        QueryError: as ``ask``.
    """

    def group(some: Sequence[str]) -> list[T]:
        try:
            return ask(fill(() if len(some) == len(names) else some))
        except TooLargeError:
            if len(some) == 1:
                raise
            half = len(some) // 2
            return [*group(some[:half]), *group(some[half:])]

    parts = [names[at : at + most] for at in range(0, len(names), most)]
    return [result for part in parts for result in group(part)]


def end_first(
    names: Sequence[str],
    first: str,
    whole: str,
    ask: Callable[[str, Sequence[str]], list[Sample]],
    only_with: str = "",
) -> list[Sample]:
    """Ask for the cheap part of an expression, and for the whole only of machines that it leaves.

    Of a machine that answers the part, that is what the report takes from the whole: when the whole
    is ``first or ...`` by instance, or when it is the same over a longer time, of which the report
    takes what was seen last.

    Args:
        names: the machines.
        first: the part; "" when the whole is asked at once.
        whole: the expression.
        ask: sends an expression for some machines.
        only_with: an expression that a machine must answer, so that the whole is asked of it.

    Raises:
        QueryError: as ``ask``.
    """
    found = ask(first, names) if first else []
    answered = {sample.labels.get("instance") for sample in found}
    left = [name for name in names if name not in answered]
    if left and first and only_with:
        having = {sample.labels.get("instance") for sample in ask(only_with, left)}
        left = [name for name in left if name in having]
    return [*found, *ask(whole, left)] if left else found


def spread(names: Sequence[str], at_once: int) -> list[Sequence[str]]:
    """Parts of a fleet for queries that run side by side: an engine works on each with one CPU.

    There are more parts than run at once, and each has machines from everywhere in the list, where
    those of one type stand together: so none is left that one CPU works on while others wait.

    Args:
        names: the machines; few of them stay together.
        at_once: how many queries run at the same time.
    """
    most = at_once * _PARTS_OF_EACH if at_once > 1 else 1
    count = min(math.ceil(len(names) / _FEW), most)
    return [names[first::count] for first in range(count)]
