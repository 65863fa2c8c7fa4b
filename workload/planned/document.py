"""A plan with what belongs to it, and as a JSON value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from workload.planning.planning import MachinePlan, PlannedMachine

HOURS_A_MONTH = 730


@dataclass(frozen=True)
class PlanDocument:
    """What a person is told.

    Attributes:
        plan: itself.
        currency: of all prices.
        refused: candidates that were not used, and why.
        remarks: sentences on what the plan rests on.
    """

    plan: MachinePlan
    currency: str
    refused: Mapping[str, str]
    remarks: tuple[str, ...]


def as_value(document: PlanDocument) -> dict[str, Any]:
    """As JSON has it; prices are texts, for they are exact."""
    plan = document.plan
    return {
        "currency": document.currency,
        "price_per_hour": str(plan.cost),
        "price_per_month": str(plan.cost * HOURS_A_MONTH),
        "bound_per_hour": str(plan.bound),
        "gap_ratio": plan.gap if plan.bound > 0 else None,
        "first_fit_decreasing_per_hour": _text(plan.first_fit),
        "search": "ended" if plan.whole else "time was up",
        "machines": [_machine(one) for one in plan.machines],
        "refused": dict(document.refused),
        "remarks": list(document.remarks),
    }


def _machine(machine: PlannedMachine) -> dict[str, Any]:
    return {
        "name": machine.name,
        "type": machine.kind.name,
        "price_per_hour": str(machine.kind.price),
        "spare": not machine.workloads,
        "workloads": list(machine.workloads),
        "peaks": {
            name: {"ratio_of_allowed": share, "at": _moment(when)}
            for name, (share, when) in machine.peaks.items()
        },
        **({} if machine.moves is None else {"moves_on_failure": machine.moves}),
    }


def _text(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%a %H:%M")
