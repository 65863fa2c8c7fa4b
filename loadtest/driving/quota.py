"""What a quota of the control group makes of a run: who is limited, and in which slices. Pure.

The kernel gives a group its quota anew in every period, and stops its threads when it is used up
(Documentation/scheduler/sched-bwc.rst). At full load the workers are let go on until then: what
they do in a second is all that the group may do, and the time in which they are stopped is nobody
else's. A busy level is a share of the quota.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Slices at the start of a round at full load that are run and not counted: the group comes with the
# unused quota of the rest before.
UNCOUNTED = 1
# And those that are, at least.
LEAST_SLICES = 2
# Of other slices, too; see pacing.py.
SLICE_SECONDS = 0.05


@dataclass(frozen=True)
class Quota:
    """The CPU time that a control group gets in each period.

    Attributes:
        cpus: CPU time a second, in CPUs.
        period: seconds.
    """

    cpus: float
    period: float

    def share(self, workers: int) -> float | None:
        """What part of the time of so many CPUs it is, 0..1; None: it does not limit them.

        As many workers as CPUs of the quota are limited too: whatever watches them counts as well.
        """
        return min(1.0, self.cpus / workers) if workers >= self.cpus else None

    @property
    def slice_seconds(self) -> float:
        """The length of slices at full load: whole periods, or their rates would go to and fro."""
        return max(1, math.ceil(SLICE_SECONDS / self.period - 1e-9)) * self.period

    @property
    def least_seconds(self) -> float:
        """Of a round at full load."""
        return (UNCOUNTED + LEAST_SLICES) * self.slice_seconds

    def slices(self, seconds: float) -> int:
        """How many a round at full load has, with those that are not counted."""
        return max(UNCOUNTED + LEAST_SLICES, math.floor(seconds / self.slice_seconds + 1e-9))
