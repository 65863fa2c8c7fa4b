"""What runs of a machine vary by, from other runs of it than those that are compared. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from perfanalysis.estimates.ratios import Rate, RunSpread
from perfanalysis.estimates.variance import run_spread
from perfanalysis.results import conditions, machine_identity
from perfanalysis.results.document import Document

# Runs between which one of these has changed differ by that, which is no spread.
_CAUSES = ("kernel_release", "kernel_build", "microcode", "clock_limit_hertz", "governor", "boost")


@dataclass(frozen=True)
class Earlier:
    """Other runs of a machine under the same conditions.

    Attributes:
        groups: of runs between which nothing is known to have changed.
    """

    groups: tuple[tuple[Document, ...], ...] = ()

    def spread(self, read: Callable[[Document], Rate | None]) -> RunSpread | None:
        """The spread of a figure from run to run; None: fewer than two runs tell it."""
        rates = [[rate for run in group if (rate := read(run))] for group in self.groups]
        return run_spread([[rate.value for rate in group] for group in rates])

    @property
    def count(self) -> int:
        """How many runs tell a spread."""
        return sum(len(group) for group in self.groups if len(group) > 1)


def of_machine(run: Document, others: Iterable[Document], without: Sequence[Document]) -> Earlier:
    """The runs of a run's machine that tell what such runs vary by.

    Only valid runs count, for a valid run: what spoils a run is no spread of those that nothing
    has spoiled.

    Args:
        run: names the machine and the conditions.
        others: what there is; none counts twice.
        without: those that are compared.
    """
    if run.valid is not True or not machine_identity.told(run):
        return Earlier()
    left_out = {document.test_id for document in (run, *without)}
    known = {d.test_id: d for d in others if d.valid is True and d.test_id not in left_out}
    asked = conditions.of(run)
    alike = [d for d in known.values() if not conditions.comparable(asked, conditions.of(d))]
    own = next(m for m in machine_identity.machines([run, *alike]) if m.documents[0] is run)
    groups: dict[tuple[object, ...], list[Document]] = {}
    for document in own.documents[1:]:
        groups.setdefault(_causes(document), []).append(document)
    return Earlier(tuple(tuple(group) for group in groups.values()))


def _causes(run: Document) -> tuple[object, ...]:
    software = tuple(sorted((run.software or {}).items()))
    return *(getattr(run.machine, name) for name in _CAUSES), software
