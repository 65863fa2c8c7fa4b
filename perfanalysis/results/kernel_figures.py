"""Results of several kernels on one machine as that machine's figures, for the kinds of work."""

from __future__ import annotations

from collections.abc import Sequence

from perfanalysis.kinds.machine import BY_NAME, Machine
from perfanalysis.results.document import Document

_SINGLE = "_single"


def machine_of(documents: Sequence[Document]) -> Machine | None:
    """The machine that results tell of, for ``perfanalysis.kinds.answers``.

    Args:
        documents: of one machine; of two of a kernel, the later one counts. What is not valid, or
            has no level 100, is left out.

    Returns: None where no document tells how many CPUs there are.
    """
    newest: dict[str, Document] = {}
    for document in sorted(documents, key=lambda one: one.timestamp_seconds):
        if document.valid is not False:
            newest[document.kernel] = document
    facts = next((d.machine for d in newest.values() if d.machine.logical_cpus), None)
    if facts is None or facts.logical_cpus is None:
        return None
    return Machine(
        name=facts.name or facts.hostname or "",
        cpus=len(facts.used_cpus) if facts.used_cpus else facts.logical_cpus,
        threads_per_core=facts.threads_per_core or 1,
        architecture=facts.architecture or "",
        cpu_model=facts.cpu_model or "",
        figures={
            name: rate
            for name in BY_NAME
            if (rate := _rate(newest.get(name.removesuffix(_SINGLE)), name)) is not None
        },
    )


def _rate(document: Document | None, name: str) -> float | None:
    if document is None:
        return None
    if name.endswith(_SINGLE):
        return document.single_units_per_second
    return document.max_units_per_second
