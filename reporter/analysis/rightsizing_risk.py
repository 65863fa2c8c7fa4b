"""How likely a target is too small for the work, and what that is said by. Pure.

``performance risk`` is AWS Compute Optimizer's word for the same question; its scale has no part
here, since it does not say what it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reporter.analysis import fit
from reporter.analysis.rightsizing import SizeDemand, SizeFinding
from reporter.analysis.rightsizing_targets import SizeTarget
from reporter.settings.rightsizing import SizingRules
from workload.prediction.findings import FULL, Provisioning

# Shares of the time in which the target would be full that make a risk medium, or high.
MEDIUM_SHARE, HIGH_SHARE = 0.001, 0.01
# With so much of the look-back period known, all of it is.
WHOLE = 0.95


class RiskLevel(StrEnum):
    """How likely the target is too small."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


class RiskBasis(StrEnum):
    """What a risk is made of, or does not know."""

    WOULD_BE_FULL = "TargetWouldBeFull"
    WAS_FULL = "MachineWasFull"
    NO_INTERVAL = "NoInterval"
    ONE_RUN = "OneRunOfEach"
    LITTLE_DATA = "LessDataThanLookBack"
    OTHER_ARCHITECTURE = "OtherArchitecture"
    SPLIT = "WorkMustBeSplit"
    BURSTABLE = "BurstableType"
    MEMORY_UNKNOWN = "MemoryUnknown"
    NETWORK_UNKNOWN = "NetworkUnknown"
    DISKS_UNKNOWN = "DisksUnknown"


_LEVELS = {
    RiskBasis.WAS_FULL: RiskLevel.HIGH,
    RiskBasis.NO_INTERVAL: RiskLevel.HIGH,
    RiskBasis.ONE_RUN: RiskLevel.MEDIUM,
    RiskBasis.LITTLE_DATA: RiskLevel.MEDIUM,
    RiskBasis.OTHER_ARCHITECTURE: RiskLevel.MEDIUM,
    RiskBasis.SPLIT: RiskLevel.MEDIUM,
    RiskBasis.BURSTABLE: RiskLevel.MEDIUM,
    RiskBasis.MEMORY_UNKNOWN: RiskLevel.MEDIUM,
    # What is never known of any type would make all the same.
    RiskBasis.NETWORK_UNKNOWN: RiskLevel.LOW,
    RiskBasis.DISKS_UNKNOWN: RiskLevel.LOW,
}
_ORDER = tuple(RiskLevel)


@dataclass(frozen=True)
class SizeRisk:
    """That a target is too small.

    Attributes:
        level: the highest that any basis gives.
        full: the share of the look-back's known time in which the target would have been full.
        basis: what it is made of.
    """

    level: RiskLevel
    full: float
    basis: tuple[RiskBasis, ...]


def risk_of(demand: SizeDemand, target: SizeTarget, rules: SizingRules) -> SizeRisk:
    """The risk of a target for one machine's work.

    Args:
        demand: of the machine.
        target: for it; the machine has a readable load test, as its target has.
        rules: percentile, headroom and look-back period.
    """
    full = _full(demand, target)
    basis = [one for one, there in _bases(demand, target, rules).items() if there]
    level = max((_LEVELS[one] for one in basis), key=_ORDER.index, default=RiskLevel.LOW)
    if full > MEDIUM_SHARE:
        basis.insert(0, RiskBasis.WOULD_BE_FULL)
        of_time = RiskLevel.HIGH if full > HIGH_SHARE else RiskLevel.MEDIUM
        level = max(level, of_time, key=_ORDER.index)
    return SizeRisk(level, full, tuple(basis))


def is_short(finding: SizeFinding, rules: SizingRules) -> bool:
    """Whether there is a finding by less data than the look-back period has."""
    known = finding.state is not Provisioning.UNKNOWN
    return known and finding.demand.seconds < WHOLE * rules.look_back


def _bases(demand: SizeDemand, target: SizeTarget, rules: SizingRules) -> dict[RiskBasis, bool]:
    own, other, need = demand.machine, target.offer.machine, target.need
    known = need is None or need.lower is not None
    return {
        RiskBasis.WAS_FULL: demand.at_least(FULL) > MEDIUM_SHARE,
        RiskBasis.NO_INTERVAL: not known,
        RiskBasis.ONE_RUN: known and need is not None and need.basis == "slices",
        RiskBasis.LITTLE_DATA: demand.seconds < WHOLE * rules.look_back,
        RiskBasis.OTHER_ARCHITECTURE: own.architecture != other.architecture,
        RiskBasis.SPLIT: target.count > 1,
        RiskBasis.BURSTABLE: target.offer.lasting is not None,
        RiskBasis.MEMORY_UNKNOWN: target.memory is None,
        RiskBasis.NETWORK_UNKNOWN: target.network is None,
        RiskBasis.DISKS_UNKNOWN: True,
    }


def _full(demand: SizeDemand, target: SizeTarget) -> float:
    """By the lower bound of what the target can do."""
    own, other = demand.machine.test, target.offer.machine.test
    assert own
    assert other
    most = target.count * float(fit.work_at(other.curve, np.array([1.0]))[0])
    if target.need and target.need.upper:
        most *= target.need.value / target.need.upper
    return demand.at_least(float(fit.busy_for(own.curve, np.array([most]))[0]))


def unchecked(risk: SizeRisk) -> list[RiskBasis]:
    """What nobody looked at for want of data."""
    unknown = {RiskBasis.MEMORY_UNKNOWN, RiskBasis.NETWORK_UNKNOWN, RiskBasis.DISKS_UNKNOWN}
    return [one for one in risk.basis if one in unknown]
