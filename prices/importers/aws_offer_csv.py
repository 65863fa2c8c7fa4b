"""AWS's price list of Amazon EC2 as CSV: each row has a product and one of its amounts.

The rows of a reserved offer (its fee, its hours) may stand anywhere; those that are not whole yet
are held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from perfanalysis.errors import InputError, MalformedError
from prices.importers.aws_offer import offering_class
from prices.importers.aws_products import AwsProduct, product_of
from prices.importers.aws_terms import AwsRate, price_of, rate_of, term_of
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Payment, Price, Term
from prices.reading.amounts import moment, refused
from prices.reading.csv_rows import rows
from prices.reading.repeated import Repeated

NAME = "aws-offer-csv"
_NEEDED = ("sku", "offertermcode", "termtype", "unit", "priceperunit", "currency", "effectivedate")
# The JSON file's names of attributes, by the CSV file's columns.
_ATTRIBUTES = {
    "instanceType": "instancetype",
    "locationType": "locationtype",
    "capacitystatus": "capacitystatus",
    "preInstalledSw": "preinstalledsw",
    "licenseModel": "licensemodel",
    "marketoption": "marketoption",
    "tenancy": "tenancy",
    "operatingSystem": "operatingsystem",
    "regionCode": "regioncode",
}
# The fee and the hours: a partial payment has both, one of all at the begin the fee at least.
_WHOLE = 2


def _detects(head: bytes) -> bool:
    return b"OfferTermCode" in head and b'"AmazonEC2"' in head and not head.startswith(b"{")


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of machines on demand and reserved."""
    wanted = offering_class(options)
    repeated = Repeated()
    before = account.read
    held: dict[tuple[str, str], _Offer] = {}
    for line, row in rows(path, _NEEDED):
        account.read += 1
        place = f"line {line}"
        attributes = {name: row.get(column, "") for name, column in _ATTRIBUTES.items()}
        product = product_of(row.get("productfamily", ""), attributes)
        reserved = row["termtype"] == "Reserved"
        if isinstance(product, str):
            account.leave_out(product, place)
            continue
        if reserved and row.get("offeringclass") != wanted:
            account.leave_out(f"of the class {row.get('offeringclass')}", place)
            continue
        try:
            term = term_of(row["leasecontractlength"], row["purchaseoption"]) if reserved else None
            rate = rate_of(row["unit"], row["priceperunit"], row["currency"])
            if (
                term
                and term.payment is Payment.NONE
                and rate.unit == "Quantity"
                and not rate.amount
            ):
                continue
            offer = _Offer(product, term, row["effectivedate"], place)
            offer = held.setdefault((row["sku"], row["offertermcode"]), offer)
            offer.rates.append(rate)
        except (KeyError, MalformedError) as error:
            raise _refusal(path, place, error) from error
        if _is_whole(offer):
            del held[row["sku"], row["offertermcode"]]
            yield from _price(path, offer, repeated, account)
    refuse_empty(path, "", account.read - before)
    for offer in held.values():
        yield from _price(path, offer, repeated, account)


class _Offer:
    """An offer whose rows are being gathered."""

    def __init__(self, product: AwsProduct, term: Term | None, begin: str, place: str) -> None:
        self.product = product
        self.term = term
        self.begin = begin
        self.place = place
        self.rates: list[AwsRate] = []


def _is_whole(offer: _Offer) -> bool:
    alone = offer.term is None or offer.term.payment is Payment.NONE
    return alone or len(offer.rates) == _WHOLE


def _price(
    path: Path, offer: _Offer, repeated: Repeated, account: ImportAccount
) -> Iterator[Price]:
    try:
        source = f"{NAME} {path.name}"
        if offer.term and offer.term.payment is Payment.PARTIAL and len(offer.rates) < _WHOLE:
            raise MalformedError("expected a fee and hours of a partial payment, found one alone")
        found = price_of(offer.product, offer.rates, offer.term, moment(offer.begin), source)
        if isinstance(found, str):
            account.leave_out(found, offer.place)
        elif repeated.before(found):
            account.leave_out("stated before, with the same amount", offer.place)
        else:
            yield found
    except MalformedError as error:
        raise refused(str(path), offer.place, error) from error


def _refusal(path: Path, place: str, error: KeyError | MalformedError) -> InputError:
    if isinstance(error, MalformedError):
        return refused(str(path), place, error)
    return InputError(str(path), place, f"the column {error.args[0]}")


IMPORTER = PriceImporter(
    NAME,
    "AWS price list of Amazon EC2, the bulk API's offer file as CSV",
    "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html",
    _detects,
    read,
    {"offering_class": "reserved instances of this class: standard (default) or convertible"},
    lines=True,
)
