"""A made AWS offer file of the real shape: products first, all their terms behind them.

Documented: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
Types, regions and amounts are made up; the layout, the attributes and the kinds of products are
those of Amazon EC2's own file.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

SYSTEMS = ("Linux", "RHEL", "SUSE", "Windows")
TENANCIES = ("Shared", "Dedicated")
# Of every type, region, system and tenancy the file has these: used, and reserved capacity twice.
CAPACITIES = ("Used", "AllocatedCapacityReservation", "UnusedCapacityReservation")
SOFTWARE = ("NA", "SQL Web", "SQL Std", "SQL Ent")
SIZES = ("medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "metal")
REGIONS = 30
TERMS = tuple(itertools.product(("1yr", "3yr"), ("No Upfront", "Partial Upfront", "All Upfront")))
PUBLISHED = "2026-11-01T00:00:00Z"


@dataclass(frozen=True)
class MadeProduct:
    """One product of the file, by its number."""

    number: int
    instance_type: str
    region: str
    system: str
    tenancy: str
    capacity: str
    software: str

    @property
    def sku(self) -> str:
        """Sixteen letters and digits."""
        return f"MADE{self.number:012d}"

    @property
    def is_used(self) -> bool:
        """Whether an importer takes it."""
        return self.capacity == "Used" and self.software == "NA"

    @property
    def hourly(self) -> str:
        """Dollars for an hour, as the file has it."""
        return f"{self.number % 9973 + 1}.{self.number % 97:04d}000000"


def products(count: int) -> Iterator[MadeProduct]:
    """So many of them, always the same."""
    options = (SIZES, SYSTEMS, TENANCIES, CAPACITIES, SOFTWARE)
    families = count // (REGIONS * math.prod(map(len, options))) + 1
    regions = [f"us-made-{place}" for place in range(1, REGIONS + 1)]
    kinds = itertools.product(regions, range(families), *options)
    for number, (region, family, size, *rest) in enumerate(itertools.islice(kinds, count)):
        yield MadeProduct(number, f"x{family}.{size}", region, *rest)


def write_offer(path: Path, count: int) -> None:
    """Write the file; it is as long as real ones are, some two kilobytes a product."""
    with path.open("w", encoding="utf-8") as file:
        head = {
            "formatVersion": "v1.0",
            "disclaimer": "Made for a benchmark; these are nobody's prices.",
            "offerCode": "AmazonEC2",
            "version": "20261101000000",
            "publicationDate": PUBLISHED,
        }
        file.write(json.dumps(head, indent=2)[:-2] + ',\n  "products" : {\n')
        _write_all(file, ((made.sku, _product(made)) for made in products(count)))
        file.write('  },\n  "terms" : {\n    "OnDemand" : {\n')
        _write_all(file, ((made.sku, _on_demand(made)) for made in products(count)))
        file.write('    },\n    "Reserved" : {\n')
        used = (made for made in products(count) if made.is_used)
        _write_all(file, ((made.sku, _reserved(made)) for made in used))
        file.write("    }\n  },\n" + '  "attributesList" : { }\n}\n')


def _write_all(file: TextIO, entries: Iterator[tuple[str, object]]) -> None:
    before = ""
    for key, value in entries:
        file.write(f'{before}    "{key}" : {json.dumps(value, indent=1)}')
        before = ",\n"
    file.write("\n")


def _product(made: MadeProduct) -> dict[str, object]:
    return {
        "sku": made.sku,
        "productFamily": "Compute Instance",
        "attributes": {
            "servicecode": "AmazonEC2",
            "location": f"US Made ({made.region})",
            "locationType": "AWS Region",
            "instanceType": made.instance_type,
            "currentGeneration": "Yes",
            "instanceFamily": "General purpose",
            "vcpu": "8",
            "physicalProcessor": "A processor that nobody makes",
            "clockSpeed": "3.1 GHz",
            "memory": "32 GiB",
            "storage": "EBS only",
            "networkPerformance": "Up to 12500 Megabit",
            "processorArchitecture": "64-bit",
            "tenancy": made.tenancy,
            "operatingSystem": made.system,
            "licenseModel": "No License required",
            "usagetype": f"BoxUsage:{made.instance_type}",
            "operation": "RunInstances",
            "availabilityzone": "NA",
            "capacitystatus": made.capacity,
            "classicnetworkingsupport": "false",
            "dedicatedEbsThroughput": "Up to 10000 Mbps",
            "ecu": "NA",
            "enhancedNetworkingSupported": "Yes",
            "gpuMemory": "NA",
            "intelAvxAvailable": "No",
            "intelAvx2Available": "No",
            "intelTurboAvailable": "No",
            "marketoption": "OnDemand",
            "normalizationSizeFactor": "16",
            "preInstalledSw": made.software,
            "processorFeatures": "NA",
            "regionCode": made.region,
            "servicename": "Amazon Elastic Compute Cloud",
            "vpcnetworkingsupport": "true",
        },
    }


def _on_demand(made: MadeProduct) -> dict[str, object]:
    offer = f"{made.sku}.JRTCKXETXF"
    rate = f"{offer}.6YS6EN2CT7"
    return {
        offer: {
            "offerTermCode": "JRTCKXETXF",
            "sku": made.sku,
            "effectiveDate": PUBLISHED,
            "priceDimensions": {rate: _dimension(rate, "Hrs", made.hourly)},
            "termAttributes": {},
        }
    }


def _reserved(made: MadeProduct) -> dict[str, object]:
    found: dict[str, object] = {}
    for number, (length, payment) in enumerate(TERMS):
        code = f"MADETERM{number:02d}"
        offer = f"{made.sku}.{code}"
        dimensions = {f"{offer}.6YS6EN2CT7": _dimension(f"{offer}.6YS6EN2CT7", "Hrs", made.hourly)}
        if payment != "No Upfront":
            dimensions[f"{offer}.2TG2D8R56U"] = _dimension(f"{offer}.2TG2D8R56U", "Quantity", "876")
        found[offer] = {
            "offerTermCode": code,
            "sku": made.sku,
            "effectiveDate": PUBLISHED,
            "priceDimensions": dimensions,
            "termAttributes": {
                "LeaseContractLength": length,
                "OfferingClass": "standard",
                "PurchaseOption": payment,
            },
        }
    return found


def _dimension(rate: str, unit: str, amount: str) -> dict[str, object]:
    hourly = {} if unit == "Quantity" else {"beginRange": "0", "endRange": "Inf"}
    return {
        "rateCode": rate,
        "description": f"${amount} for a made instance",
        **hourly,
        "unit": unit,
        "pricePerUnit": {"USD": amount},
        "appliesTo": [],
    }
