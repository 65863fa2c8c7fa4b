"""/api/v1/comparison: up to eight sides against the first one."""

from __future__ import annotations

import zlib
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from perfanalysis.errors import InputError
from perfanalysis.results import reading
from perfanalysis.results.document import Document
from portal.api.callers import Reader
from portal.api.forms import NAME, AnswerForm, problems
from portal.api.state import state_of
from portal.load_tests import annotating, comparing, listing
from portal.load_tests.comparing import MOST_SIDES, MOST_TESTS, Against, Compared
from portal.records.faults import NotThereError
from portal.records.tenant_session import TenantSession

router = APIRouter(prefix="/api/v1/comparison", tags=["comparison"])
_Side = Annotated[str, Field(min_length=1, max_length=MOST_TESTS * 129)]


class MeasureAnswer(AnswerForm):
    """A measure of a side: work units a second, or these for each dollar an hour."""

    measure: str = Field(description="performance or price_performance")
    value: float | None = Field(description="Null: not known of all its tests.")
    ratio: float | None = Field(description="To the first side; null for that one.")
    lower: float | None = Field(description="Bounds of its 95 % interval, for itself alone.")
    upper: float | None
    basis: str | None = Field(
        description="What was repeated: pairs, machines, runs, or slices of one run each."
    )
    p_value: float | None = Field(description="Adjusted for all that this comparison tests (Holm).")
    verdict: str | None = Field(description="faster, slower or cannot tell")
    withheld: str | None = Field(description="Why it cannot be told.")
    more_runs: int | None = Field(
        description="How many more runs of each would likely settle it; above 1000: too many."
    )


class SideAnswer(AnswerForm):
    """A side, and what it is against the first one."""

    tests: list[str]
    unlike: list[str] = Field(description="Conditions that keep it from a verdict.")
    measures: list[MeasureAnswer]


class ComparisonAnswer(AnswerForm):
    """The sides in the order of the request, the baseline first."""

    sides: list[SideAnswer]


@router.get("", responses=problems(404))
def compare(
    request: Request,
    caller: Reader,
    side: Annotated[
        list[_Side],
        Query(
            min_length=1,
            max_length=MOST_SIDES,
            description=f"Test ids, at most {MOST_TESTS}, parted by commas; the first one is the "
            "baseline, unless one is named.",
        ),
    ],
    baseline: Annotated[
        str | None, Query(max_length=100, pattern=NAME, description="Name of a pinned one.")
    ] = None,
) -> ComparisonAnswer:
    """Compare tests at full load; one run each carries no verdict."""
    asked = [_ids(text) for text in side]
    with state_of(request).reading(caller) as session:
        if baseline is not None:
            asked.insert(0, [annotating.baseline(session, baseline).test_id])
        if not 2 <= len(asked) <= MOST_SIDES:
            raise InputError("request", "side", f"2 to {MOST_SIDES} sides", len(asked))
        packed = _packed(session, [one for ids in asked for one in ids])
    sides = [[_document(packed, one) for one in ids] for ids in asked]
    return ComparisonAnswer(sides=[_side(found) for found in comparing.compare(sides)])


def _ids(text: str) -> list[str]:
    found = [part for part in text.split(",") if part]
    if not 1 <= len(found) <= MOST_TESTS:
        raise InputError("request", "side", f"1 to {MOST_TESTS} test ids", len(found))
    if "\x00" in text:
        raise InputError("request", "side", "test ids")
    return found


def _packed(session: TenantSession, ids: list[str]) -> dict[str, bytes]:
    return {row.test_id: row.body for row in session.execute(listing.documents_of(ids))}


def _document(packed: dict[str, bytes], test_id: str) -> Document:
    if test_id not in packed:
        raise NotThereError("test", test_id)
    return reading.parse(zlib.decompress(packed[test_id]), test_id, whole=False)


def _side(found: Compared) -> SideAnswer:
    return SideAnswer(
        tests=[document.test_id for document in found.documents],
        unlike=list(found.unlike),
        measures=[_measure(against) for against in found.measures],
    )


def _measure(against: Against) -> MeasureAnswer:
    ratio = against.ratio
    return MeasureAnswer(
        measure=against.measure,
        value=against.value,
        ratio=None if ratio is None else ratio.value,
        lower=None if ratio is None else ratio.lower,
        upper=None if ratio is None else ratio.upper,
        basis=None if ratio is None else ratio.basis,
        p_value=against.p_value,
        verdict=against.verdict,
        withheld=against.withheld,
        more_runs=None if ratio is None else ratio.more,
    )
