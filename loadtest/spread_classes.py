"""Which results enter one spread: those of one type of machine under the same conditions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.estimates.variance import Spreads, spreads
from perfanalysis.results import conditions, machine_identity
from perfanalysis.results.conditions import Conditions, Difference
from perfanalysis.results.document import Document
from perfanalysis.results.machine_identity import OneMachine

UNKNOWN_TYPE = "unknown"


@dataclass(frozen=True)
class SpreadClass:
    """Results that may enter one spread.

    Attributes:
        kernel, kernel_version: what was run.
        type: the instance type; without one each machine is a type of its own.
        conditions: of all of them.
        differs: from the class of the same kernel, version and type that has the most runs; empty:
            it is that one.
        machines: the results by machine, each with its maximum.
    """

    kernel: str
    kernel_version: str
    type: str
    conditions: Conditions
    differs: tuple[Difference, ...]
    machines: tuple[OneMachine, ...]

    @property
    def spreads(self) -> Spreads:
        """Of the maximum."""
        found = ([run.max_units_per_second for run in m.documents] for m in self.machines)
        return spreads([[rate for rate in rates if rate is not None] for rates in found])


def classes(documents: Sequence[Document]) -> list[SpreadClass]:
    """The classes in which results are comparable; of one type, the one with the most runs first.

    Args:
        documents: with a maximum, and of machines that have an id or a name.
    """
    types = {
        id(run): machine
        for machine in machine_identity.machines(documents)
        for run in machine.documents
    }
    found: dict[tuple[str, str, str], list[Document]] = {}
    for run in documents:
        # Without a type each machine is its own: nothing says that two of them are alike.
        kind = run.machine.instance_type or f"{UNKNOWN_TYPE} ({types[id(run)].label})"
        found.setdefault((run.kernel, run.kernel_version, kind), []).append(run)
    return [one for kind, runs in sorted(found.items()) for one in _of_type(kind, runs)]


def _of_type(kind: tuple[str, str, str], runs: Sequence[Document]) -> list[SpreadClass]:
    of = [conditions.of(run) for run in runs]
    # Of classes with as many runs the one that is met first leads.
    order = [condition for condition, _ in Counter(of).most_common()]
    return [
        SpreadClass(
            *kind,
            conditions=each,
            differs=tuple(conditions.comparable(order[0], each)),
            machines=tuple(
                machine_identity.machines(
                    [run for run, own in zip(runs, of, strict=True) if own == each]
                )
            ),
        )
        for each in order
    ]
