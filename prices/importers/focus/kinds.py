"""What rows of a bill have in common: whose time they are, or why they are no machine's. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from prices.importers.focus.columns import COMMON, Charge
from prices.importers.focus.machines import Machine, by_part, machine_of, provider_of, seconds_of
from prices.importers.focus.values import NOTHING

_CURRENCY = re.compile(r"[A-Z]{3}")
_CATEGORIES = {
    "purchase": "a purchase, not usage",
    "credit": "a credit",
    "tax": "a tax",
    "adjustment": "an adjustment, not usage",
}
_NOT_BILLED = "covered by a commitment, which BilledCost does not have"
_NOT_LISTED = "priced as the market goes (spot): its list cost is not the price on demand"
# Exports of a million rows have a few thousand kinds; each is some 2 KB.
_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class ChargeKind:
    """What is to be done with rows of a kind.

    Attributes:
        number: no other kind's of the import.
        currency: as the file has it.
        provider: as the inventory has it.
        reason: why they are not taken; "": they are.
        not_for: why they are not taken for some costs, by ``columns.COSTS``.
        machine: what kind of machine's time they are, where they are taken; without its id.
        region: where.
        seconds: how many the unit has.
        consumed: whether the consumed quantity counts, not the priced one.
        committed: whether a commitment covers them.
        correction: whether they correct what was billed earlier.
        alike: the same for kinds that are left out in the same way.
    """

    number: int
    currency: str
    provider: str
    reason: str
    not_for: Mapping[str, str]
    machine: Machine | None
    region: str
    seconds: int
    consumed: bool
    committed: bool
    correction: bool
    alike: tuple[object, ...]


class ChargeKinds(dict[tuple[str, ...], ChargeKind]):
    """The kind of a row, from its texts from ``columns.COMMON`` on; kept, but never too many."""

    def __init__(self) -> None:
        super().__init__()
        self._made = 0

    def __missing__(self, common: tuple[str, ...]) -> ChargeKind:
        if len(self) >= _MOST_KEPT:
            self.clear()
        made = self[common] = self._kind(Charge(*[""] * COMMON, *common))
        return made

    def _kind(self, row: Charge) -> ChargeKind:
        provider = provider_of(_clean(row.provider))
        consumed = (
            seconds_of(row.consumed_unit) > 0
            or by_part(row.consumed_unit)
            or row.pricing_unit in NOTHING
        )
        unit = row.consumed_unit if consumed else row.pricing_unit
        status = _clean(row.commitment_status).lower()
        found = _reason(row) or machine_of(
            provider,
            row.service,
            unit,
            row.description,
            row.usage_type,
            _clean(row.details) + _clean(row.own_details),
        )
        reason = found if isinstance(found, str) else ""
        currency = row.currency.strip()
        committed = status == "used" or _clean(row.commitment) != ""
        correction = row.charge_class.strip().lower() == "correction"
        self._made += 1
        return ChargeKind(
            number=self._made,
            currency=currency,
            provider=provider,
            reason=reason,
            not_for=_not_for(row),
            machine=None if isinstance(found, str) else found,
            region=_clean(row.region),
            seconds=seconds_of(unit),
            consumed=consumed,
            committed=committed,
            correction=correction,
            alike=(reason, currency, provider, committed, correction),
        )


def _not_for(row: Charge) -> dict[str, str]:
    found = {}
    if _clean(row.commitment):
        found["billed"] = _NOT_BILLED
    if row.pricing_category.strip().lower() == "dynamic":
        found["list"] = _NOT_LISTED
    return found


def _reason(row: Charge) -> str:
    if not _CURRENCY.fullmatch(row.currency.strip()) or row.currency in NOTHING:
        return "a currency that is none of ISO 4217"
    category = row.category.strip().lower()
    if category != "usage":
        return _no_usage(category, row)
    if row.commitment_status.strip().lower() == "unused":
        return "an unused commitment"
    if row.reservation_status.strip().lower() == "unused":
        return "an unused capacity reservation"
    return ""


def _no_usage(category: str, row: Charge) -> str:
    if category == "purchase" and _clean(row.commitment):
        return "the purchase of a commitment: its usage carries it"
    return _CATEGORIES.get(category, "a charge category that FOCUS does not have")


def tag_of(tag: str, tags: str) -> str:
    """The value of a tag; "": there is none."""
    if tags in NOTHING:
        return ""
    try:
        value = json.loads(tags).get(tag)
    except (ValueError, AttributeError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    text = text.strip()
    return "" if text in NOTHING else text
