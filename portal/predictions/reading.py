"""What ``workload predict --json`` and ``workload plan --json`` write, as far as it is relied upon.

The document is kept as it came; what later versions add is let through. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from perfanalysis import json_faults, type_faults
from perfanalysis.errors import InputError
from portal.records.fitting import PLAIN_TEXT
from portal.records.work_documents import PLAN, PREDICTION

MOST_MACHINES = 10_000
# So many of a prediction's machines are told in lists.
MOST_SUMMARISED = 50
_Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=PLAIN_TEXT)]
_Word = Annotated[str, Meta(max_length=200, pattern=PLAIN_TEXT)]
# Money is exact, and so a text.
_Amount = Annotated[str, Meta(max_length=60, pattern=r"^-?\d+(\.\d+)?(E[+-]?\d+)?$")]


class PredictedFinding(Struct, frozen=True):
    """What is to be said of the machine today."""

    state: _Word


class PredictedCandidate(Struct, frozen=True):
    """What the work would be on one candidate."""

    name: _Name
    measured: bool
    currency: _Word | None = None
    price_per_month: _Amount | None = None
    saving_per_month: _Amount | None = None
    not_recommended: str | None = None


class PredictedMachine(Struct, frozen=True):
    """The prediction of one machine's work on all candidates."""

    machine: _Name
    finding: PredictedFinding
    candidates: tuple[PredictedCandidate, ...]
    remarks: tuple[str, ...]
    cheapest: _Word | None = None


class PlannedPlace(Struct, frozen=True):
    """A machine of a plan, and the workloads on it."""

    name: _Name
    type: _Word
    price_per_hour: _Amount
    spare: bool
    workloads: tuple[_Name, ...]


class PlannedSet(Struct, frozen=True):
    """A plan: machines for the work of several."""

    currency: _Word
    price_per_hour: _Amount
    price_per_month: _Amount
    bound_per_hour: _Amount
    search: _Word
    machines: tuple[PlannedPlace, ...]
    refused: dict[str, str]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class ReadWork:
    """What is kept of a document beside its bytes.

    Attributes:
        machines: whose work it is about, each once.
        summary: for lists.
    """

    machines: tuple[str, ...]
    summary: dict[str, Any]


def read_prediction(data: bytes) -> ReadWork:
    """Read what ``workload predict --json`` writes: a list, a prediction a machine.

    Raises:
        InputError: it is none; with the field.
    """
    found = _read(data, "prediction", tuple[PredictedMachine, ...])
    if not found:
        raise InputError("prediction", "", "at least one prediction of a machine")
    names = [one.machine for one in found]
    summary = {"machines": len(found), "first": [_told(one) for one in found[:MOST_SUMMARISED]]}
    return _checked(names, summary, "prediction")


def read_plan(data: bytes) -> ReadWork:
    """Read what ``workload plan --json`` writes: an object.

    Raises:
        InputError: it is none; with the field.
    """
    found = _read(data, "plan", PlannedSet)
    names = [name for place in found.machines for name in place.workloads]
    if not names:
        raise InputError("plan", "machines", "at least one machine with a workload")
    summary = {
        "workloads": len(names),
        "machines": len(found.machines),
        "spare": sum(place.spare for place in found.machines),
        "currency": found.currency,
        "price_per_hour": found.price_per_hour,
        "price_per_month": found.price_per_month,
        "bound_per_hour": found.bound_per_hour,
        "search": found.search,
    }
    return _checked(names, summary, "plan")


READERS: dict[str, Callable[[bytes], ReadWork]] = {
    PREDICTION: read_prediction,
    PLAN: read_plan,
}


def _read(data: bytes, where: str, wanted: Any) -> Any:
    value = json_faults.parse(data, where, "what `perfanalysis workload` writes with --json")
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, value, where, "") from error


def _checked(names: list[str], summary: dict[str, Any], where: str) -> ReadWork:
    if len(names) > MOST_MACHINES:
        raise InputError(where, "", f"at most {MOST_MACHINES} machines", len(names))
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(where, "machine", "each machine once", name)
        seen.add(name)
    try:
        # JSON can spell halves of characters, which no database keeps.
        json.dumps([names, summary], ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError(where, "", "text of whole characters") from error
    return ReadWork(tuple(names), summary)


def _told(one: PredictedMachine) -> dict[str, Any]:
    cheapest = next((c for c in one.candidates if c.name == one.cheapest), None)
    told = {
        "machine": one.machine,
        "state": one.finding.state,
        "candidates": len(one.candidates),
        "cheapest": one.cheapest,
        "currency": cheapest.currency if cheapest else None,
        "price_per_month": cheapest.price_per_month if cheapest else None,
        "saving_per_month": cheapest.saving_per_month if cheapest else None,
    }
    return {name: value for name, value in told.items() if value is not None}
