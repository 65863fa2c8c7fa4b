"""Under which conditions a result came about, and whether two of them may be compared.

A rate tells machines apart only where the work, the build and the share of the machine that took
part were the same. What stands here can be read from the document alone. ``UNKNOWN`` is a class of
its own: a condition that one document does not say differs from one that the other says, and two
that both do not say it are taken for alike, as are two curves of the same old program. Pure.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple, TypeVar

from perfanalysis.errors import MalformedError
from perfanalysis.machines.cpu_list import parse_cpu_list
from perfanalysis.results.compilers import family
from perfanalysis.results.document import Document
from perfanalysis.results.machine import Machine

ALL = "all"
# The busy levels of a whole curve, percent; every profile has them.
FULL_LEVELS = tuple(range(10, 101, 10))
# The profile of a run that was asked for something else than a profile has.
CUSTOM = "custom"
# Another kernel or version of it is other work.
WORK = ("kernel", "kernel_version")
# What a machine brings with it: whole machines may differ in these, and are compared by it.
_CPUS = ("used_cpus", "usable_cpus", "used_cores")
_INSTRUCTIONS = "instruction_set"
# Whose work some kernels measure, as `software` names them.
LIBRARIES = ("openssl", "zstd", "zlib")
T = TypeVar("T")


class Unknown(enum.Enum):
    """The type of ``UNKNOWN``."""

    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True)
class Conditions:
    """What a result stands under; each is ``UNKNOWN`` where the document does not say it.

    Attributes:
        kernel: what was run.
        kernel_version: changes whenever the compiled work does.
        compiler_family: ``gcc``, ``clang``, or the first word of another compiler's version.
        instruction_set: which one the kernel chose at run time.
        library: whose work it is, and of which version but for its corrections: ``openssl 3.0``;
            None: the kernel's own.
        used_cpus: how many CPUs the run kept busy.
        usable_cpus: how many the process might have used: its affinity mask, else all.
        used_cores: how many real cores the used CPUs belong to.
        spread: how load was spread over the used CPUs: ``all`` alike, or ``packed`` on few.
        nice: the workers' niceness.
        quota_cpus: CPU time a second that the cgroup allowed, in CPUs; None: it set no limit.
        levels: busy levels that were asked for, percent.
        profile: ``default``, ``quick``, ``precise``, ``custom``, or ``imported``.
    """

    kernel: str
    kernel_version: str
    compiler_family: str | Unknown
    instruction_set: str | Unknown
    library: str | None
    used_cpus: int | Unknown
    usable_cpus: int | Unknown
    used_cores: int | Unknown
    spread: str | Unknown
    nice: int | Unknown
    quota_cpus: float | Unknown | None
    levels: tuple[int, ...]
    profile: str


# One condition, as its attribute is typed.
Value = str | int | float | tuple[int, ...] | None | Unknown


class Difference(NamedTuple):
    """A condition that two results do not share: its attribute's name, and both values."""

    name: str
    one: Value
    other: Value


def comparable(one: Conditions, other: Conditions) -> list[Difference]:
    """What keeps two results from being held against each other, in the order of the attributes.

    Whoever compares decides which of these matter: other work never compares, while other levels
    leave those that both have.

    Returns:
        The differences; empty: the results are comparable.
    """
    return [
        Difference(field.name, first, second)
        for field in fields(Conditions)
        if (first := getattr(one, field.name)) != (second := getattr(other, field.name))
    ]


def unlike(one: Document, other: Document, *, one_machine: bool) -> list[Difference]:
    """The conditions that two results do not share and that their machines do not explain.

    Two machines of which all CPUs were busy may have other numbers of CPUs and other instructions:
    that is what they are compared by. Of one machine, or of parts of two, neither may differ.

    Args:
        one, other: the results.
        one_machine: whether both are of the same machine.
    """
    found = comparable(of(one), of(other))
    if one_machine or not (_all_busy(one.machine) and _all_busy(other.machine)):
        return found
    return [difference for difference in found if not _explained(difference)]


def less_than_full(document: Document) -> list[str]:
    """What keeps a result from being the machine's own: the names of its narrower conditions.

    Full are all CPUs that the run might use (as many as its quota needs), all of them
    loaded alike, at the usual niceness, at all levels of a profile, and no load beside the curve.
    Of a condition that is unknown nothing is said. Whether the machine itself was cut down for the
    run no document tells alone: see ``share``.

    Returns:
        Attributes of ``Conditions``, and ``until_steady``; empty: the conditions are full.
    """
    found = of(document)
    held = (document.settings or {}).get("quota") is not None
    whole = _whole_cpus(share(document), held=held)
    narrower = _narrower_load(found.used_cpus, whole, found.spread, found.nice)
    if _stopped_by_quota(document):
        narrower.append("quota_cpus")
    if found.profile == CUSTOM and found.levels != FULL_LEVELS:
        narrower.append("levels")
    if document.until_steady is not None:
        narrower.append("until_steady")
    return narrower


