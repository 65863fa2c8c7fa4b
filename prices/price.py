"""A price of a machine, as every importer gives it and the book keeps it. Pure.

An amount is a decimal from the file to the book: 0.1 is a tenth. What a provider charges by part of
a machine (vCPUs, GiB) is put together for a type before it is a price.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from perfanalysis.errors import MalformedError

_CURRENCY = re.compile(r"[A-Z]{3}")


class Purchase(StrEnum):
    """On which terms a machine is paid for; the last three are what a bill has for an hour.

    ``effective`` has commitments shared out over what they cover, ``contracted`` the negotiated
    price without them, ``billed`` what the invoice asks for. A bill's list price is ``on_demand``.
    """

    ON_DEMAND = "on_demand"
    SPOT = "spot"
    RESERVED = "reserved"
    SAVINGS_PLAN = "savings_plan"
    CONTRACTED = "contracted"
    EFFECTIVE = "effective"
    BILLED = "billed"


class Payment(StrEnum):
    """How much of a commitment is paid at its begin."""

    NONE = "no_upfront"
    PARTIAL = "partial_upfront"
    ALL = "all_upfront"


@dataclass(frozen=True)
class Term:
    """A commitment: so many months, paid so."""

    months: int
    payment: Payment


@dataclass(frozen=True)
class Price:
    """What an hour of a type of machine, or of one machine, costs.

    Attributes:
        provider: as in the inventory: ``aws``, ``azure``, ``gcp``, ``oci``, or a name of one's own.
        region: as the provider writes it; "": everywhere.
        instance_type: as the provider writes it; "" where the price is of one machine alone.
        amount: for an hour of one whole machine; never negative.
        currency: ISO 4217, such as ``USD``.
        valid_from: with its zone, in UTC.
        source: where it is from: the importer's name and the file or offer, for people.
        zone: "": all of the region.
        machine: the machine's name or the provider's id of it; "": any of the type.
        operating_system: in small letters: ``linux``, ``windows``, ``rhel``, ``suse``, ...
        tenancy: ``shared``, ``dedicated`` or ``host``.
        purchase: on which terms.
        term: of what is reserved or planned; None: there is none.

    Raises:
        MalformedError: one of them cannot be.
    """

    provider: str
    region: str
    instance_type: str
    amount: Decimal
    currency: str
    valid_from: datetime
    source: str
    zone: str = ""
    machine: str = ""
    operating_system: str = "linux"
    tenancy: str = "shared"
    purchase: Purchase = Purchase.ON_DEMAND
    term: Term | None = None

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount < 0:
            raise MalformedError(f"expected an amount of 0 or more, found {self.amount}")
        if not _CURRENCY.fullmatch(self.currency):
            raise MalformedError(f"expected a currency such as USD, found {self.currency!r}")
        if self.valid_from.utcoffset() != timedelta(0):
            raise MalformedError(f"expected a time in UTC, found {self.valid_from.isoformat()}")
        if not (self.instance_type or self.machine):
            raise MalformedError("expected a type of machine, or a machine; found neither")


# A purchase option as the inventory and a report name it, and the prices that it can be; of those
# that there are the first counts.
OPTIONS: Mapping[str, Sequence[tuple[Purchase, Term | None]]] = {
    "on_demand": [(Purchase.ON_DEMAND, None)],
    "spot": [(Purchase.SPOT, None)],
    "reserved_1y": [(Purchase.RESERVED, Term(12, payment)) for payment in Payment],
    "reserved_3y": [(Purchase.RESERVED, Term(36, payment)) for payment in Payment],
    "contracted": [(Purchase.CONTRACTED, None)],
    "effective": [(Purchase.EFFECTIVE, None)],
}
