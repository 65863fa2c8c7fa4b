"""A price of one's own, from the texts of a row or mapping. Pure.

The fields are those of ``prices.price.Price``; a template shows them (``prices template``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from perfanalysis.errors import InputError, MalformedError
from prices.price import Payment, Price, Purchase, Term

FIELDS = (
    "provider",
    "region",
    "zone",
    "instance_type",
    "machine",
    "operating_system",
    "tenancy",
    "purchase",
    "term_months",
    "payment",
    "amount",
    "currency",
    "unit",
    "valid_from",
    "source",
)
NEEDED = ("provider", "amount", "currency", "valid_from")
TENANCIES = ("shared", "dedicated", "host")
OPTIONS = {
    "source": "the source's name, where the file does not say it; default: the file's",
    "time-zone": "whose times without a zone are, such as Europe/Berlin; default: UTC",
}
_AMOUNT = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)


class _FieldError(Exception):
    """A field that cannot be: its name, and what was expected."""


def price_of(
    texts: Mapping[str, str], where: str, place: str, source: str, zone: ZoneInfo
) -> Price:
    """The price that texts say.

    Args:
        texts: by some of ``FIELDS``; "" is as if it were absent.
        where: the file, for messages.
        place: the row or key, for messages.
        source: where the texts name none.
        zone: whose times without a zone are.

    Raises:
        InputError: one of them is missing or cannot be.
    """
    try:
        for field, text in texts.items():
            if not text.isprintable():
                raise _FieldError(field, "text of printable characters")
        return _price(defaultdict(str, texts), source, zone)
    except _FieldError as error:
        field, expected = error.args
        found = texts.get(field) or None
        raise InputError(where, f"{place}, {field}", expected, found) from error
    except MalformedError as error:
        raise InputError(where, place, str(error).removeprefix("expected ")) from error


def _price(texts: Mapping[str, str], source: str, zone: ZoneInfo) -> Price:
    for field in NEEDED:
        if not texts[field]:
            raise _FieldError(field, "a value")
    if not _AMOUNT.fullmatch(texts["amount"]):
        raise _FieldError("amount", "a number such as 0.1197, with a point and no other signs")
    if texts["unit"] not in {"", "hour"}:
        raise _FieldError("unit", "hour (turn other units into hours yourself: months differ)")
    purchase = Purchase(_word(texts, "purchase", tuple(Purchase), Purchase.ON_DEMAND))
    return Price(
        provider=texts["provider"],
        region=texts["region"],
        instance_type=texts["instance_type"],
        amount=Decimal(texts["amount"]),
        currency=texts["currency"],
        valid_from=_moment(texts["valid_from"], zone),
        source=texts["source"] or source,
        zone=texts["zone"],
        machine=texts["machine"],
        operating_system=(texts["operating_system"] or "linux").lower(),
        tenancy=_word(texts, "tenancy", TENANCIES, "shared"),
        purchase=purchase,
        term=_term(texts, purchase),
    )


def _word(texts: Mapping[str, str], field: str, known: Sequence[str], usual: str) -> str:
    word = texts[field] or usual
    if word not in known:
        raise _FieldError(field, f"one of {', '.join(known)}")
    return word


def _term(texts: Mapping[str, str], purchase: Purchase) -> Term | None:
    months = texts["term_months"]
    if purchase not in {Purchase.RESERVED, Purchase.SAVINGS_PLAN}:
        if months or texts["payment"]:
            raise _FieldError("term_months", f"nothing: {purchase} has no term")
        return None
    if not re.fullmatch(r"[1-9]\d{0,2}", months, re.ASCII):
        raise _FieldError("term_months", "the months of the commitment, such as 12 or 36")
    return Term(int(months), Payment(_word(texts, "payment", tuple(Payment), Payment.NONE)))


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """In UTC. A time that the zone's clocks never showed, or twice, is refused: it is a guess."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            first = moment.replace(tzinfo=zone).astimezone(UTC)
            second = moment.replace(tzinfo=zone, fold=1).astimezone(UTC)
            if first != second:
                raise _FieldError("valid_from", f"a time that {zone.key} had once; add its offset")
            return first
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        expected = "a day or time such as 2026-01-01 or 2026-01-01T00:00:00Z"
        raise _FieldError("valid_from", expected) from error


def zone_of(said: Mapping[str, str]) -> ZoneInfo:
    """The time zone that was said.

    Raises:
        InputError: there is none of that name.
    """
    name = said.get("time-zone", "UTC")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        expected = "a time zone such as Europe/Berlin"
        raise InputError("--set time-zone", "", expected, name) from error


def texts_of(price: Price) -> dict[str, str]:
    """The texts that say a price, by ``FIELDS``."""
    return {
        "provider": price.provider,
        "region": price.region,
        "zone": price.zone,
        "instance_type": price.instance_type,
        "machine": price.machine,
        "operating_system": price.operating_system,
        "tenancy": price.tenancy,
        "purchase": str(price.purchase),
        "term_months": str(price.term.months) if price.term else "",
        "payment": str(price.term.payment) if price.term else "",
        "amount": format(price.amount, "f"),
        "currency": price.currency,
        "unit": "hour",
        "valid_from": price.valid_from.isoformat().replace("+00:00", "Z"),
        "source": price.source,
    }
