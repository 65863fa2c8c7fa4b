"""How each machine is bought, which says which of its prices counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reporter.settings.devices import place

ON_DEMAND = "on_demand"
OPTIONS = (ON_DEMAND, "spot", "reserved_1y", "reserved_3y")
# What was negotiated, and what bills say that an hour has cost after commitments.
CONTRACTED, EFFECTIVE = "contracted", "effective"
# Each machine's own, as the cloud says that it was started (``perf_machine_purchase_info``).
AS_STARTED = "as_started"


@dataclass(frozen=True)
class Purchases:
    """Which price of which machine counts.

    Attributes:
        usual: an option, or ``AS_STARTED``.
        named: names or patterns of machines with the option that counts for them, which beats
            ``usual``; the first that fits counts.
    """

    usual: str = ON_DEMAND
    named: tuple[tuple[str, str], ...] = ()

    @property
    def by_start(self) -> bool:
        """Whether it must be known how machines were started."""
        return AS_STARTED in {self.usual, *(option for _, option in self.named)}

    @property
    def options(self) -> Sequence[str]:
        """Every option that may count for a machine."""
        chosen = (self.usual, *(option for _, option in self.named))
        every = (*OPTIONS, *chosen) if self.by_start else chosen
        return tuple(dict.fromkeys(option for option in every if option != AS_STARTED))

    def of(self, machine: str, started: str = "") -> str:
        """The option that counts for a machine.

        Args:
            machine: its name.
            started: how the cloud says that it was started; "" where that is unknown.
        """
        fitting = (option for pattern, option in self.named if place(machine, [pattern]) == 0)
        option = next(fitting, self.usual)
        return (started or ON_DEMAND) if option == AS_STARTED else option
