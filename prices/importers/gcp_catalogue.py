"""Google Cloud's price list: SKUs of cores and memory, put together for each machine type.

A SKU of Compute Engine is a price of a vCPU or a GiB of a family of machines in some regions. Which
family it is of stands in its description alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, MalformedError
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Payment, Price, Purchase, Term
from prices.reading.amounts import decimal_of, moment, product, refused, total
from prices.reading.json_stream import members
from prices.types.gcp_machine_types import read_by_zone
from prices.types.machine_type import MachineType

NAME = "gcp-catalogue"
_USES: dict[str, tuple[Purchase, Term | None]] = {
    "OnDemand": (Purchase.ON_DEMAND, None),
    "Preemptible": (Purchase.SPOT, None),
    "Commit1Yr": (Purchase.RESERVED, Term(12, Payment.NONE)),
    "Commit3Yr": (Purchase.RESERVED, Term(36, Payment.NONE)),
}
_UNITS = {"core": "h", "ram": "GiBy.h"}
# Where the description has no family's name.
_NAMED = {"compute optimized": "c2", "memory-optimized": "m1", "memory optimized": "m1", "": "n1"}
_FAMILY = r"(?P<family>[A-Z]\d+[A-Z]*|Compute optimized|Memory[- ]optimized)"
_RUNNING = re.compile(
    rf"(?:Spot )?(?:Preemptible )?{_FAMILY}(?: AMD| Arm| ARM)?(?: Predefined)?(?: Instance)?"
    r" (?P<part>Core|Ram) running in .+",
)
_COMMITTED = re.compile(
    rf"Commitment(?: v1)?: (?:{_FAMILY}(?: AMD| Arm| ARM)? )?(?P<part>Cpu|Core|Ram) in .+",
)
_PARTS = {"Core": "core", "Cpu": "core", "Ram": "ram"}


@dataclass(frozen=True)
class _Rate:
    """What a vCPU or a GiB costs an hour."""

    amount: Decimal
    currency: str
    begin: datetime


# By family, part, region and use.
_Rates = dict[tuple[str, str, str, str], _Rate]


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of machine types that the list of them has, in their regions."""
    if "machine_types" not in options:
        expected = "the output of `gcloud compute machine-types list --format=json`"
        raise InputError("--set", "machine_types", expected)
    rates: _Rates = {}
    before = account.read
    for _, key, sku in members(path, [("skus",), ()]):
        if not isinstance(sku, dict) or "skuId" not in sku:
            continue
        account.read += 1
        where = f"skus[{key}] ({sku['skuId']})"
        try:
            reason = _take(sku, rates)
        except MalformedError as error:
            raise refused(str(path), where, error) from error
        if reason:
            account.leave_out(reason, where)
    refuse_empty(path, "skus", account.read - before)
    seen = set()
    for zone, machine in read_by_zone(Path(options["machine_types"])):
        region = zone.rsplit("-", 1)[0]
        if (region, machine.instance_type) not in seen:
            seen.add((region, machine.instance_type))
            try:
                yield from _of_type(machine, region, rates, account, f"{NAME} {path.name}")
            except MalformedError as error:
                where = f"prices of {machine.instance_type} in {region}"
                raise refused(str(path), where, error) from error


def family_and_part(description: str) -> tuple[str, str] | None:
    """``N2 Instance Core running in Iowa`` is ``n2`` and ``core``; None: of no predefined type."""
    match = _RUNNING.fullmatch(description) or _COMMITTED.fullmatch(description)
    if match is None:
        return None
    family = (match["family"] or "").lower()
    return _NAMED.get(family, family), _PARTS[match["part"]]


def _take(sku: dict[str, Any], rates: _Rates) -> str:
    """Keep a SKU's rate in each of its regions; or why not, in words."""
    try:
        category = sku["category"]
        if category["resourceFamily"] != "Compute":
            return "no part of a machine"
        use = category["usageType"]
        if use not in _USES:
            return f"of the use {use}"
        found = family_and_part(str(sku["description"]))
        if found is None:
            return "of no predefined machine type"
        family, part = found
        pricing = sku["pricingInfo"][-1]
        expression = pricing["pricingExpression"]
        if expression["usageUnit"] != _UNITS[part]:
            return f"by the unit {expression['usageUnit']!r}"
        tiers = expression["tieredRates"]
        if len(tiers) != 1:
            return "in tiers"
        rate = _rate(tiers[0]["unitPrice"], moment(pricing["effectiveTime"]))
        for region in sku["serviceRegions"]:
            known = rates.setdefault((family, part, region, use), rate)
            if known.amount != rate.amount or known.currency != rate.currency:
                raise MalformedError(
                    f"expected one {use} price of a {part} of {family} in {region}, found two: "
                    f"{known.amount} and {rate.amount}"
                )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise MalformedError(f"expected a SKU of the catalogue (missing: {error})") from error
    return ""


def _rate(money: Any, begin: datetime) -> _Rate:
    """Whole units, and billionths of one."""
    nanos = decimal_of(money.get("nanos", 0))
    amount = total(decimal_of(money.get("units", 0)), product(nanos, Decimal("1E-9")))
    return _Rate(amount, str(money["currencyCode"]), begin)


def _of_type(
    machine: MachineType, region: str, rates: _Rates, account: ImportAccount, source: str
) -> Iterator[Price]:
    name = machine.instance_type
    reason = _apart(machine)
    if reason:
        account.leave_out(reason, f"{name} in {region}")
        return
    family = name.split("-", 1)[0]
    found = False
    for use, (purchase, term) in _USES.items():
        core = rates.get((family, "core", region, use))
        memory = rates.get((family, "ram", region, use))
        if core is None or memory is None:
            continue
        found = True
        if core.currency != memory.currency:
            both = f"{core.currency} and {memory.currency}"
            raise MalformedError(f"expected its parts in one currency, found {both}")
        vcpus = Decimal(machine.vcpus) if machine.billed_vcpus is None else machine.billed_vcpus
        amount = total(
            product(core.amount, vcpus),
            product(memory.amount, machine.memory_gib),
        )
        begin = max(core.begin, memory.begin)
        yield Price(
            "gcp", region, name, amount, core.currency, begin, source, purchase=purchase, term=term
        )
    if not found:
        account.leave_out("a machine type without prices of its parts", f"{name} in {region}")


def _apart(machine: MachineType) -> str:
    """Why a type costs more than its vCPUs and memory; "" where it does not."""
    name = machine.instance_type
    if machine.accelerators:
        return "a machine type with accelerators, priced apart"
    if "lssd" in name:
        return "a machine type with local disks, priced apart"
    if name in ("f1-micro", "g1-small"):
        return "a machine type with a price of its own"
    return ""


IMPORTER = PriceImporter(
    NAME,
    "Google Cloud billing catalogue, pages of SKUs of Compute Engine as JSON",
    "https://docs.cloud.google.com/billing/docs/reference/rest/v1/services.skus/list",
    lambda head: b'"skuId"' in head and b'"category"' in head,
    read,
    {"machine_types": "file: `gcloud compute machine-types list --format=json`"},
)
