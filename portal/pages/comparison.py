"""/comparison: up to eight machines or tests, as charts, as a table, as CSV, and as PDF."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.responses import Response

from portal.api import comparison_form
from portal.api.csv_form import csv_text
from portal.api.state import state_of
from portal.inventory import listing
from portal.pages import compared_view, difference_chart
from portal.pages.compared_view import MEASURES, UNITS
from portal.pages.rendering import page
from portal.pages.routing import Visitor, pages
from portal.printing.printer import PrinterBusyError, PrintingError

router = pages()
_NAMES_OFFERED = 200
_RETRY = {"Retry-After": "5"}


@router.get("/comparison")
def shown(request: Request, caller: Visitor) -> Response:
    """The page; without sides only the form to choose them."""
    choice, state = compared_view.choice_of(request.query_params), state_of(request)
    with state.reading(caller) as session:
        offered = [row.name for row in listing.machines(session, {}, None, _NAMES_OFFERED).rows]
    chosen = bool(choice.machines or choice.tests)
    view = compared_view.look_up(state, caller, choice) if chosen else None
    return page(
        request,
        "comparison",
        choice=choice,
        view=view,
        offered=offered,
        data=None if view is None else compared_view.data(view),
        verdict=compared_view.verdict,
        measures=MEASURES,
        units=UNITS,
    )


@router.get("/comparison.pdf")
def printed(request: Request, caller: Visitor) -> Response:
    """The same on paper, with the CSV attached; one at a time for a tenant."""
    choice, state = compared_view.choice_of(request.query_params), state_of(request)
    view = compared_view.look_up(state, caller, choice)
    made = page(
        request,
        "print/comparison",
        view=view,
        charts={m: difference_chart.chart(view.names, view.kernels, m) for m in MEASURES},
        verdict=compared_view.verdict,
        # What was chosen stands first.
        measures={choice.measure: MEASURES[choice.measure]} | MEASURES,
        units=UNITS,
    )
    rows = [
        row
        for each in view.kernels
        for row in comparison_form.rows(each.kernel, view.names, each.sides)
    ]
    data = {"comparison.csv": csv_text(comparison_form.COLUMNS, rows)}
    try:
        content = state.printer.pdf(caller.tenant, bytes(made.body).decode(), data)
    except PrinterBusyError as error:
        raise HTTPException(429, str(error), _RETRY) from error
    except PrintingError as error:
        raise HTTPException(503, str(error), _RETRY) from error
    named = {"Content-Disposition": 'attachment; filename="comparison.pdf"'}
    return Response(content, media_type="application/pdf", headers=named)
