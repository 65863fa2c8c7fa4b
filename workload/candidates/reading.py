"""Reads a file of candidates, the results that it names, and what lists and prices say of types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.kinds.answers import Score
from perfanalysis.kinds.machine import Machine as KernelFigures
from perfanalysis.machines.facts.burstable import baseline_ratio
from perfanalysis.results import limits
from perfanalysis.results import reading as results
from perfanalysis.results.archive import read_folder
from perfanalysis.results.document import Document
from workload.candidates import listed
from workload.candidates.listed import ListedCandidate
from workload.candidates.measured import MeasuredMachines, candidate_of, machines_of
from workload.candidates.recorded import SizeFinder
from workload.prediction.candidate import Candidate


@dataclass(frozen=True)
class TypeFacts:
    """What a list says of a type; None or "": unknown."""

    cpus: int
    memory_bytes: float
    architecture: str = ""
    disk_bytes: float | None = None
    disk_operations: float | None = None
    network_bytes: float | None = None
    cpu_baseline: float | None = None


@dataclass(frozen=True)
class PricedAt:
    """What the price book says of a candidate."""

    amount: Decimal
    currency: str


# What lists of types say: from their (source, file) pairs to a look-up by provider and type.
TypesReader = Callable[[Sequence[tuple[str, Path]]], Callable[[str, str], TypeFacts | None]]
PriceFinder = Callable[[Candidate], PricedAt | None]


@dataclass(frozen=True)
class KnownCandidates:
    """Candidates, and what belongs to them.

    Attributes:
        candidates: in the order of the file, or of the engine's machines.
        of_machine: by the name of a recorded machine the candidate's name that it is of.
        left_out: results that were not used, and why: sentences.
        figures: by candidate what its machines' kernels tell of kinds of work.
        scores: the same as metrics tell it, by candidate and kind, of each machine.
    """

    candidates: tuple[Candidate, ...]
    of_machine: dict[str, str]
    left_out: tuple[str, ...] = ()
    figures: dict[str, tuple[KernelFigures, ...]] = field(default_factory=dict)
    scores: dict[str, dict[str, tuple[Score, ...]]] = field(default_factory=dict)

    def only(self, types: Collection[str]) -> KnownCandidates:
        """Those of some instance types, and those that recorded machines may be of.

        Raises:
            InputError: no candidate is of one of the types.
        """
        known = {one.instance_type for one in self.candidates if one.instance_type}
        for name in types:
            if name not in known:
                some = ", ".join(sorted(known)[:5]) or "there is none"
                raise InputError("--type", "", f"an instance type of a candidate: {some}", name)
        kept = tuple(one for one in self.candidates if one.instance_type in types)
        return replace(self, candidates=kept)


def read(
    path: Path, types: TypesReader, price_of: PriceFinder, size_of: SizeFinder = lambda _: None
) -> KnownCandidates:
    """The candidates of a file.

    Args:
        path: of the file.
        types: reads the lists of types that it names.
        price_of: for those that have no price.
        size_of: of recorded machines, for those whose size nobody states.

    Raises:
        InputError: it, or a file that it names, is not what it should be.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    found = listed.parse(data, str(path))
    known = types([(source, path.parent / file) for source, file in found.types])
    candidates: list[Candidate] = []
    of_machine: dict[str, str] = {}
    left_out: list[str] = []
    figures: dict[str, tuple[KernelFigures, ...]] = {}
    versions: dict[str, str] = {}
    for entry in found.candidates:
        measured = machines_of(_documents(entry, path.parent), entry.cpus)
        _check_versions(measured, versions, entry)
        candidate = _candidate(_with_limits(entry, path.parent), measured, known, size_of)
        if candidate.price is None and (price := price_of(candidate)) is not None:
            candidate = replace(candidate, price=price.amount, currency=price.currency)
        if any(one.name == candidate.name for one in candidates):
            raise InputError(entry.where, "name", "a name of its own", candidate.name)
        candidates.append(candidate)
        figures[candidate.name] = measured.figures
        left_out += [f"{candidate.name}: {why}" for why in measured.left_out]
        for machine in (*measured.names, *entry.machines, candidate.name):
            of_machine.setdefault(machine, candidate.name)
    return KnownCandidates(tuple(candidates), of_machine, tuple(left_out), figures)