def loads_a_part(machine: Machine, *, spread: str, nice: int) -> bool:
    """Whether a run in progress keeps less than all of its machine busy, as ``less_than_full`` has
    it: its rate is none of the machine then.

    Args:
        machine: its facts, with the CPUs that the run uses.
        spread, nice: of the run's settings.
    """
    used = UNKNOWN if machine.used_cpus is None else len(machine.used_cpus)
    offered = _share(_usable(machine, imported=False), machine.cgroup_quota_cpus)
    return bool(_narrower_load(used, _whole_cpus(offered, held=True), spread, nice))


def _narrower_load(
    used: int | Unknown, whole: int | Unknown, spread: str | Unknown, nice: int | Unknown
) -> list[str]:
    narrower = {
        "used_cpus": not isinstance(used, Unknown)
        and not isinstance(whole, Unknown)
        and used < whole,
        "spread": spread not in {ALL, UNKNOWN},
        "nice": nice not in {0, UNKNOWN},
    }
    return [name for name, holds in narrower.items() if holds]


def full(document: Document) -> bool | None:
    """Whether a result is one of its machine's full conditions; None: another program's curve."""
    return None if document.imported is not None else not less_than_full(document)


def share(document: Document) -> float | Unknown:
    """How much of its machine a run might use, in CPUs: by affinity, and by quota.

    Of two runs of one machine the one with the smaller share was cut down.
    """
    found = of(document)
    return _share(found.usable_cpus, document.machine.cgroup_quota_cpus)


def _share(usable: int | Unknown, quota: float | None) -> float | Unknown:
    return usable if isinstance(usable, Unknown) or quota is None else min(usable, quota)


def _stopped_by_quota(document: Document) -> bool:
    """Whether a quota stopped workers of a run that was not held to it.

    Before quotas were held such a run told the work of whole CPUs: it compares with none.
    """
    quota, used = document.machine.cgroup_quota_cpus, document.machine.used_cpus or ()
    held = (document.settings or {}).get("quota") is not None
    return quota is not None and len(used) > quota and not held


def _whole_cpus(offered: float | Unknown, *, held: bool) -> int | Unknown:
    """How many CPUs a run takes of what it is offered: before quotas were held, whole ones only."""
    if isinstance(offered, Unknown):
        return offered
    return math.ceil(offered) if held else max(1, math.floor(offered))


def unknown(document: Document) -> list[str]:
    """The names of the conditions that a document does not tell."""
    found = of(document)
    return [field.name for field in fields(Conditions) if getattr(found, field.name) is UNKNOWN]


def shown(value: Value) -> str:
    """A condition's value in words."""
    if value is None:
        return "no limit"
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _explained(difference: Difference) -> bool:
    if difference.name == _INSTRUCTIONS:
        return UNKNOWN not in {difference.one, difference.other}
    return difference.name in _CPUS


def _all_busy(machine: Machine) -> bool:
    return machine.used_cpus is not None and len(machine.used_cpus) == machine.logical_cpus


def of(document: Document) -> Conditions:
    """The conditions that a document tells."""
    settings, build, machine = document.settings or {}, document.build, document.machine
    # A run that says nothing of it is from before there was a choice.
    spread = _text(settings, "spread", UNKNOWN if document.imported else ALL)
    return Conditions(
        kernel=document.kernel,
        kernel_version=document.kernel_version,
        compiler_family=_known(family(build.compiler) if build else None),
        instruction_set=_known(build.instruction_set if build else None),
        library=_library(document.software or {}),
        used_cpus=UNKNOWN if machine.used_cpus is None else len(machine.used_cpus),
        usable_cpus=_usable(machine, imported=document.imported is not None),
        used_cores=_known(machine.used_cores),
        spread=spread,
        nice=_whole(settings, "nice"),
        quota_cpus=_quota(document),
        levels=tuple(level.busy for level in document.levels),
        profile=document.profile,
    )


def _library(software: Mapping[str, str]) -> str | None:
    for name in LIBRARIES:
        if name in software:
            return f"{name} {'.'.join(software[name].split('.')[:2])}"
    return None


def _usable(machine: Machine, *, imported: bool) -> int | Unknown:
    """Another program's curve says how many CPUs there were, and not which it might use."""
    if machine.allowed_cpus is not None:
        try:
            return len(parse_cpu_list(machine.allowed_cpus, "allowed_cpus"))
        except MalformedError:
            return UNKNOWN
    return UNKNOWN if imported else _known(machine.logical_cpus)


def _quota(document: Document) -> float | Unknown | None:
    """Where the cgroups were looked at, a limit that is not there was not set."""
    machine = document.machine
    if machine.cgroup_quota_cpus is not None:
        return UNKNOWN if _stopped_by_quota(document) else machine.cgroup_quota_cpus
    return UNKNOWN if machine.cgroup_version is None else None


def _known(value: T | None) -> T | Unknown:
    return UNKNOWN if value is None else value


def _text(settings: Mapping[str, object], name: str, absent: str | Unknown) -> str | Unknown:
    value = settings.get(name, absent)
    return value if isinstance(value, str | Unknown) else UNKNOWN


def _whole(settings: Mapping[str, object], name: str) -> int | Unknown:
    value = settings.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else UNKNOWN
