"""A line of the list of predictions and plans, from what is kept beside a document. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.pages import work_words as words
from portal.records.work_documents import PREDICTION, WorkDocumentRow


@dataclass(frozen=True)
class WorkLine:
    """A line.

    Attributes:
        id: of the document.
        kind: ``prediction`` or ``plan``.
        received_at, received_by: when it came, from whom.
        machine: of a prediction, the first one, or the one that was asked for; "": none is told.
        others: how many further ones are in it; of a plan, its workloads.
        cells: the other columns, in words.
    """

    id: uuid.UUID
    kind: str
    received_at: datetime
    received_by: str
    machine: str
    others: int
    cells: dict[str, str]


def row_of(row: WorkDocumentRow, names: Collection[str] = ()) -> WorkLine:
    """The line of a document; ``names`` are those that somebody asked for."""
    summary = row.summary or {}
    plain = (row.id, row.kind, row.received_at, row.received_by)
    if row.kind != PREDICTION:
        return WorkLine(*plain, "", int(summary.get("workloads", 0)), _of_plan(summary))
    told: list[dict[str, Any]] = summary.get("first") or [{}]
    first = next((one for one in told if one.get("machine") in names), told[0])
    others = int(summary.get("machines", 1)) - 1
    return WorkLine(*plain, first.get("machine", ""), others, _of_prediction(first))


def _of_prediction(told: dict[str, Any]) -> dict[str, str]:
    currency = told.get("currency")
    return {
        "Today": told.get("state") or words.DASH,
        "Cheapest": told.get("cheapest") or words.DASH,
        "A month": words.money(told.get("price_per_month"), currency, 2),
        "Saves": words.money(told.get("saving_per_month"), currency, 2),
        "Candidates": str(told.get("candidates", words.DASH)),
    }


def _of_plan(summary: dict[str, Any]) -> dict[str, str]:
    currency = summary.get("currency")
    return {
        "Workloads": str(summary.get("workloads", words.DASH)),
        "Machines": str(summary.get("machines", words.DASH)),
        "Spare": str(summary.get("spare", words.DASH)),
        "An hour": words.money(summary.get("price_per_hour"), currency),
        "A month": words.money(summary.get("price_per_month"), currency, 2),
        "At most dearer by": dearer(
            summary.get("price_per_hour"), summary.get("bound_per_hour"), summary.get("gap_ratio")
        ),
    }


def dearer(price: str | None, bound: str | None, gap: float | None) -> str:
    """By how much a plan is dearer than the best possible at most; a dash: no bound is known."""
    if gap is None:
        cost, least = words.exact(price), words.exact(bound)
        if cost is None or least is None or least <= 0:
            return words.DASH
        gap = float(cost / least) - 1
    return f"{100 * gap:.1f} %"
