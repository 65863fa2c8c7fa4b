"""Which of Amazon EC2's products are machines that run, and what they are. Pure.

Attributes: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prices.reading.amounts import text_of

FAMILIES = ("Compute Instance", "Compute Instance (bare metal)")
_SYSTEMS = {
    "Linux": "linux",
    "Windows": "windows",
    "RHEL": "rhel",
    "SUSE": "suse",
    "Ubuntu Pro": "ubuntu-pro",
    "Red Hat Enterprise Linux with HA": "rhel-ha",
}
_TENANCIES = {"Shared": "shared", "Dedicated": "dedicated"}
# Attribute, what it must be, why a product is left out else. What a file does not state is taken.
_NEEDED = (
    ("locationType", ("AWS Region",), "in a local or wavelength zone"),
    ("capacitystatus", ("Used",), "a reservation of capacity"),
    ("preInstalledSw", ("NA",), "with software beside the system"),
    (
        "licenseModel",
        ("No License required", "License Included", "NA"),
        "with a licence of one's own",
    ),
    ("marketoption", ("OnDemand",), "in a capacity block"),
)


@dataclass(frozen=True)
class AwsProduct:
    """A type of machine as it is sold in a region."""

    region: str
    instance_type: str
    operating_system: str
    tenancy: str


def product_of(family: str, attributes: Mapping[str, str]) -> AwsProduct | str:
    """The machine that a product is, or in words why none is taken.

    Args:
        family: its ``productFamily``.
        attributes: by their names in the JSON file.

    Raises:
        MalformedError: the region or the type is no text.
    """
    instance_type = attributes.get("instanceType", "")
    if family not in FAMILIES or not instance_type:
        return "no machine"
    for name, right, reason in _NEEDED:
        if (attributes.get(name) or right[0]) not in right:
            return reason
    tenancy = _TENANCIES.get(attributes.get("tenancy", ""))
    if tenancy is None:
        return "paid for by its host"
    system = _SYSTEMS.get(attributes.get("operatingSystem", ""))
    if system is None:
        return "of an unknown operating system"
    region = attributes.get("regionCode", "")
    if not region:
        return "without a region's code"
    return AwsProduct(text_of(region), text_of(instance_type), system, tenancy)


class AwsProductTable:
    """Products by SKU: some 170 bytes each, that a million may be held."""

    def __init__(self) -> None:
        self._columns: tuple[list[str], ...] = ([], [], [], [])
        self._numbers: tuple[dict[str, int], ...] = ({}, {}, {}, {})
        self._packed: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._packed)

    def add(self, sku: str, product: AwsProduct) -> None:
        """Keep one."""
        packed = 0
        values = (product.region, product.instance_type, product.operating_system, product.tenancy)
        for column, numbers, value in zip(self._columns, self._numbers, values, strict=True):
            number = numbers.get(value)
            if number is None:
                number = numbers[value] = len(column)
                column.append(value)
            packed = packed << 16 | number
        self._packed[sku] = packed

    def get(self, sku: str) -> AwsProduct | None:
        """The one of a SKU, where it was kept."""
        packed = self._packed.get(sku)
        if packed is None:
            return None
        values = [
            column[packed >> shift & 0xFFFF]
            for column, shift in zip(self._columns, (48, 32, 16, 0), strict=True)
        ]
        return AwsProduct(*values)
