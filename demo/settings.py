"""What one run of the demonstration is asked for, and where it keeps its things."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from perfanalysis.machines.inventory import InventoryMachine


@dataclass
class DemoSettings:
    """What the command line says.

    Attributes:
        output: folder of the report; servers' data goes to a folder in it.
        inventory: the inventory file with the machines to stand for.
        port: Prometheus's port; a free one when 0.
        keep: whether the servers stay up at the end.
        full: whether a price book, a portal and a prediction follow.
        loadtest_arguments: further words for ``perfanalysis loadtest run``.
    """

    output: Path
    inventory: Path
    port: int = 0
    keep: bool = False
    full: bool = False
    loadtest_arguments: list[str] = field(default_factory=list)

    @property
    def work(self) -> Path:
        """The folder of the servers' data, logs and states."""
        return self.output / "demo"

    def state(self, machine: InventoryMachine) -> Path:
        """The state folder that stands for one machine."""
        return self.work / "state" / machine.name
