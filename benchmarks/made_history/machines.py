"""The machines of the made history: what they are, and how busy they were through the day. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DAY = 86_400


@dataclass(frozen=True)
class MadeType:
    """A type of machine; ``units`` is what the kernel rmw does in a second at 100 % busy."""

    provider: str
    region: str
    instance_type: str
    cpu_model: str
    architecture: str
    cpus: int
    memory_gib: int
    price: float
    units: float


KINDS = (
    MadeType(
        "aws", "eu-west-1", "m7i.large", "Intel Xeon Platinum 8488C", "x86_64", 2, 8, 0.1, 980.0
    ),
    MadeType(
        "gcp", "europe-west1", "n4-standard-4", "Intel Xeon 8581C", "x86_64", 4, 16, 0.19, 2100.0
    ),
    MadeType("azure", "westeurope", "D2as_v6", "AMD EPYC 9V74", "x86_64", 2, 8, 0.09, 1150.0),
    MadeType(
        "oci", "eu-frankfurt-1", "VM.Standard.A2.Flex", "Ampere One", "aarch64", 4, 24, 0.11, 1900
    ),
    MadeType("aws", "eu-west-1", "t4g.medium", "Neoverse-N1", "aarch64", 2, 4, 0.034, 760.0),
    MadeType("azure", "westeurope", "E8as_v6", "AMD EPYC 9V74", "x86_64", 8, 64, 0.45, 4400.0),
)


@dataclass(frozen=True)
class MadeMachine:
    """One machine, by its number; the same number is the same machine in every history."""

    number: int

    @property
    def name(self) -> str:
        """As in the label ``instance``."""
        return f"{self.kind.provider}-{self.kind.instance_type.lower()}-{self.number:04d}"

    @property
    def kind(self) -> MadeType:
        """Its type."""
        return KINDS[self.number % len(KINDS)]

    @property
    def units(self) -> float:
        """Units per second at 100 % busy: machines of one type differ by some percent."""
        return round(self.kind.units * float(self._chance(1).uniform(0.95, 1.05)), 2)

    def busy(self, seconds: Floats) -> Floats:
        """How busy it was (0..1) at these seconds of the day: a day's wave, noise, and bursts."""
        chance = self._chance(2)
        base, swing = chance.uniform(0.05, 0.45), chance.uniform(0.02, 0.3)
        wave = np.sin(2 * np.pi * (seconds / DAY - chance.uniform(0.2, 0.5)))
        found = base + swing * wave + chance.normal(0.0, 0.03, len(seconds))
        for start in chance.integers(0, DAY, 4):
            found[(seconds >= start) & (seconds < start + 600)] += 0.35
        clipped: Floats = np.clip(found, 0.01, 0.99)
        return clipped

    def noise(self, what: int, count: int) -> Floats:
        """Numbers around 1, above 0, that are the same for the same ``what``."""
        drawn: Floats = self._chance(100 + what).gamma(4.0, 0.25, count)
        return drawn

    def _chance(self, stream: int) -> np.random.Generator:
        return np.random.default_rng([20_240_229, self.number, stream])
