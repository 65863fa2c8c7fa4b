"""What somebody wants of the machine that the work is to go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from workload.prediction.candidate import Candidate

DAY = 86400.0
HOURS_A_MONTH = 730.0
SPOT = "spot"


@dataclass(frozen=True)
class Wishes:
    """How large a machine has to be, and which ones may be chosen.

    Attributes:
        look_back_days: how many days before the last tick count; None: all.
        percentile: of use over time that has to fit, 50 to 100.
        cpu_headroom, memory_headroom: shares that have to stay free at it, 0 to below 1; that of
            CPU holds for disks and networks, too.
        mix: shares of the time that the source's CPUs spend on each kernel's kind of work; empty:
            unknown, so that the answer is a range over kernels.
        families: of types, such as ``m7i``, or patterns such as ``Standard_D*_v5``; (): any.
        providers, regions: (): any.
        architectures: (): that of the source alone.
        spot: whether machines may be chosen that their provider can take away.
        least: how many machines there have to be.
    """

    look_back_days: float | None = None
    percentile: float = 99.5
    cpu_headroom: float = 0.2
    memory_headroom: float = 0.2
    mix: Mapping[str, float] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    spot: bool = False
    least: int = 1

    def allows(self, candidate: Candidate, architecture: str) -> bool:
        """Whether a candidate may be recommended, whatever it can do.

        Args:
            candidate: one of them.
            architecture: of the source; "": unknown, so that none is refused for its own.
        """
        known = candidate.architecture and architecture
        same = not known or candidate.architecture == architecture
        return (
            (not self.providers or candidate.provider in self.providers)
            and (not self.regions or candidate.region in self.regions)
            and (not self.families or any(_is_of(candidate, one) for one in self.families))
            and (candidate.architecture in self.architectures if self.architectures else same)
            and (self.spot or candidate.purchase != SPOT)
        )


def _is_of(candidate: Candidate, family: str) -> bool:
    name = candidate.instance_type
    return name == family or name.startswith(f"{family}.") or fnmatchcase(name, family)
