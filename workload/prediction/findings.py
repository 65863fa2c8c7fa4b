"""The words of a finding about a machine's size, and what makes one. Pure.

Findings and reason codes have the names of AWS Compute Optimizer's API (``Finding`` and
``FindingReasonCodes`` of InstanceRecommendation), as far as both mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

# Fewer hours of data than these are no basis for a finding, as for AWS Compute Optimizer.
FEWEST_HOURS = 30.0
# A machine is full from here on: what more was wanted is not known.
FULL = 0.99


class Provisioning(StrEnum):
    """What a machine, or one of its resources, is found to be."""

    UNDER = "Underprovisioned"
    OVER = "Overprovisioned"
    OPTIMISED = "Optimized"
    UNKNOWN = "Unknown"


class MachineResource(StrEnum):
    """What a machine has; the first part of a reason code."""

    CPU = "CPU"
    MEMORY = "Memory"
    DISK = "Disk"
    DISK_THROUGHPUT = "DiskThroughput"
    DISK_OPERATIONS = "DiskIOPS"
    NETWORK = "NetworkBandwidth"
    FILE_SYSTEM = "FileSystem"


class UnknownCause(StrEnum):
    """Why there is no finding."""

    NO_DATA = "NoData"
    TOO_LITTLE_DATA = "TooLittleData"
    TOO_FEW_SAMPLES = "TooFewSamples"


def state_of(used: float | None, limit: float, *, half_would_do: bool) -> Provisioning:
    """What a resource is found to be.

    Args:
        used: its used share at the percentile that counts; None: unknown.
        limit: the share above which it is too small, 0 to 1.
        half_would_do: whether half of it would carry the same: types come in halves and doubles.
    """
    if used is None:
        return Provisioning.UNKNOWN
    if used > limit:
        return Provisioning.UNDER
    return Provisioning.OVER if half_would_do else Provisioning.OPTIMISED


def worst_of(states: Iterable[Provisioning]) -> Provisioning:
    """A machine is too small when one of its resources is, and too large when one is and none is
    too small.
    """
    found = set(states)
    order = (Provisioning.UNDER, Provisioning.OVER)
    return next((one for one in order if one in found), Provisioning.OPTIMISED)


def reason_code(resource: MachineResource, state: Provisioning) -> str:
    """Such as ``CPUUnderprovisioned``; "" for what has the right size."""
    return "" if state is Provisioning.OPTIMISED else f"{resource}{state}"
