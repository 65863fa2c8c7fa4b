"""Which results enter one spread: those of one type of machine under the same conditions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loadtest.bridged import Bridged
from perfanalysis.errors import InputError
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
        bridged: what brought some of the results to the kernel version of the class; None: nothing.
        crossed: the ids of these.
    """

    kernel: str
    kernel_version: str
    type: str
    conditions: Conditions
    differs: tuple[Difference, ...]
    machines: tuple[OneMachine, ...]
    bridged: Bridged | None = None
    crossed: frozenset[str] = frozenset()

    @property
    def spreads(self) -> Spreads:
        """Of the maximum."""
        runs = [[run for run in m.documents if run.max_units_per_second] for m in self.machines]
        return spreads(
            [[run.max_units_per_second or 0.0 for run in own] for own in runs],
            None if self.bridged is None else self.bridged.bridge,
            [[run.test_id in self.crossed for run in own] for own in runs],
        )


def classes(
    documents: Sequence[Document], crossed: Mapping[str, Bridged] | None = None
) -> list[SpreadClass]:
    """The classes in which results are comparable; of one type, the one with the most runs first.

    Args:
        documents: with a maximum, and of machines that have an id or a name.
        crossed: by id, those that were brought to the unit of another kernel version.

    Raises:
        InputError: results of one class crossed different bridges.
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
    made = [one for kind, runs in sorted(found.items()) for one in _of_type(kind, runs)]
    return [_marked(one, crossed) for one in made] if crossed else made


def _marked(found: SpreadClass, crossed: Mapping[str, Bridged]) -> SpreadClass:
    ids = [run.test_id for machine in found.machines for run in machine.documents]
    own = [crossed[test_id] for test_id in ids if test_id in crossed]
    if len({one.source.bridge_id for one in own}) > 1:
        expected = "one bridge for all results of a type: give one at a time"
        raise InputError("--bridge", "", expected, ", ".join(o.source.bridge_id for o in own))
    if not own:
        return found
    return replace(found, bridged=own[0], crossed=frozenset(o.document.test_id for o in own))


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
