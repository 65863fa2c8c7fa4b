"""/workload/predictions: one of them, its CSV, its document, and how it is taken away."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api.csv_form import csv_answer
from portal.api.state import state_of
from portal.inventory.names import machines_named
from portal.pages import predicted_view, work_charts, work_words
from portal.pages.rendering import page
from portal.pages.routing import Sent, Visitor, WritingVisitor, pages
from portal.predictions import as_rows, keeping, reading
from portal.predictions.document_forms import PredictedMachine
from portal.records.faults import NotThereError
from portal.records.work_documents import PREDICTION

router = pages()
# Of a document of many machines; all stand in its CSV.
_MOST_MACHINES = 500


@router.get("/workload/predictions/{prediction}")
def shown(
    request: Request, caller: Visitor, prediction: uuid.UUID, machine: str | None = None
) -> Response:
    """A prediction: of its machine, of the one that is named, or the list of its machines."""
    with state_of(request).reading(caller) as session:
        row = keeping.find(session, PREDICTION, prediction)
        data = keeping.content_of(session, PREDICTION, prediction)
        found, fault = _read(data)
        names = [one.machine for one in found[:_MOST_MACHINES]]
        ids = machines_named(session, {*names, *([machine] if machine else [])})
    return page(
        request,
        "prediction",
        document=row,
        fault=fault,
        all=found[:_MOST_MACHINES],
        number=len(found),
        machines=ids,
        words=work_words,
        cheapest_of=predicted_view.cheapest_of,
        may_write="write" in caller.scopes,
        **_one(found, machine),
    )


def _one(found: tuple[PredictedMachine, ...], machine: str | None) -> dict[str, Any]:
    """What the page shows of one machine, where it is one."""
    one = found[0] if len(found) == 1 else None
    if machine is not None and found:
        one = next((each for each in found if each.machine == machine), None)
        if one is None:
            raise NotThereError("machine in this prediction", machine[:200])
    if one is None:
        return {"one": None, "view": None, "bars": None, "lines": None}
    return {
        "one": one,
        "view": predicted_view.view_of(one),
        "bars": work_charts.of_candidates(one),
        "lines": work_charts.over_time(one),
    }


def _read(data: bytes) -> tuple[tuple[PredictedMachine, ...], str | None]:
    """What it says; or why it cannot be shown, where another version took it in."""
    try:
        return reading.predicted(data), None
    except InputError as error:
        return (), str(error)


@router.get("/workload/predictions/{prediction}/csv")
def csv(request: Request, caller: Visitor, prediction: uuid.UUID) -> Response:
    """Its machines and candidates, a line each."""
    found = reading.predicted(_content(request, caller, prediction))
    rows = as_rows.prediction_rows(found)
    return csv_answer(f"prediction-{prediction}.csv", as_rows.PREDICTION_COLUMNS, rows)


@router.get("/workload/predictions/{prediction}/document")
def document(request: Request, caller: Visitor, prediction: uuid.UUID) -> Response:
    """The document as it came, as a file to keep."""
    kept = {"Content-Disposition": f'attachment; filename="prediction-{prediction}.json"'}
    data = _content(request, caller, prediction)
    return Response(data, media_type="application/json", headers=kept)


@router.post("/workload/predictions/{prediction}/delete")
def delete(
    request: Request, caller: WritingVisitor, prediction: uuid.UUID, fields: Sent
) -> Response:
    """Take it away."""
    del fields
    with state_of(request).writing(caller) as session:
        keeping.remove(session, caller, keeping.find(session, PREDICTION, prediction))
    return RedirectResponse("/workload", 303)


def _content(request: Request, caller: Caller, prediction: uuid.UUID) -> bytes:
    with state_of(request).reading(caller) as session:
        return keeping.content_of(session, PREDICTION, prediction)
