"""A kind as a function of kernel figures: what was learned, and its arithmetic.

The logarithm of the work of one machine over another's is a sum of terms, each weighted::

    log(work a / work b) = sum of weight x (term of a - term of b)

Kernel figures have weights that are not negative: a faster kernel never lowers a kind. A kernel's
unit cancels, and a machine against itself is 1.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping

from msgspec import Struct

from perfanalysis.kinds.machine import BY_NAME, Machine


class Model(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was learned of a kind from one set of kernels.

    Attributes:
        weights: of the terms, see ``Machine.term``; of kernel figures never negative.
        lowest, highest: of the kernel figures of the learned machines, a CPU, as logarithms.
        cpu_models, machines: how many it was learned from.
        between, across, within: half widths by level ("0.9"), in logarithms: of machines of two CPU
            models, of an Arm and another machine, and of two machines of one CPU model; a level
            that the data cannot tell is absent.
        whole: whether the work is of all CPUs together.
        few: learned from so few machines that most of it is what kinds are alike in.
    """

    weights: dict[str, float]
    lowest: dict[str, float]
    highest: dict[str, float]
    cpu_models: int
    machines: int
    between: dict[str, float]
    across: dict[str, float]
    within: dict[str, float]
    whole: bool = True
    few: bool = False

    @property
    def kernels(self) -> tuple[str, ...]:
        """The kernel figures that it needs."""
        return tuple(name for name in self.weights if name in BY_NAME)

    @property
    def mark(self) -> str:
        """Eight characters that tell these weights from others: scores of one mark compare."""
        weights = "\n".join(f"{name}={weight}" for name, weight in sorted(self.weights.items()))
        return f"{zlib.crc32(weights.encode()):08x}"

    def log_work(self, machine: Machine) -> float:
        """The logarithm of the machine's work, but for a constant of the kind.

        Raises:
            KeyError: a kernel figure of ``kernels`` was not measured.
        """
        of_each = sum(weight * machine.term(name) for name, weight in self.weights.items())
        return of_each + (math.log(machine.cpus) if self.whole else 0.0)

    def outside(self, machine: Machine) -> tuple[str, ...]:
        """Kernel figures of the machine that lie outside of all that was learned from."""
        return tuple(
            name
            for name in self.kernels
            if not self.lowest[name] - 0.05 <= machine.term(name) <= self.highest[name] + 0.05
        )


class Learned(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that is known of a kind: a model for each set of kernels, the best first."""

    kind: str
    title: str
    source: str
    models: tuple[Model, ...]
    alike: dict[str, float]
    seen: tuple[str, ...] = ()

    def model_for(self, measured: Mapping[str, object]) -> Model | None:
        """The best model whose kernels were all measured, or None."""
        return next((m for m in self.models if all(k in measured for k in m.kernels)), None)
