"""Results of several kernels on one machine as that machine's figures, for the kinds of work. Pure.

Figures are in the units of public tables, so that a figure outside of all that was learned from is
told: bytes a second of ``crypto`` and ``compress``, megabytes (10^6) a second of ``memread``, and
roughly bogo operations a second of ``divide``, since these depend on stress-ng's version and
compiler.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfanalysis.kinds.machine import BY_NAME, Machine
from perfanalysis.results.document import Document

SINGLE = "_single"
# What a byte of a unit is in the public's unit, by group of kernels.
_OF_A_BYTE = {"crypto": 1.0, "memread": 1e-6, "compress": 1.0}
# Of stress-ng 0.15.06 (gcc 12.2), in turns on a busy host: 6.0, 6.3 and 7.4 units for one of its.
_OF_A_UNIT = 0.16


def kernel_of(figure: str) -> str:
    """The kernel whose results have a figure of ``perfanalysis.kinds.machine.FIGURES``."""
    return figure.removesuffix(SINGLE)


def of_document(document: Document) -> Machine | None:
    """What one result tells of its machine, whatever spoiled it.

    Returns: None where it does not tell how many CPUs there are.
    """
    facts = document.machine
    if facts.logical_cpus is None:
        return None
    rates = {
        document.kernel: document.max_units_per_second,
        f"{document.kernel}{SINGLE}": document.single_units_per_second,
    }
    factor = _factor(document)
    return Machine(
        name=facts.name or facts.hostname or "",
        cpus=len(facts.used_cpus) if facts.used_cpus else facts.logical_cpus,
        threads_per_core=facts.threads_per_core or 1,
        architecture=facts.architecture or "",
        cpu_model=facts.cpu_model or "",
        figures={
            name: rate * factor
            for name, rate in rates.items()
            if rate is not None and factor is not None and name in BY_NAME
        },
    )


def machine_of(documents: Sequence[Document]) -> Machine | None:
    """The machine that results tell of, for ``perfanalysis.kinds.answers``.

    Args:
        documents: of one machine; of two of a kernel, the later one counts. What is not valid, or
            was measured on other CPUs than the newest of them, is left out, and so is the figure of
            what has no level 100.

    Returns: None where no document tells how many CPUs there are.
    """
    newest: dict[str, Document] = {}
    for document in sorted(documents, key=lambda one: one.timestamp_seconds):
        if document.valid is not False:
            newest[document.kernel] = document
    latest_first = sorted(newest.values(), key=lambda one: -one.timestamp_seconds)
    parts = [part for one in latest_first if (part := of_document(one)) is not None]
    return joined(parts) if parts else None


def joined(parts: Sequence[Machine]) -> Machine:
    """One machine with the figures of all parts that have the CPUs of the first.

    Args:
        parts: at least one; of two that have a figure the first one's counts.
    """
    first = parts[0]
    alike = [part for part in parts if cpus_of(part) == cpus_of(first)]
    found = {name: rate for part in reversed(alike) for name, rate in part.figures.items()}
    return Machine(
        first.name,
        first.cpus,
        first.threads_per_core,
        first.architecture,
        first.cpu_model,
        {name: found[name] for name in BY_NAME if name in found},
    )


def cpus_of(machine: Machine) -> tuple[str, str, int, int]:
    """What figures of one machine have in common: architecture, CPU model, CPUs, SMT."""
    return machine.architecture, machine.model, machine.cpus, machine.threads_per_core


def _factor(document: Document) -> float | None:
    """What turns the result's units into the public's; None: it does not tell their bytes."""
    figure = BY_NAME.get(document.kernel) or BY_NAME.get(f"{document.kernel}{SINGLE}")
    of_a_byte = _OF_A_BYTE.get(figure.group) if figure is not None else None
    if of_a_byte is None:
        return _OF_A_UNIT
    size = document.unit.bytes if document.unit is not None else None
    return None if size is None else size * of_a_byte
