"""Each tick's target and actual beside the time that was recorded: for those who compare."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from workload.replaying.load import ResourceTick
from workload.replaying.timeline import Timeline


class TicksOverTime:
    """Gathers the ticks of a replay.

    Args:
        timeline: that is replayed.
        machines: names of the recorded ones.
    """

    def __init__(self, timeline: Timeline, machines: Sequence[str]) -> None:
        self._machines = list(machines)
        self._ends = timeline.recorded_ends
        self._seconds = [tick.seconds for tick in timeline.ticks]
        self._ticks: list[Sequence[ResourceTick]] = []

    def add(self, found: Sequence[ResourceTick]) -> None:
        """Take in what became of the next tick."""
        self._ticks.append(found)

    def as_json(self) -> dict[str, Any]:
        """Arrays over the ticks, null where unknown; ``recorded_ends`` begins anew in each loop."""
        once, count = len(self._ends), len(self._ticks)
        names = dict.fromkeys(one.resource for found in self._ticks for one in found)
        resources: dict[str, Any] = {
            name: {"target": [None] * count, "actual": [None] * count} for name in names
        }
        for place, found in enumerate(self._ticks):
            for one in found:
                resources[one.resource]["target"][place] = _number(one.target)
                resources[one.resource]["actual"][place] = _number(one.actual)
        return {
            "machines": self._machines,
            "recorded_ends": [float(self._ends[place % once]) for place in range(count)],
            "seconds": [self._seconds[place % once] for place in range(count)],
            "resources": resources,
        }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
