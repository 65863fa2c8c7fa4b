"""Candidates from result documents: those of one machine, or of several of one type. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from perfanalysis.kinds.machine import Machine as KernelFigures
from perfanalysis.machines.facts.burstable import baseline_ratio
from perfanalysis.results.document import Document, Level
from perfanalysis.results.kernel_figures import machine_of
from workload.candidates.stretches import passing_of
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.curves import is_readable


@dataclass(frozen=True)
class MeasuredMachines:
    """What result documents tell of machines that stand for one candidate.

    Attributes:
        curves: by kernel, the machines in the order of ``names``; a kernel that one of them was not
            measured by has only the others.
        names: of the machines that have a usable result.
        left_out: what was not used, and why: sentences.
        facts: of the newest document; None: none was usable.
        versions: of the kernels.
        figures: what each machine's kernels tell of kinds of work.
    """

    curves: dict[str, tuple[WorkCurve, ...]]
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    facts: Document | None
    versions: dict[str, str] = field(default_factory=dict)
    figures: tuple[KernelFigures, ...] = ()


def machines_of(documents: Iterable[Document], part_cpus: int | None = None) -> MeasuredMachines:
    """The newest usable result of each machine and kernel.

    Left out are runs that were disturbed, had a part of the machine, or cannot be read as a curve;
    and of two versions of a kernel, whose units are not the same work, the older one.

    Args:
        documents: of all of them.
        part_cpus: so many CPUs of a machine are what is meant, where somebody says so; None: all.
    """
    newest: dict[tuple[str, str], Document] = {}
    left_out = []
    for document in sorted(documents, key=lambda one: one.timestamp_seconds):
        why = _unusable(document, part_cpus)
        if why:
            left_out.append(f"{document.test_id}: {why}")
        else:
            newest[name_of(document), document.kernel] = document
    versions = {one.kernel: one.kernel_version for one in _by_age(newest.values())}
    curves: dict[str, list[WorkCurve]] = defaultdict(list)
    names = tuple(sorted({name for name, _ in newest}))
    for (_, kernel), document in sorted(newest.items(), key=lambda pair: pair[0]):
        curve = curve_of(document)
        if document.kernel_version != versions[kernel]:
            left_out.append(f"{document.test_id}: {kernel} of version {document.kernel_version}")
        elif is_readable(curve):
            curves[kernel].append(curve)
        else:
            left_out.append(f"{document.test_id}: its levels cannot be told from each other")
    facts = _by_age(newest.values())[-1] if newest else None
    found = {kernel: tuple(every) for kernel, every in curves.items()}
    by_name = [[one for (of, _), one in newest.items() if of == name] for name in names]
    figures = tuple(one for every in by_name if (one := machine_of(every)) is not None)
    return MeasuredMachines(found, names, tuple(left_out), facts, versions, figures)


def candidate_of(
    measured: MeasuredMachines,
    name: str = "",
    *,
    cpus: int | None = None,
    memory_bytes: float | None = None,
) -> Candidate | None:
    """The candidate that documents tell of by themselves; None: nobody tells its size.

    Args:
        measured: what its documents say.
        name: of the candidate, where it is not the machine's.
        cpus, memory_bytes: known from elsewhere, for documents that do not say it.
    """
    if measured.facts is None:
        return None
    machine = measured.facts.machine
    cpus = machine.logical_cpus or cpus
    memory_bytes = machine.memory_bytes or memory_bytes
    if cpus is None or memory_bytes is None:
        return None
    price = machine.price_dollars_per_hour
    instance_type = machine.instance_type or ""
    return Candidate(
        name or name_of(measured.facts),
        cpus,
        float(memory_bytes),
        measured.curves,
        machine.provider or "",
        machine.region or "",
        instance_type,
        machine.architecture or "",
        None if price is None else Decimal(repr(price)),
        purchase=machine.purchase or "on_demand",
        cpu_baseline=machine.baseline_ratio or baseline_ratio(instance_type),
        measured=measured.names,
    )


def curve_of(document: Document) -> WorkCurve:
    """The curve of one result: levels by what was reached, and medians, which compare speeds."""
    levels = document.levels
    return WorkCurve(
        np.array([_reached(level) for level in levels]),
        np.array([level.units_per_second for level in levels]),
        _bounds(level.lower for level in levels),
        _bounds(level.upper for level in levels),
        document.single_units_per_second,
        {workers: level.units_per_second for workers, level in document.rungs.items()},
        passing_of(document),
    )


def name_of(document: Document) -> str:
    """Of the machine that a document is of."""
    return document.machine.name or document.machine.hostname or document.test_id


def _reached(level: Level) -> float:
    return level.busy / 100 if level.busy_ratio is None else level.busy_ratio


def _bounds(values: Iterable[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if one is None else one for one in values])


def _unusable(document: Document, part_cpus: int | None) -> str:
    facts = document.machine
    if document.valid is False:
        return "disturbed"
    used = facts.used_cpus
    asked = facts.logical_cpus
    if asked is not None and part_cpus is not None:
        asked = min(asked, part_cpus)
    if used is not None and asked is not None and len(used) < asked:
        return "of a part of the machine"
    return ""


def _by_age(documents: Iterable[Document]) -> Sequence[Document]:
    return sorted(documents, key=lambda one: one.timestamp_seconds)
