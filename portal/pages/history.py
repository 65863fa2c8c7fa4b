"""/history: tests over time, what was found of regressions, and the thresholds that are watched."""

from __future__ import annotations

import math
import uuid
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from perfanalysis.errors import InputError
from portal.api import history_form
from portal.api.regressions import RegressionAnswer
from portal.api.state import state_of
from portal.api.thresholds import ThresholdAnswer
from portal.inventory import registering
from portal.inventory.names import names_of
from portal.pages import history_charts, history_filter
from portal.pages.rendering import page
from portal.pages.routing import Sent, Visitor, WritingVisitor, pages, text_of
from portal.records.faults import NotThereError
from portal.records.tenant_session import TenantSession
from portal.regressions import judging, listing, thresholds
from portal.regressions.thresholds import WatchScope

router = pages()
_MOST_SHOWN = 500


@router.get("/history")
def shown(request: Request, caller: Visitor, cursor: str | None = None) -> Response:
    """The page."""
    fields = history_filter.given(request.query_params)
    state = state_of(request)
    with state.reading(caller) as session:
        wanted = history_filter.wanted(session, fields, cursor)
        watched = thresholds.thresholds(session, None, _MOST_SHOWN)
        low = listing.regressions(session, {}, None, 50)
        machines = {row.machine_id for row in low.rows}
        machines |= {row.machine_id for row in watched.rows if row.machine_id is not None}
        names = names_of(session, machines)
        watching = [ThresholdAnswer.model_validate(row) for row in watched.rows]
        regressions = [RegressionAnswer.model_validate(row) for row in low.rows]
    found = history_form.look_up(state, caller, wanted)
    charted = history_charts.charted(found.page.series)
    asked = {name: value for name, value in fields.items() if value}
    api = _of_the_api(asked, wanted.machines)
    return page(
        request,
        "history",
        fields=fields,
        points=[(row, found.points[row.test_id]) for row in found.rows],
        charts=[history_charts.title(one) for one in charted],
        data=history_charts.data(charted, watching, found.page.regressions),
        more_series=len(found.page.series) - len(charted),
        regressions=regressions,
        more_regressions=low.cursor is not None,
        thresholds=watching,
        names=names,
        least_runs=judging.LEAST_RUNS,
        least_drop=judging.LEAST_DROP,
        csv=f"/api/v1/history?{urlencode([*api, ('format', 'csv')])}",
        older=_link(asked, found.page.next_cursor),
    )


def _link(asked: dict[str, str], cursor: str | None) -> str | None:
    return None if cursor is None else f"/history?{urlencode({**asked, 'cursor': cursor})}"


def _of_the_api(asked: dict[str, str], machines: object) -> list[tuple[str, str]]:
    """The same filter as the endpoint has it."""
    assert isinstance(machines, list)
    plain = [(name, value) for name, value in asked.items() if name in _SAME]
    days = [(name, value) for name, value in asked.items() if name in {"since", "until"}]
    plain += [(name, f"{value}T{_END if name == 'until' else _BEGIN}") for name, value in days]
    return plain + [("machine_id", str(one)) for one in machines]


_SAME = {*history_filter.TEXTS, "valid", "by"}
_BEGIN, _END = "00:00:00Z", "23:59:59.999999Z"


@router.post("/history/thresholds")
def watch(request: Request, caller: WritingVisitor, fields: Sent) -> Response:
    """Set a threshold."""
    texts = {name: text_of(fields, name) for name in ("machine", "instance_type", "kernel")}
    drop = _number(text_of(fields, "drop"), "drop", judging.LEAST_DROP, judging.MOST_DROP)
    runs = text_of(fields, "least_runs")
    if not (runs.isascii() and runs.isdigit() and len(runs) < 4):
        raise InputError("form", "earlier runs", "a whole number", runs[:20])
    if not judging.LEAST_RUNS <= int(runs) <= judging.MOST_RUNS:
        expected = f"a number from {judging.LEAST_RUNS} to {judging.MOST_RUNS}"
        raise InputError("form", "earlier runs", expected, runs)
    with state_of(request).writing(caller) as session:
        machine = _machine(session, texts["machine"])
        scope = WatchScope(machine, texts["instance_type"] or None, texts["kernel"] or None)
        thresholds.create(session, caller, scope, drop, int(runs))
    return RedirectResponse("/history#thresholds", 303)


@router.post("/history/thresholds/{threshold}/delete")
def forget(
    request: Request, caller: WritingVisitor, threshold: uuid.UUID, fields: Sent
) -> Response:
    """Delete a threshold; what it has found and is open is withdrawn."""
    del fields
    with state_of(request).writing(caller) as session:
        thresholds.delete(session, caller, threshold)
    return RedirectResponse("/history#thresholds", 303)


@router.post("/history/regressions/{regression}/accept")
def accept(
    request: Request, caller: WritingVisitor, regression: uuid.UUID, fields: Sent
) -> Response:
    """Take the lower rate for the usual one."""
    why = text_of(fields, "why")
    if not 1 <= len(why) <= 250 or not why.isprintable():
        raise InputError("form", "why", "1 to 250 characters on one line")
    with state_of(request).writing(caller) as session:
        listing.accept(session, caller, regression, why)
    return RedirectResponse("/history#regressions", 303)


def _machine(session: TenantSession, name: str) -> uuid.UUID | None:
    if not name:
        return None
    row = registering.by_name(session, name)
    if row is None:
        raise NotThereError("machine", name)
    return registering.successor(session, row).id


def _number(text: str, name: str, least: float, most: float) -> float:
    """A share from a field in percent."""
    try:
        value = float(text) / 100
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        expected = f"a number from {100 * least:g} to {100 * most:g} percent"
        raise InputError("form", name, expected, text[:20])
    return value
