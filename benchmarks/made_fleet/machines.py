"""The machines of a made fleet: what they are, and how busy they are. Pure."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

IOWAIT = 0.01
# No CPU is busy all the time: what is left is idle, iowait and steal.
_HIGHEST = 0.9
# One in so many loses CPU time to its neighbours.
_STOLEN_FROM = 10


@dataclass(frozen=True)
class MadeType:
    """A type of machines.

    Attributes:
        name: as in ``instance_type``.
        speed: units of the load test that a CPU does, against the recorded document's.
        dollars: what an hour costs on demand.
        memory: bytes of memory, against the recorded machine's.
    """

    name: str
    speed: float
    dollars: float
    memory: float


TYPES = (
    MadeType("made-small", 0.7, 0.05, 0.25),
    MadeType("made-usual", 1.0, 0.10, 0.5),
    MadeType("made-fast", 1.6, 0.17, 0.5),
    MadeType("made-wide", 1.1, 0.20, 1.0),
)


@dataclass(frozen=True)
class Machine:
    """A machine, and the curve of its busy ratio: ``busy + swing * sin(phase + 2 pi t / period)``.

    Attributes:
        number: its place in the fleet.
        name: as in ``instance``.
        kind: its type.
        busy, swing, steal: ratios of its CPU time.
        period, phase: of its curve, seconds and radians.
        used: the ratio of its memory that is in use.
    """

    number: int
    name: str
    kind: MadeType
    busy: float
    swing: float
    steal: float
    period: float
    phase: float
    used: float

    def busy_ratio(self, elapsed: float) -> float:
        """How busy its CPUs are, ``elapsed`` seconds after the start of the fleet."""
        return self.busy + self.swing * math.sin(self._angle(elapsed))

    def busy_seconds(self, elapsed: float) -> float:
        """Seconds that each of its CPUs was busy since the start: the integral of the above."""
        swung = math.cos(self.phase) - math.cos(self._angle(elapsed))
        return self.busy * elapsed + self.swing * self.period / (2 * math.pi) * swung

    def idle_seconds(self, elapsed: float) -> float:
        """What is left of each CPU's time when busy, iowait and steal are taken off."""
        return elapsed * (1.0 - IOWAIT - self.steal) - self.busy_seconds(elapsed)

    def _angle(self, elapsed: float) -> float:
        return self.phase + 2 * math.pi * elapsed / self.period


def machine(seed: int, number: int) -> Machine:
    """The machine of a place in the fleet of a seed: the same each time."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - no secret
    busy = chance.uniform(0.05, 0.7)
    return Machine(
        number=number,
        name=f"machine-{number:05}",
        kind=TYPES[chance.randrange(len(TYPES))],
        busy=busy,
        swing=chance.uniform(0.2, 0.9) * min(busy, _HIGHEST - busy),
        steal=chance.uniform(0.01, 0.05) if chance.randrange(_STOLEN_FROM) == 0 else 0.0,
        period=chance.uniform(300.0, 3600.0),
        phase=chance.uniform(0.0, 2 * math.pi),
        used=chance.uniform(0.2, 0.9),
    )
