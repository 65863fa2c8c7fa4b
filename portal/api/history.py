"""/api/v1/history: tests over time, by machine or by type, with what was found of regressions."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from portal.api import history_form
from portal.api.callers import Reader
from portal.api.csv_form import AS_CSV, Format, wants_csv
from portal.api.forms import Cursor, Filter, Limit, problems
from portal.api.history_form import SeriesPage, WantedHistory
from portal.api.state import state_of
from portal.load_tests.listing import Filters

router = APIRouter(prefix="/api/v1/history", tags=["history"])
MOST_MACHINES = 50
By: TypeAlias = Literal["machine", "instance_type"]


@router.get("", response_model=SeriesPage, responses={200: AS_CSV, **problems()})
def series_of(  # noqa: PLR0913, PLR0917 - one for each filter
    request: Request,
    caller: Reader,
    by: By = "machine",
    kernel: Filter = None,
    machine_id: Annotated[list[uuid.UUID] | None, Query(max_length=MOST_MACHINES)] = None,
    provider: Filter = None,
    region: Filter = None,
    instance_type: Filter = None,
    valid: bool | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Measured then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Measured before that.")] = None,
    limit: Limit = 500,
    cursor: Cursor = None,
    form: Format = None,
) -> SeriesPage | Response:
    """The newest tests that fulfil all filters, by series.

    As CSV one line a test, the newest first; `Next-Cursor` is a header then.
    """
    equal = {
        "kernel": kernel,
        "provider": provider,
        "region": region,
        "instance_type": instance_type,
        "valid": valid,
    }
    filters = Filters(equal, since, until)
    wanted = WantedHistory(filters, machine_id or [], by, cursor, limit)
    found = history_form.look_up(state_of(request), caller, wanted)
    return history_form.as_csv(found) if wants_csv(request, form) else found.page
