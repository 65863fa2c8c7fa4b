"""/api/v1/comparison: up to eight sides against the first one: tests, or machines."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from portal.api import compared, comparison_form
from portal.api.callers import Reader
from portal.api.comparison_form import ComparisonAnswer, MachinesComparisonAnswer
from portal.api.csv_form import AS_CSV, Format, csv_answer, wants_csv
from portal.api.forms import NAME, Filter, problems
from portal.api.state import state_of
from portal.load_tests.comparing import MOST_SIDES, MOST_TESTS

router = APIRouter(prefix="/api/v1/comparison", tags=["comparison"])
_Side = Annotated[str, Field(min_length=1, max_length=MOST_TESTS * 129)]
# More than the three by which a spread means something.
USUAL_RUNS = 5


@router.get("", response_model=ComparisonAnswer, responses={200: AS_CSV, **problems(404)})
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
    form: Format = None,
) -> ComparisonAnswer | Response:
    """Compare tests at full load; one run each carries no verdict."""
    found = compared.of_tests(state_of(request), caller, side, baseline)
    if not wants_csv(request, form):
        return found
    rows = comparison_form.rows(found.kernel, found.names, found.sides)
    return csv_answer("comparison.csv", comparison_form.COLUMNS, rows)


@router.get(
    "/machines",
    response_model=MachinesComparisonAnswer,
    responses={200: AS_CSV, **problems(404)},
)
def compare_machines(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    machine: Annotated[
        list[uuid.UUID],
        Query(min_length=2, max_length=MOST_SIDES, description="The first one is the baseline."),
    ],
    kernel: Filter = None,
    runs: Annotated[
        int, Query(ge=1, le=MOST_TESTS, description="Newest tests of each machine and kernel.")
    ] = USUAL_RUNS,
    form: Format = None,
) -> MachinesComparisonAnswer | Response:
    """Compare machines by their newest valid tests, kernel by kernel, as one comparison.

    Only kernels take part that all of the machines have, in the same version.
    """
    found = compared.of_machines(state_of(request), caller, machine, kernel, runs)
    if not wants_csv(request, form):
        return found
    names = [one.name for one in found.machines]
    rows = [
        row
        for each in found.kernels
        for row in comparison_form.rows(each.kernel, names, each.sides)
    ]
    return csv_answer("comparison.csv", comparison_form.COLUMNS, rows)
