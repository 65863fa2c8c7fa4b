"""How likely a target is too small for the work, and what that is said by. Pure.

``performance risk`` is AWS Compute Optimizer's word for the same question; its scale has no part
here, since it does not say what it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reporter.analysis import fit
from reporter.analysis.rightsizing import Demand
from reporter.analysis.rightsizing_targets import Target
from reporter.settings.rightsizing import SizingRules

# A machine is full from here on: what more was wanted is not known.
FULL = 0.99
# Shares of the time in which the target would be full that make a risk medium, or high.
MEDIUM_SHARE, HIGH_SHARE = 0.001, 0.01
# With so much of the look-back period known, all of it is.
WHOLE = 0.95


class RiskLevel(StrEnum):
    """How likely the target is too small."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"


class Basis(StrEnum):
    """What a risk is made of, or does not know."""

    WOULD_BE_FULL = "TargetWouldBeFull"
    WAS_FULL = "MachineWasFull"
    NO_INTERVAL = "NoInterval"
    ONE_RUN = "OneRunOfEach"
    LITTLE_DATA = "LessDataThanLookBack"
    OTHER_ARCHITECTURE = "OtherArchitecture"
    SPLIT = "WorkMustBeSplit"
    MEMORY_UNKNOWN = "MemoryUnknown"
    NETWORK_UNKNOWN = "NetworkUnknown"
    DISKS_UNKNOWN = "DisksUnknown"


_LEVELS = {
    Basis.WAS_FULL: RiskLevel.HIGH,
    Basis.NO_INTERVAL: RiskLevel.HIGH,
    Basis.ONE_RUN: RiskLevel.MEDIUM,
    Basis.LITTLE_DATA: RiskLevel.MEDIUM,
    Basis.OTHER_ARCHITECTURE: RiskLevel.MEDIUM,
    Basis.SPLIT: RiskLevel.MEDIUM,
    Basis.MEMORY_UNKNOWN: RiskLevel.MEDIUM,
    # What is never known of any type would make all the same.
    Basis.NETWORK_UNKNOWN: RiskLevel.LOW,
    Basis.DISKS_UNKNOWN: RiskLevel.LOW,
}
_ORDER = tuple(RiskLevel)


@dataclass(frozen=True)
class Risk:
    """That a target is too small.

    Attributes:
        level: the highest that any basis gives.
        full: the share of the look-back's known time in which the target would have been full.
        basis: what it is made of.
    """

    level: RiskLevel
    full: float
    basis: tuple[Basis, ...]


def risk_of(demand: Demand, target: Target, rules: SizingRules) -> Risk:
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
        basis.insert(0, Basis.WOULD_BE_FULL)
        of_time = RiskLevel.HIGH if full > HIGH_SHARE else RiskLevel.MEDIUM
        level = max(level, of_time, key=_ORDER.index)
    return Risk(level, full, tuple(basis))


def _bases(demand: Demand, target: Target, rules: SizingRules) -> dict[Basis, bool]:
    own, other, need = demand.machine, target.offer.machine, target.need
    known = need is None or need.lower is not None
    return {
        Basis.WAS_FULL: demand.at_least(FULL) > MEDIUM_SHARE,
        Basis.NO_INTERVAL: not known,
        Basis.ONE_RUN: known and need is not None and need.basis == "slices",
        Basis.LITTLE_DATA: demand.seconds < WHOLE * rules.look_back,
        Basis.OTHER_ARCHITECTURE: own.architecture != other.architecture,
        Basis.SPLIT: target.count > 1,
        Basis.MEMORY_UNKNOWN: target.memory is None,
        Basis.NETWORK_UNKNOWN: target.network is None,
        Basis.DISKS_UNKNOWN: True,
    }


def _full(demand: Demand, target: Target) -> float:
    """By the lower bound of what the target can do."""
    own, other = demand.machine.test, target.offer.machine.test
    assert own
    assert other
    most = target.count * float(fit.work_at(other.curve, np.array([1.0]))[0])
    if target.need and target.need.upper:
        most *= target.need.value / target.need.upper
    return demand.at_least(float(fit.busy_for(own.curve, np.array([most]))[0]))


def unchecked(risk: Risk) -> list[Basis]:
    """What nobody looked at for want of data."""
    unknown = {Basis.MEMORY_UNKNOWN, Basis.NETWORK_UNKNOWN, Basis.DISKS_UNKNOWN}
    return [one for one in risk.basis if one in unknown]
