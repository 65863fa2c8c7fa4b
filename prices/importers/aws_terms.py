"""What an hour costs by an offer of AWS: on demand, or reserved with a fee at the begin. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from perfanalysis.errors import MalformedError
from prices.importers.aws_products import AwsProduct
from prices.price import Payment, Price, Purchase, Term
from prices.reading.amounts import decimal_of, per_hour, term_hours, total

MONTHS = {"1yr": 12, "1 yr": 12, "3yr": 36, "3 yr": 36}
PAYMENTS = {
    "No Upfront": Payment.NONE,
    "Partial Upfront": Payment.PARTIAL,
    "All Upfront": Payment.ALL,
}
HOURLY_UNITS = ("Hrs", "Hours", "hours", "hrs")
OFFERING_CLASSES = ("standard", "convertible")


@dataclass(frozen=True)
class AwsRate:
    """One amount of an offer."""

    unit: str
    amount: Decimal
    currency: str


def rate_of(unit: str, amount: object, currency: str) -> AwsRate:
    """An amount of an offer, as the file states it.

    Raises:
        MalformedError: it is none.
    """
    return AwsRate(unit, decimal_of(amount), currency)


def term_of(length: str, option: str) -> Term:
    """How long and how paid.

    Raises:
        MalformedError: not one of AWS.
    """
    if length not in MONTHS:
        raise MalformedError(f"expected a LeaseContractLength of 1yr or 3yr, found {length!r}")
    if option not in PAYMENTS:
        raise MalformedError(
            f"expected a PurchaseOption of {', '.join(PAYMENTS)}, found {option!r}"
        )
    return Term(MONTHS[length], PAYMENTS[option])


def price_of(
    product: AwsProduct,
    rates: list[AwsRate],
    term: Term | None,
    valid_from: datetime,
    source: str,
) -> Price | str:
    """The price of an hour, or in words why there is none.

    Raises:
        MalformedError: amounts in two currencies, or twice the same unit.
    """
    units = [rate.unit for rate in rates]
    unknown = [unit for unit in units if unit not in (*HOURLY_UNITS, "Quantity")]
    if unknown:
        return f"by the unit {unknown[0]!r}"
    if len({rate.currency for rate in rates}) != 1:
        raise MalformedError(f"expected amounts in one currency, found {len(rates)} others or none")
    hourly = [rate.amount for rate in rates if rate.unit in HOURLY_UNITS]
    upfront = [rate.amount for rate in rates if rate.unit == "Quantity"]
    if len(hourly) > 1 or len(upfront) > 1 or (term is None and (upfront or not hourly)):
        raise MalformedError(
            f"expected one amount for an hour, and one fee where it is reserved, found {units}"
        )
    amount = hourly[0] if hourly else Decimal(0)
    if term is not None and upfront and upfront[0]:
        amount = total(amount, per_hour(upfront[0], term_hours(term.months)))
    return Price(
        "aws",
        product.region,
        product.instance_type,
        amount,
        rates[0].currency,
        valid_from,
        source,
        operating_system=product.operating_system,
        tenancy=product.tenancy,
        purchase=Purchase.ON_DEMAND if term is None else Purchase.RESERVED,
        term=term,
    )
