"""What ``workload predict --json`` and ``workload plan --json`` write, as far as it is relied upon.

The document is kept as it came; what later versions add is let through. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from perfanalysis import json_faults, type_faults
from perfanalysis.errors import InputError
from portal.predictions.document_forms import PlannedSet, PredictedMachine
from portal.records.work_documents import PLAN, PREDICTION

MOST_MACHINES = 10_000
# So many of a prediction's machines are told in lists.
MOST_SUMMARISED = 50
# Of a half of a character, or of JSON that is no UTF-8.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")


@dataclass(frozen=True)
class ReadWork:
    """What is kept of a document beside its bytes.

    Attributes:
        machines: whose work it is about, each once.
        summary: for lists.
    """

    machines: tuple[str, ...]
    summary: dict[str, Any]


def predicted(data: bytes) -> tuple[PredictedMachine, ...]:
    """All that a prediction says.

    Raises:
        InputError: it is none; with the field.
    """
    found: tuple[PredictedMachine, ...] = _read(data, "prediction", tuple[PredictedMachine, ...])
    return found


def planned(data: bytes) -> PlannedSet:
    """All that a plan says.

    Raises:
        InputError: it is none; with the field.
    """
    found: PlannedSet = _read(data, "plan", PlannedSet)
    return found


def read_prediction(data: bytes) -> ReadWork:
    """Read what ``workload predict --json`` writes: a list, a prediction a machine.

    Raises:
        InputError: it is none; with the field.
    """
    found = predicted(data)
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
    found = planned(data)
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
        "gap_ratio": found.gap_ratio,
        "search": found.search,
    }
    return _checked(names, summary, "plan")


READERS: dict[str, Callable[[bytes], ReadWork]] = {
    PREDICTION: read_prediction,
    PLAN: read_plan,
}


def _read(data: bytes, where: str, wanted: Any) -> Any:
    value = json_faults.parse(data, where, "what `perfanalysis workload` writes with --json")
    if _HALF.search(data):
        try:
            # JSON can spell halves of characters, which no database keeps, and no page shows.
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError(where, "", "text of whole characters") from error
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
