"""Rates of AWS's compute savings plans: what an hour of a machine costs who has committed to pay.

A rate has neither type nor system of its own: both are read from the usage that it discounts
(``APN1-BoxUsage:c5.xlarge``) and its operation (``RunInstances:0002``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, MalformedError
from prices.importers.aws_terms import HOURLY_UNITS, PAYMENTS
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price, Purchase, Term
from prices.reading.amounts import decimal_of, moment, refused
from prices.reading.json_stream import members
from prices.reading.repeated import Repeated

NAME = "aws-savings-plan"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
_SYSTEMS = {
    "RunInstances": "linux",
    "RunInstances:0002": "windows",
    "RunInstances:0010": "rhel",
    "RunInstances:000g": "suse",
    "RunInstances:0g00": "ubuntu-pro",
    "RunInstances:1010": "rhel-ha",
}
_TENANCIES = {"BoxUsage": "shared", "DedicatedUsage": "dedicated"}
_USAGE = re.compile(r"(?:(?P<prefix>[A-Z0-9]+(?:-[A-Z0-9]+)?)-)?(?P<usage>\w+):(?P<type>[\w.-]+)")
_FAMILIES = {"compute": "ComputeSavingsPlans", "ec2-instance": "EC2InstanceSavingsPlans"}
_TERMS = ("terms", "savingsPlan")
_RATES = (*_TERMS, "*", "rates")
# Of the regions of old, how their usage begins; another beginning is that of a zone beyond them.
_PREFIXES = {
    "us-east-1": "",
    "us-east-2": "USE2",
    "us-west-1": "USW1",
    "us-west-2": "USW2",
    "ca-central-1": "CAN1",
    "sa-east-1": "SAE1",
    "eu-central-1": "EUC1",
    "eu-west-1": "EU",
    "eu-west-2": "EUW2",
    "eu-west-3": "EUW3",
    "eu-north-1": "EUN1",
    "eu-south-1": "EUS1",
    "ap-northeast-1": "APN1",
    "ap-northeast-2": "APN2",
    "ap-northeast-3": "APN3",
    "ap-southeast-1": "APS1",
    "ap-southeast-2": "APS2",
    "ap-south-1": "APS3",
    "ap-east-1": "APE1",
    "me-south-1": "MES1",
    "af-south-1": "AFS1",
}


@dataclass(frozen=True)
class _Plan:
    """A plan of the file: how long, how paid, from when."""

    term: Term
    begin: Any


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The rates of machines, of one kind of plan."""
    region, plans = _plans(path, options.get("plan", "compute"))
    repeated = Repeated()
    before = account.read
    for place, key, rate in members(path, [_RATES]):
        if place[:2] != _TERMS or len(place) != 4:
            continue
        account.read += 1
        where = f"terms.savingsPlan[{place[2]}].rates[{key}]"
        plan = plans.get(int(place[2]))
        if plan is None:
            account.leave_out("of another kind of plan", where)
            continue
        try:
            found = _price(rate, plan, region, f"{NAME} {path.name}")
            if isinstance(found, str):
                account.leave_out(found, where)
            elif repeated.before(found):
                account.leave_out("stated before, with the same amount", where)
            else:
                yield found
        except MalformedError as error:
            raise refused(str(path), where, error) from error
    refuse_empty(path, "terms.savingsPlan", account.read - before)


def _plans(path: Path, kind: str) -> tuple[str, dict[int, _Plan]]:
    """The region of the file, and its plans of a kind by their places among all."""
    if kind not in _FAMILIES:
        raise InputError("--set", "plan", f"one of {', '.join(_FAMILIES)}", kind)
    region = ""
    paid: dict[str, str] = {}
    lengths: dict[int, dict[str, Any]] = {}
    for place, key, value in members(path, [("products",), (*_TERMS, "*"), _RATES]):
        if place == () and key == "regionCode":
            region = str(value)
        elif place == ("products",):
            product = value if isinstance(value, dict) else {}
            attributes = product.get("attributes")
            if product.get("productFamily") == _FAMILIES[kind] and isinstance(attributes, dict):
                paid[str(product.get("sku"))] = str(attributes.get("purchaseOption"))
        elif place[:2] == _TERMS and len(place) == 3:
            lengths.setdefault(int(place[2]), {})[str(key)] = value
    if not region:
        raise InputError(str(path), "regionCode", "the region of the file")
    plans = {}
    for number, term in lengths.items():
        option = paid.get(str(term.get("sku")))
        if option is not None:
            plans[number] = _plan(term, option, str(path), f"terms.savingsPlan[{number}]")
    return region, plans


def _plan(term: dict[str, Any], option: str, where: str, place: str) -> _Plan:
    length = term.get("leaseContractLength")
    years = str(length.get("duration")) if isinstance(length, dict) else ""
    unit = str(length.get("unit")).lower() if isinstance(length, dict) else ""
    if years not in ("1", "3") or unit not in ("year", "years") or option not in PAYMENTS:
        expected = "a leaseContractLength of 1 or 3 years, and a purchaseOption"
        raise InputError(where, place, expected, f"{years} {unit}, {option}")
    if "effectiveDate" not in term:
        raise InputError(where, place, "an effectiveDate")
    return _Plan(Term(12 * int(years), PAYMENTS[option]), term["effectiveDate"])


def _price(rate: Any, plan: _Plan, region: str, source: str) -> Price | str:
    try:
        if rate["discountedServiceCode"] != "AmazonEC2":
            return "of another service"
        usage = _USAGE.fullmatch(rate["discountedUsageType"])
        if usage is None or usage["usage"] not in _TENANCIES:
            return "no machine that runs"
        if (usage["prefix"] or "") != _PREFIXES.get(region, usage["prefix"] or ""):
            return "in a local or wavelength zone"
        if rate["discountedOperation"] not in _SYSTEMS:
            return "with software beside the system, or a licence of one's own"
        if rate["unit"] not in HOURLY_UNITS:
            return f"by the unit {rate['unit']!r}"
        return Price(
            "aws",
            region,
            usage["type"],
            decimal_of(rate["discountedRate"]["price"]),
            rate["discountedRate"]["currency"],
            moment(plan.begin),
            source,
            operating_system=_SYSTEMS[rate["discountedOperation"]],
            tenancy=_TENANCIES[usage["usage"]],
            purchase=Purchase.SAVINGS_PLAN,
            term=plan.term,
        )
    except (KeyError, TypeError) as error:
        raise MalformedError(f"expected a rate of a savings plan ({error} is missing)") from error


IMPORTER = PriceImporter(
    NAME,
    "AWS savings plans, the bulk API's file of a region as JSON",
    "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-savings-plans.html",
    lambda head: b'"ComputeSavingsPlans"' in head or b'"EC2InstanceSavingsPlans"' in head,
    read,
    {"plan": "the kind of plan: compute (default) or ec2-instance"},
)
