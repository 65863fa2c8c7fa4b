"""Up to eight sides of tests against the first one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from perfanalysis.portal_client.calls import PortalCall
from perfanalysis.portal_client.connection import PortalConnection


class ComparedMeasure(Struct, frozen=True, kw_only=True):
    """A measure of a side: work units per second, or these for each dollar an hour.

    ``lower`` and ``upper`` bound the 95 % interval of ``ratio`` to the first side; ``p_value`` is
    adjusted for all that the comparison tests; ``withheld`` says why there is no verdict.
    """

    measure: str
    value: float | None
    ratio: float | None
    lower: float | None
    upper: float | None
    basis: str | None
    p_value: float | None
    verdict: str | None
    withheld: str | None
    more_runs: int | None


class ComparedSide(Struct, frozen=True):
    """A side; ``unlike`` are conditions that keep it from a verdict."""

    tests: list[str]
    unlike: list[str]
    measures: list[ComparedMeasure]


class PortalComparison(Struct, frozen=True):
    """The sides in the order of the request, the baseline first."""

    sides: list[ComparedSide]


COMPARE = PortalCall("GET", "/api/v1/comparison", PortalComparison, ("side", "baseline"))


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
