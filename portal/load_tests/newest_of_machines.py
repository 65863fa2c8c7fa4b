"""Which tests stand for machines that are compared: the newest of the kernels that all have."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Select, select, true

from portal.load_tests.comparing import MOST_SIDES, MOST_TESTS
from portal.records.load_tests import LoadTestRow
from portal.records.tenant_session import TenantSession

# Of each machine so many are looked through.
_LOOKED_AT = 400
# Kernel, its version, profile.
_Work: TypeAlias = tuple[str, str, str]
_ByMachine: TypeAlias = dict[uuid.UUID, list[LoadTestRow]]
_MOST_DOCUMENTS = MOST_SIDES * MOST_TESTS


@dataclass(frozen=True)
class KernelTests:
    """The tests of one kernel.

    Attributes:
        kernel, kernel_version: the work.
        sides: ids of the tests of each machine, in the order in which these were asked for.
    """

    kernel: str
    kernel_version: str
    sides: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class NewestTests:
    """What there is of some machines.

    Attributes:
        kernels: that all of them have, in one version and profile, by name.
        left_out: kernels that not all have, in one version and profile, by name.
        runs: how many tests of each machine and kernel were taken at most.
    """

    kernels: tuple[KernelTests, ...]
    left_out: tuple[str, ...]
    runs: int


def newest(
    session: TenantSession, machines: Sequence[uuid.UUID], kernel: str | None, runs: int
) -> NewestTests:
    """The newest valid tests of machines under full conditions.

    Of each kernel one version and profile is taken that all machines have, the one with the most
    runs; of each machine those of its newest conditions.

    Args:
        session: of the tenant.
        machines: at least two.
        kernel: only this one; None: all.
        runs: how many of each are wanted; fewer are taken where there would be too many in all.
    """
    every: dict[_Work, _ByMachine] = {}
    for machine in machines:
        for row in session.scalars(_asked(machine, kernel)):
            work = (row.kernel, row.kernel_version, row.profile)
            every.setdefault(work, {}).setdefault(machine, []).append(row)
    chosen: dict[str, _Work] = {}
    for work in sorted(every, key=lambda one: _fitness(every[one], runs)):
        if len(every[work]) == len(machines):
            chosen[work[0]] = work
    most = max(1, min(runs, _MOST_DOCUMENTS // max(1, len(machines) * len(chosen))))
    kernels = [
        KernelTests(
            name, chosen[name][1], tuple(_alike(every[chosen[name]][m], most) for m in machines)
        )
        for name in sorted(chosen)
    ]
    missing = {name for name, *_ in every} - chosen.keys()
    return NewestTests(tuple(kernels), tuple(sorted(missing)), most)


def _asked(machine: uuid.UUID, kernel: str | None) -> Select[LoadTestRow]:
    asked: Select[LoadTestRow] = select(LoadTestRow).where(
        LoadTestRow.machine_id == machine,
        LoadTestRow.valid == true(),
        LoadTestRow.full_conditions == true(),
    )
    if kernel is not None:
        asked = asked.where(LoadTestRow.kernel == kernel)
    newest_first = (LoadTestRow.measured_at.desc(), LoadTestRow.test_id.desc())
    return asked.order_by(*newest_first).limit(_LOOKED_AT)


def _fitness(found: _ByMachine, runs: int) -> tuple[int, float]:
    """How many runs each machine has, so that there is a verdict; else the newest one counts."""
    least = min(len(rows) for rows in found.values())
    return min(least, runs), max(rows[0].measured_at.timestamp() for rows in found.values())


def _alike(rows: Sequence[LoadTestRow], most: int) -> tuple[str, ...]:
    return tuple(r.test_id for r in rows if r.conditions == rows[0].conditions)[:most]
