"""Oracle Cloud's list prices: an OCPU and a GB of memory of a series, put together for each shape.

Oracle has the same prices in all its commercial regions, so that they are of none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, MalformedError
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price
from prices.reading.amounts import decimal_of, moment, product, refused, total
from prices.reading.json_stream import members
from prices.types import oci_shapes
from prices.types.machine_type import MachineType

NAME = "oci-list"
_METRICS = {"OCPU Per Hour": "ocpu", "Gigabyte Per Hour": "memory"}
# "Compute - Standard - E4  - Memory": the spaces are as many as they are. Shapes with disks inside
# (Dense I/O) have a third part, and are left out.
_PART = re.compile(
    r"(?:(?:OCI|Oracle Cloud Infrastructure)\s+-\s+)?Compute\s+-\s+(?P<kind>Standard|Optimized)"
    r"\s+-\s+(?P<series>[A-Z]\d+)\s+-\s+(?P<part>OCPU|Memory)"
)
_SHAPE = re.compile(r"(?:VM|BM)\.(?P<kind>Standard|Optimized)\.?(?P<series>[A-Z]?\d+)\.")
# X9 of the price list has the shapes Standard3 and Optimized3.
_SERIES = {"3": "X9", "2": "X7"}
_FLEX_SIZE = re.compile(r"(\d+):(\d+)")

# By kind and series, part; the amount.
_Rates = dict[tuple[str, str], dict[str, Decimal]]


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of shapes on demand."""
    if "shapes" not in options:
        raise InputError("--set", "shapes", "the output of `oci compute shape list --all`")
    sizes = _sizes(options.get("sizes", ""))
    currency = options.get("currency", "USD")
    rates: _Rates = {}
    before = account.read
    begin = options.get("valid_from", "")
    for place, key, item in members(path, [("items",)]):
        if place == () and key == "lastUpdated":
            begin = begin or str(item)
        if place != ("items",):
            continue
        account.read += 1
        where = f"items[{key}] ({item.get('partNumber') if isinstance(item, dict) else item})"
        try:
            reason = _take(item, currency, rates)
        except MalformedError as error:
            raise refused(str(path), where, error) from error
        if reason:
            account.leave_out(reason, where)
    refuse_empty(path, "items", account.read - before)
    if not begin:
        raise InputError(str(path), "lastUpdated", "a time, or --set valid_from=...")
    try:
        valid_from = moment(begin)
    except MalformedError as error:
        raise refused(str(path), "lastUpdated", error) from error
    seen = set()
    for shape in oci_shapes.read(Path(options["shapes"])):
        if shape.instance_type not in seen:
            seen.add(shape.instance_type)
            made = _Maker(rates, currency, valid_from, f"{NAME} {path.name}")
            try:
                yield from made.prices(shape, sizes, account)
            except MalformedError as error:
                raise refused(str(path), f"prices of {shape.instance_type}", error) from error


def _sizes(text: str) -> list[tuple[Decimal, Decimal]]:
    """``2:16,4:32`` are OCPUs and GB of flexible shapes."""
    found = []
    for part in filter(None, text.replace(" ", "").split(",")):
        match = _FLEX_SIZE.fullmatch(part)
        if match is None:
            raise InputError("--set", "sizes", "OCPUs and GB such as 2:16,4:32", part)
        found.append((Decimal(match[1]), Decimal(match[2])))
    return found


def _take(item: Any, currency: str, rates: _Rates) -> str:
    """Keep the amount of a part; or why not, in words."""
    try:
        metric = _METRICS.get(item["metricName"])
        match = _PART.fullmatch(str(item["displayName"]).strip())
        if metric is None or match is None:
            return "no part of a machine's shape"
        offered = {
            each["currencyCode"]: each["prices"] for each in item["currencyCodeLocalizations"]
        }
        if currency not in offered:
            raise MalformedError(f"expected a price in {currency}, found {', '.join(offered)}")
        # The first hours of a month may be free: what counts is the price of those behind them.
        amounts = [
            decimal_of(each["value"])
            for each in offered[currency]
            if each["model"] == "PAY_AS_YOU_GO"
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedError(f"expected an item of the price list (missing: {error})") from error
    amount = max(amounts, default=Decimal(0))
    if not amount:
        return "a part without a price beyond what is free"
    kind = match["kind"]
    part = "memory" if match["part"] == "Memory" else "ocpu"
    known = rates.setdefault((kind, match["series"]), {}).setdefault(part, amount)
    if known != amount:
        raise MalformedError(
            f"expected one price of {kind} {match['series']}, found {known} and {amount}"
        )
    return ""


class _Maker:
    """Puts prices of shapes together."""

    def __init__(self, rates: _Rates, currency: str, begin: datetime, source: str) -> None:
        self._rates = rates
        self._currency = currency
        self._begin = begin
        self._source = source

    def prices(
        self, shape: MachineType, sizes: list[tuple[Decimal, Decimal]], account: ImportAccount
    ) -> Iterator[Price]:
        """Of a shape, or of the sizes of a flexible one."""
        name = shape.instance_type
        match = _SHAPE.match(name + ".")
        series = match and _SERIES.get(match["series"], match["series"])
        rates = self._rates.get((match["kind"], series or ""), {}) if match else {}
        if shape.accelerators or len(rates) < 2:
            account.leave_out("a shape without prices of its parts", name)
            return
        ocpus = shape.billed_vcpus or Decimal(shape.vcpus)
        if not name.endswith(".Flex"):
            yield self._price(name, rates, ocpus, shape.memory_gib)
            return
        for count, memory in sizes or [(ocpus, shape.memory_gib)]:
            yield self._price(
                f"{name}.{count.normalize():f}.{memory.normalize():f}", rates, count, memory
            )

    def _price(self, name: str, rates: dict[str, Decimal], ocpus: Decimal, gb: Decimal) -> Price:
        amount = total(product(rates["ocpu"], ocpus), product(rates["memory"], gb))
        return Price("oci", "", name, amount, self._currency, self._begin, self._source)


IMPORTER = PriceImporter(
    NAME,
    "Oracle Cloud list prices, as its price list API writes them in JSON",
    "https://docs.oracle.com/en-us/iaas/Content/Billing/Tasks/signingup_topic-Estimating_Costs.htm",
    lambda head: b'"partNumber"' in head and b'"currencyCodeLocalizations"' in head,
    read,
    {
        "shapes": "file: `oci compute shape list --all`",
        "sizes": "of flexible shapes, OCPUs and GB: 2:16,4:32; without it those of the list",
        "currency": "of those in the file; USD without it",
        "valid_from": "from when the prices are, where the file has no lastUpdated",
    },
)
