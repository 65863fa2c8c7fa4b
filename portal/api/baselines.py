"""/api/v1/baselines: tests that others are held against, by name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field, StringConstraints

from portal.api.callers import Reader, Writer
from portal.api.forms import NAME, AnswerForm, Cursor, Limit, RequestForm, problems
from portal.api.state import state_of
from portal.load_tests import annotating

router = APIRouter(prefix="/api/v1/baselines", tags=["baselines"])
BaselineName = Annotated[str, Path(max_length=100, pattern=NAME, examples=["main"])]
_Test = Annotated[str, StringConstraints(max_length=128, pattern=NAME)]


class Pin(RequestForm):
    """Which test it is to be."""

    test_id: _Test = Field(examples=["20261130T120000Z-rmw-1"])


class BaselineAnswer(AnswerForm):
    """A baseline."""

    name: str
    test_id: str
    pinned_at: datetime
    pinned_by: str


class BaselinesPage(AnswerForm):
    """Baselines by name."""

    baselines: list[BaselineAnswer]
    next_cursor: str | None


@router.get("", responses=problems())
def baselines(
    request: Request, caller: Reader, limit: Limit = 100, cursor: Cursor = None
) -> BaselinesPage:
    """List baselines."""
    with state_of(request).reading(caller) as session:
        found = annotating.baselines(session, cursor, limit)
        rows = [BaselineAnswer.model_validate(row) for row in found.rows]
    return BaselinesPage(baselines=rows, next_cursor=found.cursor)


@router.put("/{name}", responses=problems(404, 409))
def pin(request: Request, caller: Writer, name: BaselineName, said: Pin) -> BaselineAnswer:
    """Pin a test as the baseline of that name, in place of what was."""
    with state_of(request).writing(caller) as session:
        row = annotating.pin(session, caller, name, said.test_id)
        return BaselineAnswer.model_validate(row)


@router.delete("/{name}", status_code=204, responses=problems(404))
def unpin(request: Request, caller: Writer, name: BaselineName) -> None:
    """Forget a baseline; its test stays."""
    with state_of(request).writing(caller) as session:
        annotating.unpin(session, caller, name)
