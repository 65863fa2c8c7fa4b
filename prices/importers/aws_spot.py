"""The history of AWS's spot prices: each entry is the price of a type in a zone from a time on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price, Purchase
from prices.reading.amounts import decimal_of, moment, refused, text_of
from prices.reading.json_stream import members
from prices.reading.repeated import Repeated

NAME = "aws-spot"
_SYSTEMS = {
    "Linux/UNIX": "linux",
    "Windows": "windows",
    "Red Hat Enterprise Linux": "rhel",
    "SUSE Linux": "suse",
}
# A zone begins with its region: us-east-1a, us-west-2-lax-1a, us-gov-west-1b.
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+")
_VPC = " (Amazon VPC)"


def read(path: Path, _options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices, in the file's order."""
    repeated = Repeated()
    before = account.read
    for place, key, value in members(path, [("SpotPriceHistory",)]):
        if place != ("SpotPriceHistory",):
            continue
        account.read += 1
        where = f"SpotPriceHistory[{key}]"
        try:
            found = _price(value, f"{NAME} {path.name}")
            if isinstance(found, str):
                account.leave_out(found, where)
            elif repeated.before(found):
                account.leave_out("stated before, with the same amount", where)
            else:
                yield found
        except MalformedError as error:
            raise refused(str(path), where, error) from error
    refuse_empty(path, "SpotPriceHistory", account.read - before)


def _price(entry: Any, source: str) -> Price | str:
    try:
        zone = str(entry["AvailabilityZone"])
        description = str(entry["ProductDescription"]).removesuffix(_VPC)
        region = _REGION.match(zone)
        if region is None:
            raise MalformedError(f"expected a zone such as us-east-1a, found {zone!r}")
        if description not in _SYSTEMS:
            return "of an unknown operating system"
        return Price(
            "aws",
            region[0],
            text_of(entry["InstanceType"]),
            decimal_of(entry["SpotPrice"]),
            "USD",
            moment(entry["Timestamp"]),
            source,
            zone=zone,
            operating_system=_SYSTEMS[description],
            purchase=Purchase.SPOT,
        )
    except (KeyError, TypeError) as error:
        raise MalformedError(f"expected an entry of a spot price ({error} is missing)") from error


IMPORTER = PriceImporter(
    NAME,
    "AWS spot prices, as `aws ec2 describe-spot-price-history` writes them",
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html",
    lambda head: b'"SpotPriceHistory"' in head,
    read,
)
