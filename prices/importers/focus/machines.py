"""Whether a charge is the time of a machine, and of which. Pure.

FOCUS says neither: it is read from each provider's resource ids, SKU details, and its texts of
prices, such as "$0.34 per On Demand Linux c5.2xlarge Instance Hour" of AWS. What does not say it is
left out, by reason.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from prices.importers.focus.values import NOTHING

PROVIDERS = {
    "aws": "aws",
    "amazon web services": "aws",
    "amazon web services, inc.": "aws",
    "microsoft": "azure",
    "microsoft azure": "azure",
    "azure": "azure",
    "google": "gcp",
    "google cloud": "gcp",
    "google cloud platform": "gcp",
    "gcp": "gcp",
    "oracle": "oci",
    "oracle cloud infrastructure": "oci",
    "oci": "oci",
}
_SERVICES = {
    "aws": {"amazon elastic compute cloud", "amazonec2", "amazon ec2"},
    "azure": {"virtual machines", "virtual machine scale sets"},
    "gcp": {"compute engine"},
    "oci": {"compute"},
}
_SECONDS = {
    "hours": 3600, "hour": 3600, "hrs": 3600, "hr": 3600, "h": 3600, "1 hour": 3600,
    "minutes": 60, "minute": 60, "seconds": 1, "second": 1, "s": 1,
}  # fmt: skip
_PART_UNIT = re.compile(r"(?:ocpu|vcpu|core|gi?b|gigabyte|gibibyte)s?\b.*(?:hour|second)", re.I)
_PART_TEXT = re.compile(r"\b(?:core|ram|memory|ocpu|vcpu)\b", re.I)
_RESOURCES = {
    "aws": re.compile(r"(?:^|/)(i-[0-9a-z]{8,17})$"),
    "azure": re.compile(
        r"(?i)^(/.*/virtualmachine(?:s/[^/]+|scalesets/[^/]+/virtualmachines/[^/]+))$"
    ),
    "gcp": re.compile(r"(?:^|/instances/)(\d{6,}|[a-z][-a-z0-9]{0,62})$"),
    "oci": re.compile(r"^(ocid\d\.instance\..+)$"),
}
_DETAILS = re.compile(r'"(?:x_)?(?:InstanceType|ServiceType)"\s*:\s*"([^"]+)"', re.I)
_DETAILS_SYSTEM = re.compile(r'"(?:x_)?OperatingSystem"\s*:\s*"([^"]+)"', re.I)
_AWS_USAGE = re.compile(r"(?:Box|Spot|Dedicated)Usage:([a-z][-a-z0-9]*\.[-a-z0-9]+)$")
_AWS_TEXT = re.compile(
    r"\b([a-z][-a-z0-9]*\d[-a-z0-9]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?))\b"
    r".*\b(?:(?:instance|spot)[- ](?:usage )?hour|reserved instance applied)",
    re.I,
)
# "$0.00 for 175 Mbps per t3a.small instance-hour": bandwidth to disks, beside the machine's hours.
_AWS_BANDWIDTH = re.compile(r"\bEBSOptimized\b|\bMbps per\b", re.I)
_SYSTEMS = (
    ("windows", re.compile(r"\bwindows\b", re.I)),
    ("rhel", re.compile(r"\b(?:rhel|red hat)\b", re.I)),
    ("suse", re.compile(r"\b(?:suse|sles)\b", re.I)),
    ("linux", re.compile(r"\b(?:linux|ubuntu)\b", re.I)),
)
NO_MACHINE = "hours of what is no machine, or of an unknown type"
UNKNOWN_SYSTEM = "unknown"


class Machine(NamedTuple):
    """Whose time a charge is; what is not known is "", of the operating system "unknown"."""

    provider: str
    instance_type: str
    machine: str
    operating_system: str
    tenancy: str


def provider_of(name: str) -> str:
    """The provider as the inventory has it; one that is not known keeps its name."""
    return PROVIDERS.get(name.strip().lower(), name.strip().lower())


def seconds_of(unit: str) -> int:
    """How many seconds a unit of time has; 0: it is none."""
    return _SECONDS.get(unit.strip().lower(), 0)


def by_part(unit: str) -> bool:
    """Whether a unit counts a part of a machine, such as OCPU hours."""
    return _PART_UNIT.search(unit) is not None


def machine_of(  # noqa: PLR0913, PLR0917 - the columns that tell it
    provider: str, service: str, unit: str, text: str, usage_type: str, details: str
) -> Machine | str:
    """What kind of machine's time is charged, or, in words, why it is no machine's.

    Args:
        provider: as ``provider_of`` has it.
        service: the service's name.
        unit: what is counted.
        text: the charge's description.
        usage_type: AWS's own.
        details: of the SKU, as JSON.
    """
    if service.strip().lower() not in _SERVICES.get(provider, ()):
        return "of a service that is no machine"
    if by_part(unit) or (provider == "gcp" and _PART_TEXT.search(text)):
        return "charged by part of a machine (vCPU, OCPU, GB), not by its hours"
    if not seconds_of(unit):
        return "not counted in hours"
    instance_type, operating_system, tenancy = _kind_of(provider, text, usage_type, details)
    # AWS names the type of every machine's hours; other hours of an instance are for what it has.
    if not instance_type and provider == "aws":
        return NO_MACHINE
    return Machine(provider, instance_type, "", operating_system, tenancy)


def id_of(provider: str, resource: str) -> str:
    """The machine's id, from the resource's; "": it is no machine."""
    found = _RESOURCES[provider].search(resource)
    machine = found[1] if found else ""
    return machine.lower() if provider == "azure" else machine


# A fleet has many machines, and few kinds of them.
@lru_cache(10_000)
def _kind_of(provider: str, text: str, usage_type: str, details: str) -> tuple[str, str, str]:
    """Type, operating system and tenancy."""
    tenancy = "dedicated" if re.search(r"\bdedicated\b", text, re.I) else "shared"
    return _type_of(provider, text, usage_type, details), _system_of(text, details), tenancy


def _type_of(provider: str, text: str, usage_type: str, details: str) -> str:
    if (found := _DETAILS.search(details)) and found[1] not in NOTHING:
        return found[1]
    if provider != "aws":
        return ""
    if _AWS_BANDWIDTH.search(usage_type) or _AWS_BANDWIDTH.search(text):
        return ""
    found = _AWS_USAGE.search(usage_type) or _AWS_TEXT.search(text)
    return found[1].lower() if found else ""


def _system_of(text: str, details: str) -> str:
    said = _DETAILS_SYSTEM.search(details)
    for where in (said[1] if said else "", text):
        for name, pattern in _SYSTEMS:
            if pattern.search(where):
                return name
    return UNKNOWN_SYSTEM