def _check_versions(
    measured: MeasuredMachines, known: dict[str, str], entry: ListedCandidate
) -> None:
    """A unit of one version of a kernel is not that of another."""
    for kernel, version in measured.versions.items():
        if known.setdefault(kernel, version) != version:
            expected = f"results of {kernel} {known[kernel]}, as those above"
            raise InputError(entry.where, "results", expected, version)


def _documents(entry: ListedCandidate, folder: Path) -> list[Document]:
    found: list[Document] = []
    for name in entry.results:
        path = folder / name
        if path.is_dir():
            archive = read_folder(path)
            if archive.broken:
                raise archive.broken[0]
            found += [one.document for one in archive.entries]
        else:
            found.append(results.read(path, whole=False))
    return found


def _with_limits(entry: ListedCandidate, folder: Path) -> ListedCandidate:
    """The entry with what was measured of disks and network; what is stated stays."""
    for name in entry.limits:
        found = limits.read(folder / name)
        entry = replace(
            entry,
            disk_bytes_per_second=entry.disk_bytes_per_second or found.disk_bytes_per_second,
            disk_operations_per_second=entry.disk_operations_per_second
            or found.disk_operations_per_second,
            network_bytes_per_second=entry.network_bytes_per_second
            or found.network_bytes_per_second,
        )
    return entry


def _candidate(
    entry: ListedCandidate,
    measured: MeasuredMachines,
    types: Callable[[str, str], TypeFacts | None],
    size_of: SizeFinder,
) -> Candidate:
    """What the person says goes first, then what was measured, what a list and a recording say."""
    machine = measured.facts.machine if measured.facts else None
    provider = entry.provider or (machine.provider if machine else "") or ""
    instance_type = entry.instance_type or (machine.instance_type if machine else "") or ""
    facts = types(provider, instance_type)
    cpus, memory = _size(entry, measured, facts, size_of)
    own = candidate_of(measured, cpus=cpus, memory_bytes=memory)
    stated = facts or TypeFacts(cpus, memory)
    return Candidate(
        entry.name or instance_type or (own.name if own else ""),
        cpus,
        memory,
        measured.curves,
        provider,
        entry.region or (own.region if own else ""),
        instance_type,
        entry.architecture or (own.architecture if own else "") or stated.architecture,
        entry.price if entry.price is not None else (own.price if own else None),
        entry.currency or "USD",
        entry.purchase or (own.purchase if own else "on_demand"),
        entry.disk_bytes_per_second or stated.disk_bytes,
        entry.disk_operations_per_second or stated.disk_operations,
        entry.network_bytes_per_second or stated.network_bytes,
        entry.cpu_baseline or stated.cpu_baseline or baseline_ratio(instance_type),
        measured.names,
    )


def _size(
    entry: ListedCandidate,
    measured: MeasuredMachines,
    facts: TypeFacts | None,
    size_of: SizeFinder,
) -> tuple[int, float]:
    """CPUs and bytes of memory, by the same order.

    Raises:
        InputError: nobody tells one of them.
    """
    machine = measured.facts.machine if measured.facts else None
    cpus = entry.cpus or (machine.logical_cpus if machine else None)
    cpus = cpus or (facts.cpus if facts else None)
    memory = entry.memory_bytes or (machine.memory_bytes if machine else None)
    memory = memory or (facts.memory_bytes if facts else None)
    if cpus is None or memory is None:
        names = (*entry.machines, *measured.names, entry.name)
        recorded = next((size for name in names if (size := size_of(name))), None)
        cpus = cpus or (recorded.cpus if recorded else None)
        memory = memory or (recorded.memory_bytes if recorded else None)
    if cpus is None or memory is None:
        missing = "cpus" if cpus is None else "memory_gib"
        expected = (
            "a number: no result tells it (imported curves seldom do), no list of types, and no "
            "recording of one of its `machines`"
        )
        if measured.left_out:
            expected += f"; results left out: {'; '.join(measured.left_out[:3])}"
        raise InputError(entry.where, missing, expected)
    return cpus, float(memory)
