"""Instance types that hold their speed on credit: the share of a CPU that they may use for good.

Sources: AWS, "Key concepts for burstable performance instances" (baseline utilization per vCPU);
Azure, "B-series CPU credit model" (base CPU performance of the machine, here over its CPUs) and the
pages of the series Bsv2, Basv2 and Bpsv2 (base CPU performance, of each CPU since 2024); Google
Cloud, "Shared-core machine types" (fractional vCPUs, here over the CPUs that the machine shows).
Credits: on AWS and Azure one credit is a minute of one CPU in full; a type earns its baseline's
worth and saves up to a day of that (the tables of the same pages). Google Cloud publishes none.
Providers change these: a value of the inventory or a flag goes first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AWS_T3 = {"nano": 0.05, "micro": 0.10, "small": 0.20, "medium": 0.20, "large": 0.30}
_AWS_T3 |= {"xlarge": 0.40, "2xlarge": 0.40}
_AWS_T2 = _AWS_T3 | {"xlarge": 0.225, "2xlarge": 0.17}
_AWS = {"t2": _AWS_T2, "t3": _AWS_T3, "t3a": _AWS_T3, "t4g": _AWS_T3}
_AZURE = {"B1ls": 0.05, "B1s": 0.10, "B1ms": 0.20, "B2s": 0.20, "B2ms": 0.30, "B4ms": 0.225}
_AZURE |= {"B8ms": 135 / 800, "B12ms": 202 / 1200, "B16ms": 270 / 1600, "B20ms": 337 / 2000}
# Of version 2, by the memory of the size: B2ts_v2, B4als_v2, B8ps_v2 ...
_AZURE_2 = re.compile(r"B[0-9]+[ap]?(t|l)?s_v2")
_OF_AZURE_2 = {"t": 0.20, "l": 0.30, None: 0.40}
# Saved credit lasts for a day on both.
HOURS_OF_CREDIT = 24
_GOOGLE = {"e2-micro": 0.125, "e2-small": 0.25, "e2-medium": 0.5, "f1-micro": 0.2, "g1-small": 0.5}


def is_burstable(instance_type: str) -> bool:
    """Whether an instance type is known to be burstable, by its name."""
    return (
        baseline_ratio(instance_type) is not None
        or re.match(r"(Standard_)?B[0-9]+[a-z]*(_v[0-9]+)?$", instance_type) is not None
        or re.match(r"t[0-9]+[a-z]*\.", instance_type) is not None
    )


def baseline_ratio(instance_type: str) -> float | None:
    """The share of each CPU (0..1) that the type may use for good; None: unknown or not burstable.

    Args:
        instance_type: the provider's name.
    """
    family, dot, size = instance_type.partition(".")
    if dot and family in _AWS:
        return _AWS[family].get(size)
    name = instance_type.removeprefix("Standard_")
    if (second := _AZURE_2.fullmatch(name)) is not None:
        return _OF_AZURE_2[second[1]]
    return (_AZURE | _GOOGLE).get(name)


@dataclass(frozen=True)
class Credit:
    """What is known of how a machine holds its speed.

    Attributes:
        burstable: whether on credit; None: its type is unknown.
        baseline: the share of each CPU (0..1) that it may use for good; None: unknown.
    """

    burstable: bool | None = None
    baseline: float | None = None


def credit_of(instance_type: str) -> Credit:
    """What an instance type tells; empty: it is unknown."""
    if not instance_type:
        return Credit()
    return Credit(is_burstable(instance_type), baseline_ratio(instance_type))


def credits_per_hour(instance_type: str, cpus: int) -> float | None:
    """The CPU credits that the type earns; None: it has none, or its baseline is unknown.

    Args:
        instance_type: the provider's name.
        cpus: of the machine.
    """
    baseline = baseline_ratio(instance_type)
    if baseline is None or instance_type in _GOOGLE:
        return None
    return baseline * cpus * 60


def credit(instance_type: str, cpus: int) -> dict[str, object]:
    """The facts of the type's credit: what it earns an hour, and saves at most; none without."""
    earned = credits_per_hour(instance_type, cpus)
    if earned is None:
        return {}
    return {"credits_per_hour": earned, "credits_limit": earned * HOURS_OF_CREDIT}
