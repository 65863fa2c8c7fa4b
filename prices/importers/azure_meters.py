"""What Azure's names of meters and products say of a virtual machine. Pure."""

from __future__ import annotations

from decimal import Decimal

from perfanalysis.errors import MalformedError
from prices.price import Purchase
from prices.reading.amounts import decimal_of

MONTHS = {"1 Year": 12, "3 Years": 36, "5 Years": 60, "P1Y": 12, "P3Y": 36, "P5Y": 60}


def left_out(product: str, meter: str) -> str:
    """Why none of a product's meters is taken; "" where it is one of a machine."""
    if "Dedicated Host" in product:
        return "a dedicated host"
    if "CloudServices" in product.replace(" ", ""):
        return "of another service"
    if "Low Priority" in meter:
        return "of low priority, which spot has replaced"
    if "Expired" in meter:
        return "of an expired meter"
    return ""


def system_of(product: str) -> str:
    """``windows`` where its licence is in the price."""
    return "windows" if "Windows" in product else "linux"


def purchase_of(meter: str) -> Purchase:
    """Spot, or on demand."""
    return Purchase.SPOT if "Spot" in meter.split() else Purchase.ON_DEMAND


def months_of(term: object) -> int:
    """The length of a reservation or a savings plan.

    Raises:
        MalformedError: not one of Azure.
    """
    if str(term) not in MONTHS:
        raise MalformedError(f"expected a term such as 1 Year or P1Y, found {term!r}")
    return MONTHS[str(term)]


def hours_of(unit: str) -> Decimal | None:
    """How many hours a price is for: ``1 Hour``, ``100 Hours``; None where it is of no time."""
    count, _, name = unit.strip().partition(" ")
    if name.lower() not in ("hour", "hours"):
        return None
    hours = decimal_of(count)
    if not hours:
        raise MalformedError(f"expected a unit such as 1 Hour, found {unit!r}")
    return hours
