"""POST /v1/loadtest: a load test of the old kind, taken as what it is, and answered in its form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from perfanalysis.errors import InputError
from portal.api.forms import AnswerForm, Word, problems
from portal.api.state import state_of
from portal.load_tests import intake, listing, old_curves
from portal.load_tests.old_curves import OldCurve
from portal.old_clients.old_keys import OldAgent
from portal.records.faults import NotThereError

router = APIRouter(tags=["old"])
WHERE = "POST /v1/loadtest"
_Units = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]


class OldLevel(BaseModel):
    """Work units a second of the whole machine at a busy level in percent."""

    busyPct: Annotated[int, Field(ge=1, le=100)]  # noqa: N815 - as the old program has it
    workUnits: _Units  # noqa: N815


class OldResult(BaseModel):
    """A load test as the old program writes it; what else stands in it is overlooked."""

    hostname: Word = Field(examples=["server-01"])
    timestamp: Annotated[int, Field(gt=0, lt=10**11)] = Field(
        description="Unix seconds.", examples=[1705320000]
    )
    numCores: Annotated[int, Field(ge=0, lt=2**31)] | None = None  # noqa: N815
    results: Annotated[list[OldLevel], Field(min_length=1, max_length=100)] = Field(
        examples=[[{"busyPct": 50, "workUnits": 6000}, {"busyPct": 100, "workUnits": 12000}]]
    )
    maxUnits: _Units | None = None  # noqa: N815
    avgUnits: _Units | None = None  # noqa: N815
    unitsPerSec: _Units | None = None  # noqa: N815


class OldResultAnswer(AnswerForm):
    """The same in its own form, and what it is here."""

    hostname: str
    timestamp: int
    numCores: int | None  # noqa: N815
    results: list[OldLevel]
    maxUnits: float = Field(description="The most of its levels.")  # noqa: N815
    avgUnits: float = Field(description="The mean over its levels.")  # noqa: N815
    unitsPerSec: float | None = Field(  # noqa: N815
        description="As it came. Of the old program's own it is no rate at any level; null: none."
    )
    test_id: str = Field(description="See /api/v1/tests.")
    new: bool


@router.post("/v1/loadtest", responses=problems(408, 409, 413, 415))
def load_test(request: Request, caller: OldAgent, said: OldResult | None = None) -> OldResultAnswer:
    """Take a load test of the old kind; the same again changes nothing.

    It becomes a result of a class of its own: under unknown conditions, with a kernel version that
    no comparison holds against others. A portal loads no CPUs itself: without a body nothing runs.
    """
    if said is None:
        expected = (
            "a load test of the old kind (a portal runs none itself: `perfanalysis loadtest run` "
            "does, on the machine)"
        )
        raise InputError("request", "body", expected)
    curve = curve_of(said)
    data, test_id = old_curves.document_of(curve, WHERE), old_curves.test_id_of(curve)
    document = intake.read(data)
    with state_of(request).writing(caller) as session:
        try:
            # What was taken by another version of this program is the same test.
            listing.find(session, test_id)
            new = False
        except NotThereError:
            _, new = intake.take(session, caller, document)
    return answered(said, curve, test_id, new=new)


def curve_of(said: OldResult) -> OldCurve:
    """The curve that a result says.

    Raises:
        InputError: a level is there twice.
    """
    units: dict[int, float] = {}
    for number, level in enumerate(said.results):
        if level.busyPct in units:
            raise InputError(
                "request", f"results[{number}].busyPct", "each level once", level.busyPct
            )
        units[level.busyPct] = level.workUnits
    names = ("maxUnits", "avgUnits", "unitsPerSec")
    further = {name: value for name in names if (value := getattr(said, name)) is not None}
    moment = datetime.fromtimestamp(said.timestamp, UTC)
    return OldCurve(said.hostname, moment, units, said.numCores, said=further)


def answered(said: OldResult, curve: OldCurve, test_id: str, *, new: bool) -> OldResultAnswer:
    """A result in its own form."""
    return OldResultAnswer(
        hostname=said.hostname,
        timestamp=said.timestamp,
        numCores=said.numCores,
        results=said.results,
        maxUnits=max(curve.units.values()),
        avgUnits=old_curves.averaged(curve.units),
        unitsPerSec=said.unitsPerSec,
        test_id=test_id,
        new=new,
    )
