"""Up to eight sides of tests against the first one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from msgspec import Struct

from perfanalysis.portal_client.calls import PortalCall
from perfanalysis.portal_client.connection import PortalConnection


class ComparedMeasure(Struct, frozen=True, kw_only=True):
    """A measure of a side: work units per second, or these for each dollar an hour.

    ``lower`` and ``upper`` bound the 95 % interval of ``ratio`` to the first side, which
    ``difference_percent`` and its bounds say in percent; ``p_value`` is adjusted for all that the
    comparison tests; ``withheld`` says why there is no verdict.
    """

    measure: str
    value: float | None
    ratio: float | None
    lower: float | None
    upper: float | None
    difference_percent: float | None
    difference_lower_percent: float | None
    difference_upper_percent: float | None
    basis: str | None
    p_value: float | None
    verdict: str | None
    withheld: str | None
    more_runs: int | None


class ComparedLevel(Struct, frozen=True):
    """What a side does at a busy level (percent), in work units per second, and for the money."""

    busy: int
    units_per_second: float
    lower: float | None
    upper: float | None
    per_dollar: float | None


class ComparedSide(Struct, frozen=True):
    """A side; ``unlike`` are conditions that keep it from a verdict."""

    tests: list[str]
    unlike: list[str]
    measures: list[ComparedMeasure]
    levels: list[ComparedLevel]


class PortalComparison(Struct, frozen=True):
    """The sides as they were asked for, the baseline first; ``names`` are of their machines."""

    kernel: str
    kernel_version: str
    names: list[str]
    sides: list[ComparedSide]


class ComparedMachine(Struct, frozen=True):
    """A machine, as the inventory calls it."""

    id: uuid.UUID
    name: str
    instance_type: str | None


class ComparedKernel(Struct, frozen=True):
    """One kernel: the machines in the order of the request."""

    kernel: str
    kernel_version: str
    sides: list[ComparedSide]


class ComparedByKind(Struct, frozen=True):
    """A machine's work of a kind over the first machine's; without a ratio, why."""

    ratio: float | None
    lower: float | None
    upper: float | None
    level: float | None
    verdict: str | None
    used: list[str]
    missing: list[str]
    outside: list[str]
    why: str | None


class ComparedKind(Struct, frozen=True):
    """A kind of work: the machines but the first one, in the order of the request."""

    kind: str
    title: str
    sides: list[ComparedByKind]


class MachinesComparison(Struct, frozen=True):
    """Machines by the kernels that all of them have, the first machine the baseline."""

    machines: list[ComparedMachine]
    kernels: list[ComparedKernel]
    left_out: list[str]
    runs: int
    # Portals of before do not say it.
    kinds: list[ComparedKind] = []


_PATH = "/api/v1/comparison"
COMPARE = PortalCall("GET", _PATH, PortalComparison, ("side", "baseline", "format"))
COMPARE_MACHINES = PortalCall(
    "GET", f"{_PATH}/machines", MachinesComparison, ("machine", "kernel", "runs", "format")
)


def compare(
    portal: PortalConnection, sides: Sequence[Sequence[str]], baseline: str | None = None
) -> PortalComparison:
    """Compare tests at full load.

    Args:
        portal: which.
        sides: test ids of each; the first one is what the others are held against.
        baseline: the name of a pinned one, which then is.
    """
    query = {"side": tuple(",".join(ids) for ids in sides), "baseline": baseline}
    return portal.ask(COMPARE, query=query)


def compare_machines(
    portal: PortalConnection, machines: Sequence[uuid.UUID], kernel: str | None = None
) -> MachinesComparison:
    """Compare machines by their newest valid tests, kernel by kernel.

    Args:
        portal: which.
        machines: two to eight; the first one is what the others are held against.
        kernel: the only one; None: all that the machines have.
    """
    query = {"machine": tuple(str(one) for one in machines), "kernel": kernel}
    return portal.ask(COMPARE_MACHINES, query=query)
