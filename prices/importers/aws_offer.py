"""AWS's price list of Amazon EC2 as JSON: the offer file of the bulk API, of any length.

All products stand before all prices, so that the machines among them are held while their prices
are read: some 170 bytes for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, MalformedError
from prices.importers.aws_products import AwsProductTable, product_of
from prices.importers.aws_terms import OFFERING_CLASSES, price_of, rate_of, term_of
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price
from prices.reading.amounts import moment, refused
from prices.reading.json_stream import members
from prices.reading.repeated import Repeated

NAME = "aws-offer"
_BEGIN = re.compile(rb'"offerCode"\s*:\s*"AmazonEC2"')
_KINDS = ("OnDemand", "Reserved")
_PLACES = (("products",), *(("terms", kind) for kind in _KINDS))


def _detects(head: bytes) -> bool:
    return head.lstrip().startswith(b"{") and _BEGIN.search(head) is not None


def offering_class(options: Mapping[str, str]) -> str:
    """Which reserved instances are meant.

    Raises:
        InputError: there is no such class.
    """
    wanted = options.get("offering_class", "standard")
    if wanted not in OFFERING_CLASSES:
        raise InputError("--set", "offering_class", f"one of {', '.join(OFFERING_CLASSES)}", wanted)
    return wanted


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of machines on demand and reserved."""
    reader = _OfferReader(path, offering_class(options), account)
    late = False
    for place, key, value in members(path, _PLACES):
        if place == ("products",):
            reader.take_product(str(key), value)
        elif place[:1] == ("terms",) and len(place) == 2 and not late:
            # Amounts before products: another pass, when all products are known.
            late = not reader.has_products
            if not late:
                yield from reader.prices(str(place[1]), str(key), value)
    if late:
        for place, key, value in members(path, _PLACES):
            if place[:1] == ("terms",) and len(place) == 2:
                yield from reader.prices(str(place[1]), str(key), value)
    if not reader.has_products:
        raise InputError(str(path), "products", "the products of an offer file")


class _OfferReader:
    """Keeps the products of a file, and reads its offers of them."""

    def __init__(self, path: Path, wanted_class: str, account: ImportAccount) -> None:
        self._where = str(path)
        self._source = f"{NAME} {path.name}"
        self._class = wanted_class
        self._account = account
        self._products = AwsProductTable()
        self._repeated = Repeated()
        self.has_products = False

    def take_product(self, sku: str, value: Any) -> None:
        """Keep it, where it is a machine."""
        self.has_products = True
        self._account.read += 1
        attributes = value.get("attributes") if isinstance(value, dict) else None
        if not isinstance(attributes, dict):
            raise InputError(self._where, f"products.{sku}", "a product with attributes")
        try:
            found = product_of(str(value.get("productFamily", "")), attributes)
        except (TypeError, MalformedError) as error:
            place = f"products.{sku}.attributes"
            raise InputError(self._where, place, f"values that are text ({error})") from error
        if isinstance(found, str):
            self._account.leave_out(found, f"products.{sku}")
        else:
            self._products.add(sku, found)

    def prices(self, kind: str, sku: str, offers: Any) -> Iterator[Price]:
        """Those of one product's offers."""
        product = self._products.get(sku)
        if product is None:
            return
        if not isinstance(offers, dict):
            raise InputError(self._where, f"terms.{kind}.{sku}", "offers by their codes", offers)
        for code, offer in offers.items():
            place = f"terms.{kind}.{code}"
            try:
                found = self._price(product, kind, offer)
                if isinstance(found, str):
                    self._account.leave_out(found, place)
                elif self._repeated.before(found):
                    self._account.leave_out("stated before, with the same amount", place)
                else:
                    yield found
            except MalformedError as error:
                raise refused(self._where, place, error) from error

    def _price(self, product: Any, kind: str, offer: Any) -> Price | str:
        try:
            dimensions = offer["priceDimensions"].values()
            rates = [
                rate_of(dimension["unit"], amount, currency)
                for dimension in dimensions
                for currency, amount in dimension["pricePerUnit"].items()
            ]
            valid_from = offer["effectiveDate"]
            attributes = offer.get("termAttributes") or {}
            if kind == "OnDemand":
                term = None
            elif attributes["OfferingClass"] != self._class:
                return f"of the class {attributes['OfferingClass']}"
            else:
                term = term_of(attributes["LeaseContractLength"], attributes["PurchaseOption"])
        except (KeyError, TypeError, AttributeError) as error:
            expected = "expected effectiveDate, priceDimensions with unit and pricePerUnit"
            raise MalformedError(f"{expected} (missing: {error})") from error
        return price_of(product, rates, term, moment(valid_from), self._source)


IMPORTER = PriceImporter(
    NAME,
    "AWS price list of Amazon EC2, the bulk API's offer file as JSON",
    "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html",
    _detects,
    read,
    {"offering_class": "reserved instances of this class: standard (default) or convertible"},
)
