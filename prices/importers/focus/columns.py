"""Which columns of an export are read, by their names in versions 1.0 to 1.3. Pure.

FOCUS 1.3 calls ``ProviderName`` ``ServiceProviderName``. It has no column for a machine's type:
``SkuPriceDetails`` may hold it since 1.1; before, providers add columns of their own (``x_...``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from perfanalysis.errors import InputError


class Charge(NamedTuple):
    """A row: what stands in it, as text; "" where it is absent.

    First what differs from row to row, then what many rows have in common.
    """

    billed: str
    effective: str
    contracted: str
    list_: str
    period_start: str
    pricing_quantity: str
    consumed_quantity: str
    resource: str
    tags: str
    currency: str
    category: str
    charge_class: str
    provider: str
    service_category: str
    service: str
    description: str
    usage_type: str
    details: str
    own_details: str
    region: str
    commitment: str
    commitment_status: str
    reservation_status: str
    pricing_unit: str
    pricing_category: str
    consumed_unit: str


# Where what many rows have in common begins.
COMMON = Charge._fields.index("currency")
# Which fields many rows have in common; most of a bill's rows begin in the same hours.
IN_COMMON = frozenset({*range(COMMON, len(Charge._fields)), Charge._fields.index("period_start")})
COSTS = {
    "effective": "EffectiveCost",
    "billed": "BilledCost",
    "contracted": "ContractedCost",
    "list": "ListCost",
}
# Where each of them stands in a ``Charge``.
COST_AT = {"billed": 0, "effective": 1, "contracted": 2, "list": 3}
# A field's names, the first that a file has counts.
NAMES = {
    "billed": ("BilledCost",),
    "effective": ("EffectiveCost",),
    "contracted": ("ContractedCost",),
    "list_": ("ListCost",),
    "currency": ("BillingCurrency",),
    "category": ("ChargeCategory",),
    "charge_class": ("ChargeClass",),
    "period_start": ("ChargePeriodStart",),
    "provider": ("ServiceProviderName", "ProviderName"),
    "service_category": ("ServiceCategory",),
    "service": ("ServiceName",),
    "description": ("ChargeDescription",),
    "usage_type": ("x_UsageType",),
    "details": ("SkuPriceDetails",),
    "own_details": ("x_SkuDetails",),
    "region": ("RegionId",),
    "resource": ("ResourceId",),
    "commitment": ("CommitmentDiscountId",),
    "commitment_status": ("CommitmentDiscountStatus",),
    "reservation_status": ("CapacityReservationStatus",),
    "pricing_quantity": ("PricingQuantity",),
    "pricing_unit": ("PricingUnit",),
    "pricing_category": ("PricingCategory",),
    "consumed_quantity": ("ConsumedQuantity",),
    "consumed_unit": ("ConsumedUnit",),
    "tags": ("Tags",),
}
_NEEDED = (
    "billed",
    "currency",
    "category",
    "period_start",
    "provider",
    "service",
    "resource",
)


def positions(header: Sequence[str], costs: Sequence[str], where: str) -> list[int | None]:
    """Where each field of a ``Charge`` stands in a row; None: nowhere.

    A cost that is not wanted is said to stand where the billed one does.

    Args:
        header: the names of the file's columns.
        costs: which costs are wanted, some of ``COSTS``.
        where: the file, for messages.

    Raises:
        InputError: a column is missing, or there twice.
    """
    found: list[int | None] = []
    others = {Charge._fields[at] for cost, at in COST_AT.items() if cost not in costs}
    # Of several costs one may be missing: its rows are left out, and said to be.
    refused = {"effective"} if len(costs) > 1 else {Charge._fields[COST_AT[costs[0]]]}
    for field in Charge._fields:
        names = NAMES["billed" if field in others else field]
        name = next((name for name in names if name in header), None)
        if name is None and (field in _NEEDED or field in refused):
            raise InputError(where, "header", f"a column {' or '.join(names)}, as FOCUS has it")
        if name is not None and list(header).count(name) > 1:
            raise InputError(where, "header", f"the column {name} once")
        found.append(None if name is None else list(header).index(name))
    return found


def detects(beginning: bytes) -> bool:
    """Whether a file begins with the header of an export in CSV."""
    line = beginning.partition(b"\n")[0]
    return b"BilledCost" in line and b"ChargePeriodStart" in line and b"ChargeCategory" in line
